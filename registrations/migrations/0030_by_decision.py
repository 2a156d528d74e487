from django.db import migrations, models

from portal.online_migrations import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0029_log_search")]

    operations = [
        BuildIndex(
            "revision",
            models.Index(
                fields=["-decided_at"],
                condition=models.Q(("decided_at__isnull", False)),
                name="revision_by_decision",
            ),
        ),
    ]
