"""Pre-flight checks of the addresses in a revision: what each found, and when (rule G-09)."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Self

from django.db import models
from django.db.models import Q

from registrations.models.columns import choices, exactly_when, one_of
from registrations.models.revision import Revision
from registrations.preflight.targets import FIELDS
from registrations.preflight.verdicts import Verdict
from registrations.rules.record_fields import LABELS
from registrations.rules.vocabulary import MAX_URI_LENGTH

MAX_ATTEMPTS: Final = 3
"""Counted when a check begins, so that one that kills its worker is not repeated for ever."""


class PreflightQuerySet(models.QuerySet["Preflight"]):
    def due(self, now: datetime) -> Self:
        """Those that no worker has claimed, of revisions that are still under review.

        Without a join: an UPDATE with one becomes a subquery on the same table, which PostgreSQL does not
        read again after it has waited for another worker's UPDATE.
        """
        unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
        undecided = Revision.objects.under_review().order_by().values("pk")
        return self.filter(unclaimed, verdict="", attempts__lt=MAX_ATTEMPTS, revision__in=undecided)


class Preflight(models.Model):
    """The check of one address of one revision; it is done once.

    ``verdict`` is empty until then, and stays empty where MAX_ATTEMPTS brought none or the revision was
    decided first. ``claimed_until`` keeps other workers away during the check.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="preflights")
    field = models.CharField(max_length=24, choices=[(field, LABELS[field]) for field in FIELDS])
    uri = models.CharField(max_length=MAX_URI_LENGTH)
    verdict = models.CharField(max_length=12, choices=choices(Verdict), blank=True)
    checked_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)

    objects = PreflightQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(verdict=""), name="preflight_to_do"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["revision", "field", "uri"], name="preflight_once"),
            models.CheckConstraint(condition=Q(field__in=FIELDS), name="preflight_field_known"),
            models.CheckConstraint(condition=Q(uri__startswith="https://"), name="preflight_uri_is_https"),
            models.CheckConstraint(
                condition=Q(verdict="") | one_of("verdict", Verdict), name="preflight_verdict_known"
            ),
            models.CheckConstraint(
                condition=exactly_when(~Q(verdict=""), "checked_at"),
                name="preflight_checked_at_exactly_with_verdict",
            ),
            models.CheckConstraint(
                condition=Q(claimed_until=None) | Q(verdict=""), name="preflight_claimed_only_without_verdict"
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=MAX_ATTEMPTS), name="preflight_attempts_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uri} · {self.verdict or 'not checked'}"
