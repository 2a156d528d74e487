"""Clients that are older than the portal: nobody started, submitted, issued or revealed what they came with."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from portal.online_migrations import AddCheck, AddColumn, AllowNull, ReplaceCheck

UNADOPTED = Q(adopted=False)
IN_USE = ["active", "retiring", "expired"]


def person():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )


def check(model, name, condition):
    return AddCheck(model, models.CheckConstraint(condition=condition, name=name))


def allow_more(model, name, condition):
    return ReplaceCheck(model, name, models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0038_used_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddColumn("registration", "adopted_at", models.DateTimeField(null=True)),
        AllowNull("registration", "created_by", person()),
        check(
            "registration",
            "registration_started_by_somebody_unless_adopted",
            Q(adopted_at__isnull=True, created_by__isnull=False)
            | (~Q(adopted_at__isnull=True) & Q(created_by__isnull=True)),
        ),
        check(
            "registration",
            "registration_adopted_has_client_id",
            Q(adopted_at__isnull=True) | Q(client_id__isnull=False, start_key__isnull=True),
        ),
        migrations.AlterField(
            "revision",
            "decided_how",
            models.CharField(
                choices=[("person", "Person"), ("rules", "Rules"), ("adopted", "Adopted")],
                db_default="person",
                default="person",
                max_length=8,
            ),
        ),
        AllowNull(
            "revision",
            "submitted_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
            ),
        ),
        allow_more(
            "revision", "revision_decided_how_known", Q(decided_how__in=["adopted", "person", "rules"])
        ),
        allow_more(
            "revision",
            "revision_decided_exactly_when_not_under_review",
            (~Q(status="under_review") & Q(decided_at__isnull=False) & Q(decided_by__isnull=False))
            | (Q(status="under_review") & Q(decided_at__isnull=True) & Q(decided_by__isnull=True))
            | Q(decided_how="adopted"),
        ),
        allow_more(
            "revision",
            "revision_is_confidential",
            Q(confidential=True) | Q(decided_how__in=["adopted", "rules"]),
        ),
        check(
            "revision",
            "revision_submitted_by_somebody_unless_adopted",
            (~Q(decided_how="adopted") & Q(submitted_by__isnull=False))
            | Q(decided_how="adopted", submitted_by__isnull=True),
        ),
        check(
            "revision",
            "revision_adopted_is_the_first_and_nobodys",
            ~Q(decided_how="adopted")
            | Q(
                status__in=["approved", "superseded"],
                decided_by__isnull=True,
                decided_at__isnull=False,
                decided_at=models.F("submitted_at"),
                number=1,
                note="",
            ),
        ),
        AddColumn("clientsecret", "adopted", models.BooleanField(db_default=False, default=False)),
        migrations.AlterField("clientsecret", "hint", models.CharField(blank=True, max_length=4)),
        AllowNull("clientsecret", "issued_by", person()),
        AllowNull("clientsecret", "reveal_until", models.DateTimeField(null=True)),
        check(
            "clientsecret",
            "secret_issued_by_somebody_unless_adopted",
            (UNADOPTED & Q(issued_by__isnull=False) & Q(reveal_until__isnull=False))
            | (~UNADOPTED & Q(issued_by__isnull=True) & Q(reveal_until__isnull=True)),
        ),
        check(
            "clientsecret",
            "secret_adopted_was_never_sealed_here",
            UNADOPTED | Q(sealed_secret__isnull=True, revealed_at__isnull=True, lapsed_at__isnull=True),
        ),
        allow_more(
            "clientsecret",
            "secret_in_use_was_revealed",
            ~Q(status__in=IN_USE) | Q(revealed_at__isnull=False) | Q(adopted=True),
        ),
        allow_more(
            "clientsecret",
            "secret_retired_has_grace",
            ~Q(status__in=["retiring", "expired"]) | ~Q(grace="") | Q(adopted=True),
        ),
        allow_more(
            "clientsecret",
            "secret_hint_is_four_digits",
            Q(Q(hint__regex="^[0-9a-f]{4}$"), adopted=False) | Q(adopted=True, hint=""),
        ),
    ]
