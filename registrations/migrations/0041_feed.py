"""The feed of changes to clients. Every live client is in it once the worker has given it a position."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from portal.online_migrations import AddColumn, BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0040_feed_state")]

    operations = [
        AddColumn(
            "registration",
            "record_updated_at",
            models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
            ),
        ),
        AddColumn("registration", "feed_pending", models.BooleanField(db_default=True, default=True)),
        AddColumn("registration", "feed_position", models.BigIntegerField(editable=False, null=True, unique=True)),
        BuildIndex(
            "registration",
            models.Index(
                condition=models.Q(("feed_position__isnull", False)),
                fields=["environment", "feed_position"],
                name="registration_in_feed",
            ),
        ),
        BuildIndex(
            "registration",
            models.Index(
                condition=models.Q(("client_id__isnull", False), ("feed_pending", True)),
                fields=["id"],
                name="registration_to_feed",
            ),
        ),
    ]
