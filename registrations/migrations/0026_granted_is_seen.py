"""What a reviewer wrote to the partner about a refused scope, and which values a tick is about."""

from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0025_beside")]

    operations = [
        AddColumn("requestedscope", "refused_because", models.TextField(blank=True, db_default="", default="")),
        AddCheck(
            "requestedscope",
            models.CheckConstraint(
                condition=models.Q(
                    ("refused_because", ""),
                    models.Q(("granted", False), ("granted__isnull", False)),
                    _connector="OR",
                ),
                name="requested_scope_reason_only_when_refused",
            ),
        ),
        AddColumn(
            "checklisttick",
            "about",
            models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
