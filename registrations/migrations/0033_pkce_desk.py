"""Until when partners need a PKCE exception, decisions about one that were corrected, and those that ended.

Every list of the fields of the record names the new one, too.
"""

from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn, BuildIndex, ReplaceCheck

POSSIBLE_DAYS = (date(2000, 1, 1), date(2999, 12, 31))
FIELDS = [
    "client_name",
    "client_uri",
    "confidential",
    "configuration_uri",
    "contacts",
    "environment",
    "initiation_uri",
    "logo",
    "pkce_controls",
    "pkce_justification",
    "pkce_support",
    "pkce_wished_end",
    "policy_uri",
    "redirect_uris",
    "scope",
    "subject_type_preference",
    "tos_uri",
]


def names_a_field(name):
    condition = models.Q(("field", ""), ("field__in", FIELDS), _connector="OR")
    return models.CheckConstraint(condition=condition, name=name)


CORRECTED_DECISIONS = migrations.CreateModel(
    name="CorrectedDecision",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "outcome",
            models.CharField(choices=[("granted", "Granted"), ("refused", "Refused")], max_length=16),
        ),
        ("expires_on", models.DateField(null=True)),
        ("note", models.TextField(blank=True)),
        ("decided_at", models.DateTimeField()),
        ("corrected_at", models.DateTimeField()),
        (
            "decided_by",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "exception",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_decisions",
                to="registrations.pkceexception",
            ),
        ),
    ],
    options={
        "ordering": ["decided_at", "pk"],
        "constraints": [
            models.CheckConstraint(
                condition=models.Q(
                    outcome="granted", expires_on__isnull=False, expires_on__range=POSSIBLE_DAYS
                )
                | models.Q(outcome="refused", expires_on__isnull=True),
                name="corrected_decision_granted_until_a_day_or_refused",
            ),
            models.CheckConstraint(
                condition=models.Q(corrected_at__gt=models.F("decided_at")),
                name="corrected_decision_was_made_before",
            ),
            models.UniqueConstraint(fields=["exception", "decided_at"], name="corrected_decision_once"),
        ],
    },
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registrations", "0032_trigrams"),
    ]

    operations = [
        AddColumn("revision", "pkce_wished_end", models.DateField(blank=True, null=True)),
        AddCheck(
            "revision",
            models.CheckConstraint(
                condition=models.Q(pkce_wished_end__isnull=True)
                | models.Q(pkce_support="exception_requested", pkce_wished_end__range=POSSIBLE_DAYS),
                name="revision_wished_end_is_possible_and_of_a_request",
            ),
        ),
        ReplaceCheck("thread", "thread_field_known", names_a_field("thread_field_known")),
        ReplaceCheck("desknote", "desk_note_field_known", names_a_field("desk_note_field_known")),
        CORRECTED_DECISIONS,
        BuildIndex(
            "pkceexception",
            models.Index(
                condition=models.Q(in_force_since__isnull=False),
                fields=["-in_force_since", "-id"],
                name="pkce_in_force_latest_first",
            ),
        ),
    ]
