from django.db import migrations, models

from portal.online_migrations import BuildIndex


class Migration(migrations.Migration):
    """The desk asks whether there are any, on its front page."""

    atomic = False

    dependencies = [
        ("outbox", "0006_no_narrow_check"),
    ]

    operations = [
        BuildIndex(
            model_name="delivery",
            index=models.Index(
                models.F("message"), condition=models.Q(("state", "dead")), name="delivery_dead"
            ),
        ),
    ]
