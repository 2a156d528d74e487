from django.db import migrations, models

from portal.online_migrations import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0002_append_only")]

    operations = [
        BuildIndex("event", models.Index(fields=["-at", "-id"], name="event_latest_first")),
        BuildIndex("event", models.Index(fields=["actor", "-at", "-id"], name="event_by_actor")),
        BuildIndex("event", models.Index(fields=["verb", "-at", "-id"], name="event_by_verb")),
        BuildIndex(
            "event",
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(("outcome", "refused")),
                name="event_refused_latest_first",
            ),
        ),
        BuildIndex(
            "event",
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(("outcome", "failed")),
                name="event_failed_latest_first",
            ),
        ),
    ]
