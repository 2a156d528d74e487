"""An organisation can require a second factor of its members."""

from django.db import migrations, models

from portal.online_migrations import AddColumn


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0013_closed_organisations")]

    operations = [
        AddColumn(
            model_name="organisation",
            name="requires_second_factor",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
