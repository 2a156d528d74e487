"""Client secrets: sealed until the one reveal, then only a verifier (rules K-02 to K-05)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from registrations.domain.lifecycle import SECRET, SecretStatus
from registrations.domain.rotation import GRACE_PERIODS
from registrations.models.columns import all_or_none, choices, exactly_when, hex_digits, one_of
from registrations.models.registration import Registration

S = SecretStatus
_RETIRED = [S.RETIRING, S.EXPIRED, S.REVOKED]
"""Statuses of a secret that was retired; a revoked one may have been."""
REVEAL_WINDOW: Final = timedelta(days=7)
"""How long after it was issued a secret can be revealed."""


class ClientSecretQuerySet(models.QuerySet["ClientSecret"]):
    def sealed(self) -> Self:
        """Those that nobody has revealed, whether or not a lapse is recorded yet."""
        return self.filter(status=S.SEALED)

    def revealable_at(self, now: datetime) -> Self:
        """Those that can be revealed at this moment, while the client is active."""
        return self.sealed().filter(reveal_until__gt=now)

    def working_at(self, now: datetime) -> Self:
        """Those that authenticate the client at this moment.

        One that waits for its successor works whether or not that has lapsed: then it counts as active. Where
        the release before this one revealed the successor, its own row does not know its end yet.
        """
        return self.filter(Q(status=S.ACTIVE) | _retiring_at(now))

    def active(self) -> Self:
        """Those that work for good."""
        return self.filter(status=S.ACTIVE)

    def retiring_at(self, now: datetime) -> Self:
        """The old ones among those that work at this moment."""
        return self.filter(_retiring_at(now))

    def awaiting_successor(self) -> Self:
        """Those that were rotated with a grace and whose successor is not revealed yet."""
        return self.filter(status=S.RETIRING, expires_at__isnull=True)

    def left_behind(self) -> Self:
        """Those of them whose successor was revealed, or ended unrevealed.

        A verb makes them follow at once. The release before this one knew no grace: while both serve, it
        reveals or ends the successor alone.
        """
        others = ClientSecret.objects.filter(registration=OuterRef("registration"))
        revealed = others.filter(pk__gt=OuterRef("pk"), revealed_at__isnull=False)
        return self.awaiting_successor().filter(Exists(revealed) | ~Exists(others.sealed()))

    def revocable(self) -> Self:
        """Those that can be revoked: what a client may still use or reveal."""
        return self.filter(status__in=SECRET.sources("revoke"))


def _retiring_at(now: datetime) -> Q:
    later = ClientSecret.objects.filter(registration=OuterRef("registration"), pk__gt=OuterRef("pk"))
    is_over = Q()
    for grace, period in GRACE_PERIODS.items():
        is_over |= Q(Exists(later.filter(revealed_at__lte=now - period)), grace=grace)
    goes_on = Q(expires_at__gt=now) | Q(~is_over, expires_at__isnull=True)
    return Q(goes_on, status=S.RETIRING)


class ClientSecret(models.Model):
    """One secret of a client.

    ``sealed_secret`` holds the encrypted value from issue to reveal, lapse or revocation, and is then
    wiped. ``verifier`` is the SHA-256 of the secret in hex, ``hint`` its last four digits.
    ``reveal_until`` is when it can no longer be revealed; ``expires_at`` (RFC 7591 section 3.2.1) is the
    end of life of a secret that is being retired.

    A secret that is retired keeps its ``grace``. It first waits for its successor, which can be revealed
    until ``successor_until``; the reveal replaces that by ``expires_at``. ``remind_at`` is when people are
    reminded of that next. The organisation reads ``revoke_reason``; ``leaked`` says that somebody else may
    know the secret, ``revoked_at_desk`` that Pleo revoked it.

    A secret that was ``adopted`` came with a client that is older than the portal. Only its verifier is
    known: it has no hint, and nobody issued or revealed it here. ``issued_at`` is when it was adopted.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="secrets")
    status = models.CharField(max_length=16, choices=choices(SecretStatus), default=S.SEALED)
    sealed_secret = models.TextField(null=True)
    verifier = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    adopted = models.BooleanField(default=False, db_default=False)
    reveal_until = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    revealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lapsed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoke_reason = models.TextField(blank=True, default="", db_default="")
    leaked = models.BooleanField(default=False, db_default=False)
    revoked_at_desk = models.BooleanField(default=False, db_default=False)
    grace = models.CharField(max_length=8, blank=True, default="", db_default="")
    successor_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)

    objects = ClientSecretQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        indexes = [
            models.Index(
                fields=["reveal_until"], condition=Q(status=S.SEALED), name="secret_sealed_by_reveal_until"
            ),
            models.Index(fields=["hint"], name="secret_by_hint"),
        ]
        constraints = [
            models.CheckConstraint(condition=one_of("status", SecretStatus), name="secret_status_known"),
            models.CheckConstraint(
                condition=Q(sealed_secret__isnull=True) | Q(revealed_at__isnull=True),
                name="secret_never_sealed_and_revealed",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=S.SEALED), "sealed_secret"),
                name="secret_kept_exactly_while_sealed",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(adopted=False), "issued_by", "reveal_until"),
                name="secret_issued_by_somebody_unless_adopted",
            ),
            models.CheckConstraint(
                condition=Q(adopted=False)
                | Q(sealed_secret__isnull=True, revealed_at__isnull=True, lapsed_at__isnull=True),
                name="secret_adopted_was_never_sealed_here",
            ),
            models.CheckConstraint(
                condition=all_or_none("revealed_at", "revealed_by"),
                name="secret_revealed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[S.ACTIVE, S.RETIRING, S.EXPIRED])
                | Q(revealed_at__isnull=False)
                | Q(adopted=True),
                name="secret_in_use_was_revealed",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.LAPSED) | Q(revealed_at__isnull=True),
                name="secret_lapsed_was_not_revealed",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=S.LAPSED), "lapsed_at"),
                name="secret_lapsed_at_exactly_when_lapsed",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=S.REVOKED), "revoked_at", "revoked_by"),
                name="secret_revoked_by_somebody_exactly_when_revoked",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(status__in=[S.RETIRING, S.EXPIRED]),
                name="secret_expires_only_when_retired",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.EXPIRED) | Q(expires_at__isnull=False),
                name="secret_expired_has_expires_at",
            ),
            models.CheckConstraint(condition=Q(grace__in=["", *GRACE_PERIODS]), name="secret_grace_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[S.RETIRING, S.EXPIRED]) | ~Q(grace="") | Q(adopted=True),
                name="secret_retired_has_grace",
            ),
            models.CheckConstraint(
                condition=Q(grace="") | Q(status__in=_RETIRED), name="secret_grace_only_when_retired"
            ),
            models.CheckConstraint(
                condition=~Q(status=S.RETIRING)
                | Q(successor_until__isnull=False, expires_at__isnull=True)
                | Q(successor_until__isnull=True, expires_at__isnull=False),
                name="secret_retiring_waits_or_ends",
            ),
            models.CheckConstraint(
                condition=Q(successor_until__isnull=True) | Q(status__in=[S.RETIRING, S.REVOKED]),
                name="secret_waits_only_when_retiring",
            ),
            models.CheckConstraint(
                condition=Q(remind_at__isnull=True) | Q(status__in=_RETIRED),
                name="secret_reminded_only_when_retired",
            ),
            models.CheckConstraint(
                condition=Q(revoke_reason="") | Q(status=S.REVOKED),
                name="secret_revoke_reason_only_when_revoked",
            ),
            models.CheckConstraint(
                condition=Q(leaked=False) | Q(status=S.REVOKED), name="secret_leaked_only_when_revoked"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at_desk=False) | Q(status=S.REVOKED),
                name="secret_at_desk_only_when_revoked",
            ),
            models.CheckConstraint(
                condition=Q(reveal_until__gt=models.F("issued_at")), name="secret_reveal_until_after_issue"
            ),
            models.CheckConstraint(condition=hex_digits("verifier", 64), name="secret_verifier_is_sha256"),
            models.CheckConstraint(
                condition=Q(hex_digits("hint", 4), adopted=False) | Q(adopted=True, hint=""),
                name="secret_hint_is_four_digits",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=[S.SEALED, S.ACTIVE]),
                name="secret_one_sealed_or_active",
            ),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(status=S.RETIRING), name="secret_one_retiring"
            ),
        ]

    def __str__(self) -> str:
        return f"secret {self.uuid}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"secret:{self.uuid}"

    def status_at(self, now: datetime) -> SecretStatus:
        """The status at this moment: time takes effect when the row is read, the worker records it later.

        A secret whose successor was not revealed in time is active again.
        """
        if self.status == S.SEALED and self.reveal_until is not None and now >= self.reveal_until:
            return S.LAPSED
        if self.status == S.RETIRING and self.expires_at is not None and now >= self.expires_at:
            return S.EXPIRED
        if self.status == S.RETIRING and self.successor_until is not None and now >= self.successor_until:
            return S.ACTIVE
        return SecretStatus(self.status)

    @property
    def awaits_successor(self) -> bool:
        """Whether it was rotated with a grace that has not begun."""
        return self.status == S.RETIRING and self.expires_at is None

    def end_after(self, others: Iterable[ClientSecret]) -> datetime | None:
        """When its grace is over, which the first reveal of a later secret begins; None while none was."""
        later = (one.revealed_at for one in others if one.pk > self.pk)
        reveals = [moment for moment in later if moment]
        return min(reveals) + GRACE_PERIODS[self.grace] if reveals else None
