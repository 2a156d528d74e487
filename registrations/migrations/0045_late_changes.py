"""Finds the clients that changed lately, to see whether servers have them as they are."""

from django.db import migrations, models

from portal.online_migrations import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0044_served")]

    operations = [
        BuildIndex(
            "registration",
            models.Index(
                condition=models.Q(("client_id__isnull", False)),
                fields=["record_updated_at"],
                name="registration_by_record_change",
            ),
        ),
    ]
