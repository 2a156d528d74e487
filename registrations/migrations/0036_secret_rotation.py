"""A grace for old secrets, and what is said about a revoked one."""

from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn

RETIRED = ["retiring", "expired", "revoked"]
CHECKS = {
    "secret_grace_known": models.Q(grace__in=["", "24h", "7d"]),
    "secret_retired_has_grace": ~models.Q(status__in=["retiring", "expired"]) | ~models.Q(grace=""),
    "secret_grace_only_when_retired": models.Q(grace="") | models.Q(status__in=RETIRED),
    "secret_retiring_waits_or_ends": ~models.Q(status="retiring")
    | models.Q(successor_until__isnull=False, expires_at__isnull=True)
    | models.Q(successor_until__isnull=True, expires_at__isnull=False),
    "secret_waits_only_when_retiring": models.Q(successor_until__isnull=True)
    | models.Q(status__in=["retiring", "revoked"]),
    "secret_reminded_only_when_retired": models.Q(remind_at__isnull=True) | models.Q(status__in=RETIRED),
    "secret_revoke_reason_only_when_revoked": models.Q(revoke_reason="") | models.Q(status="revoked"),
    "secret_leaked_only_when_revoked": models.Q(leaked=False) | models.Q(status="revoked"),
    "secret_at_desk_only_when_revoked": models.Q(revoked_at_desk=False) | models.Q(status="revoked"),
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0035_review_drafts")]

    operations = [
        AddColumn("clientsecret", "revoke_reason", models.TextField(blank=True, db_default="", default="")),
        AddColumn("clientsecret", "leaked", models.BooleanField(db_default=False, default=False)),
        AddColumn("clientsecret", "revoked_at_desk", models.BooleanField(db_default=False, default=False)),
        AddColumn(
            "clientsecret", "grace", models.CharField(blank=True, db_default="", default="", max_length=8)
        ),
        AddColumn("clientsecret", "successor_until", models.DateTimeField(null=True)),
        AddColumn("clientsecret", "remind_at", models.DateTimeField(null=True)),
        *[
            AddCheck("clientsecret", models.CheckConstraint(condition=condition, name=name))
            for name, condition in CHECKS.items()
        ],
    ]
