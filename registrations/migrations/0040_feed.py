"""The feed of changes to clients. Every live client is in it once the worker has given it a position."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from portal.online_migrations import AddColumn, BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0039_adopted_clients")]

    operations = [
        migrations.CreateModel(
            name="FeedState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("next_position", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="feed_state_is_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("next_position__gte", 1)), name="feed_state_counts_from_one"
                    ),
                ],
            },
        ),
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
