from django.db import migrations, models

from portal.online_migrations import AddColumn


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0019_name_skeletons_with_digits"),
    ]

    operations = [
        AddColumn("registration", "start_key", models.UUIDField(null=True, unique=True, editable=False)),
    ]
