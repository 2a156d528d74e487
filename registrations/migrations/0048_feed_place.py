"""Only what has a client id has a place in the feed."""

from django.db import migrations, models

from portal.online_migrations import AddCheck


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0047_contacts")]

    operations = [
        AddCheck(
            "registration",
            models.CheckConstraint(
                condition=models.Q(("feed_position__isnull", True), ("client_id__isnull", False), _connector="OR"),
                name="registration_in_feed_has_client_id",
            ),
        ),
    ]
