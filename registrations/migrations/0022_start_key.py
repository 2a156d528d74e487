from django.db import migrations, models

from portal.online_migrations import AddColumn


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0018_draft_data"),
    ]

    operations = [
        AddColumn("registration", "start_key", models.UUIDField(null=True, unique=True, editable=False)),
    ]
