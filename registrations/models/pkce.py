"""PKCE exceptions: a request that staff decide case by case (rules P-03 and P-04)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.domain.lifecycle import PkceStatus
from registrations.models.columns import POSSIBLE_DAYS, all_or_none, choices, exactly_when, one_of
from registrations.models.registration import Registration
from registrations.models.revision import Revision
from registrations.rules.pkce import RunningException

P = PkceStatus
_WAS_GRANTED = [P.GRANTED, P.IN_FORCE, P.LAPSED, P.REVOKED, P.ENDED, P.SUPERSEDED]
_TOOK_FORCE = [P.IN_FORCE, P.LAPSED, P.REVOKED, P.ENDED, P.SUPERSEDED]
_DECIDED = [P.GRANTED, P.REFUSED]
_OVER = [P.WITHDRAWN, P.LAPSED, P.REVOKED, P.ENDED, P.SUPERSEDED]


class PkceExceptionQuerySet(models.QuerySet["PkceException"]):
    def requested(self) -> Self:
        """Those that wait for a decision."""
        return self.filter(status=P.REQUESTED)

    def in_force(self) -> Self:
        """Those in force, and those past their end date whose lapse is not recorded yet."""
        return self.filter(status=P.IN_FORCE)

    def running_on(self, day: date) -> Self:
        """Those that lift the PKCE requirement on that day, whether or not a lapse is recorded yet."""
        return self.in_force().filter(expires_on__gte=day)

    def over_on(self, day: date) -> Self:
        """Those that were in force and lift it no more on that day."""
        return self.filter(in_force_since__isnull=False).exclude(status=P.IN_FORCE, expires_on__gte=day)

    def with_covered(self) -> Self:
        """Read with each what it covers: its revision, with redirect URIs and scopes; three statements."""
        children = ("revision__redirect_uris", "revision__requested_scopes")
        return self.select_related("revision", "decided_by").prefetch_related(*children)


class PkceException(models.Model):
    """One exception of one registration, requested by one revision.

    ``expires_on`` is the last day on which it is in force, ``remind_on`` the next day on which
    the partner is reminded of that. ``revoked_reason`` is what the partner reads.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="pkce_exceptions")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="pkce_exception")
    status = models.CharField(max_length=16, choices=choices(PkceStatus), default=P.REQUESTED)
    justification = models.TextField()
    controls = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    expires_on = models.DateField(null=True)
    in_force_since = models.DateTimeField(null=True)
    remind_on = models.DateField(null=True)
    over_since = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.TextField(blank=True, default="", db_default="")

    objects = PkceExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "PKCE exception"
        ordering = ["-requested_at", "-pk"]
        permissions = [("decide_pkceexception", "Can grant or refuse PKCE exceptions")]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(status=P.REQUESTED),
                name="pkce_requested_oldest_first",
            ),
            models.Index(
                fields=["expires_on", "id"], condition=Q(status=P.IN_FORCE), name="pkce_in_force_by_end"
            ),
            models.Index(
                fields=["remind_on", "id"], condition=Q(status=P.IN_FORCE), name="pkce_in_force_to_remind"
            ),
            models.Index(
                fields=["-in_force_since", "-id"],
                condition=Q(in_force_since__isnull=False),
                name="pkce_in_force_latest_first",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=one_of("status", PkceStatus), name="pkce_status_known"),
            models.CheckConstraint(
                condition=all_or_none("decided_at", "decided_by"),
                name="pkce_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=P.REQUESTED) | Q(decided_at__isnull=True),
                name="pkce_requested_is_undecided",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[*_WAS_GRANTED, P.REFUSED]) | Q(decided_at__isnull=False),
                name="pkce_granted_or_refused_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=_WAS_GRANTED) | Q(expires_on__isnull=False),
                name="pkce_granted_has_end_date",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[P.REQUESTED, P.REFUSED]) | Q(expires_on__isnull=True),
                name="pkce_end_date_only_when_granted",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__range=POSSIBLE_DAYS),
                name="pkce_end_date_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(remind_on__isnull=True) | Q(remind_on__range=POSSIBLE_DAYS),
                name="pkce_reminder_date_is_possible",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status__in=_TOOK_FORCE), "in_force_since"),
                name="pkce_in_force_since_exactly_when_it_was",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status__in=_OVER), "over_since"),
                name="pkce_over_since_exactly_when_over",
            ),
            models.CheckConstraint(
                condition=Q(remind_on__isnull=True) | Q(status=P.IN_FORCE),
                name="pkce_reminded_only_in_force",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=P.REVOKED), "revoked_by"),
                name="pkce_revoked_by_somebody_exactly_when_revoked",
            ),
            models.CheckConstraint(
                condition=(Q(status=P.REVOKED) & ~Q(revoked_reason=""))
                | (~Q(status=P.REVOKED) & Q(revoked_reason="")),
                name="pkce_revoked_reason_exactly_when_revoked",
            ),
            models.CheckConstraint(condition=~Q(justification=""), name="pkce_has_justification"),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=[P.REQUESTED, P.GRANTED]),
                name="pkce_one_requested_or_granted",
            ),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(status=P.IN_FORCE), name="pkce_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"PKCE exception {self.uuid}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"pkce:{self.uuid}"

    @property
    def covered(self) -> RunningException:
        """What it covers: what its approver saw and a reviewer did not refuse (rule P-08)."""
        return RunningException(
            justification=self.justification,
            controls=self.controls,
            redirect_uris=frozenset(self.revision.uris()),
            scopes=frozenset(self.revision.scopes()),
        )

    def covered_beside(self, live: Revision | None) -> RunningException:
        """What needs no renewal (P-08): what it covers, and what is live already, which no version adds."""
        covered = self.covered
        if live is None or live.pk == self.revision_id:
            return covered
        return replace(
            covered,
            redirect_uris=covered.redirect_uris.union(live.uris()),
            scopes=covered.scopes.union(live.scopes()),
        )

    @property
    def ended_at(self) -> datetime | None:
        """When it stopped being in force, or will; None where it never was."""
        if self.in_force_since is None or self.expires_on is None:
            return None
        last_moment = datetime.combine(self.expires_on + timedelta(days=1), time.min, UTC)
        return min(self.over_since or last_moment, last_moment)

    def keep_decision(self, *, corrected_at: datetime) -> CorrectedDecision:
        """Store the decision that stands, before another one corrects it."""
        if self.decided_at is None or self.decided_by is None:
            raise ValueError("Nothing is decided yet.")
        return self.corrected_decisions.create(
            outcome=self.status,
            expires_on=self.expires_on,
            note=self.note,
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            corrected_at=corrected_at,
        )

    def runs_on(self, day: date) -> bool:
        """Whether it lifts the PKCE requirement on that day, whether or not a lapse is recorded yet."""
        return self.status == P.IN_FORCE and self.expires_on is not None and day <= self.expires_on


class CorrectedDecision(models.Model):
    """A decision on an exception that a later one corrected: what was said first, by whom and why.

    The decision that stands is in the columns of the exception.
    """

    exception = models.ForeignKey(PkceException, on_delete=models.PROTECT, related_name="corrected_decisions")
    outcome = models.CharField(max_length=16, choices=[(one, one.capitalize()) for one in _DECIDED])
    expires_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=P.GRANTED, expires_on__isnull=False, expires_on__range=POSSIBLE_DAYS)
                | Q(outcome=P.REFUSED, expires_on__isnull=True),
                name="corrected_decision_granted_until_a_day_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__gt=models.F("decided_at")),
                name="corrected_decision_was_made_before",
            ),
            models.UniqueConstraint(fields=["exception", "decided_at"], name="corrected_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.exception}: {self.outcome}, corrected"
