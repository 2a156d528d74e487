"""Until when partners need a PKCE exception, and an index of those that ended.

Every list of the fields of the record names the new one, too.
"""

from datetime import date

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


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0032_trigrams")]

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
        BuildIndex(
            "pkceexception",
            models.Index(
                condition=models.Q(in_force_since__isnull=False),
                fields=["-in_force_since", "-id"],
                name="pkce_in_force_latest_first",
            ),
        ),
    ]
