"""Tokens with which authorization servers call the API."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from registrations.domain.api_rights import Right
from registrations.models.columns import choices, hex_digits, one_of
from registrations.rules.vocabulary import Environment

COLUMNS: Final[Mapping[Right, str]] = {
    Right.READ: "may_read",
    Right.VERIFIERS: "may_read_verifiers",
    Right.VERIFY: "may_verify",
    Right.APPLIED: "may_apply",
    Right.USAGE: "may_report",
}
"""The column of each right."""
LONGEST_NAME: Final = 60
ENDS_SOON: Final = timedelta(days=14)
"""How long before its end a token should be replaced."""
ENDS_SHORTLY: Final = timedelta(days=2)
SLOTS: Final = (1, 2)
"""Places for tokens of one server: while one is replaced, the old and the new one work."""


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def working_at(self, now: datetime) -> Self:
        """Those that are accepted at this moment."""
        return self.filter(slot__isnull=False, expires_at__gt=now)

    def ending(self, now: datetime) -> Self:
        """Those that end soon, unless they were meant to, or their server has one that works for longer."""
        soon = now + ENDS_SOON
        is_long = Q(created_at__lt=F("expires_at") - ENDS_SOON)
        other = ApiToken.objects.working_at(soon).filter(
            server=OuterRef("server"), environment=OuterRef("environment")
        )
        return self.working_at(now).filter(is_long, ~Exists(other), expires_at__lte=soon)

    def with_right(self, right: Right, environment: str) -> Self:
        """Those that have this right in this environment, whether or not they still work."""
        return self.filter(**{COLUMNS[right]: True}, environment=environment)


class ApiToken(models.Model):
    """What one authorization server presents, with its rights in one environment.

    The token itself is shown once and never stored: ``keyed_hash`` finds it, ``hint`` is how it begins.
    ``server`` is the name that people gave to the server. A token that works has one of the two slots of its
    server; it loses that when it is revoked, or when a new one needs the slot of one that has expired.
    ``last_used_at`` is up to a minute late. ``reminded_at`` is when leads were last told that it ends soon.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    server = models.CharField(max_length=LONGEST_NAME)
    environment = models.CharField(max_length=16, choices=choices(Environment))
    may_read = models.BooleanField(default=False)
    may_read_verifiers = models.BooleanField(default=False)
    may_verify = models.BooleanField(default=False)
    may_apply = models.BooleanField(default=False)
    may_report = models.BooleanField(default=False)
    slot = models.PositiveSmallIntegerField(null=True)
    hint = models.CharField(max_length=8)
    keyed_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=one_of("environment", Environment), name="api_token_environment_known"
            ),
            models.CheckConstraint(condition=~Q(server=""), name="api_token_names_its_server"),
            models.CheckConstraint(
                condition=Q(may_read=True) | Q(may_verify=True) | Q(may_apply=True) | Q(may_report=True),
                name="api_token_has_a_right",
            ),
            models.CheckConstraint(
                condition=Q(may_read_verifiers=False) | Q(may_read=True),
                name="api_token_verifiers_only_with_read",
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(slot__in=SLOTS), name="api_token_slot_known"
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(revoked_at__isnull=True),
                name="api_token_slot_only_when_not_revoked",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
                name="api_token_revoked_by_only_when_revoked",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_token_expires_after_creation"
            ),
            models.CheckConstraint(
                condition=Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("expires_at")),
                name="api_token_reminded_before_it_expires",
            ),
            models.CheckConstraint(condition=hex_digits("keyed_hash", 64), name="api_token_hash_is_sha256"),
            models.UniqueConstraint(
                fields=["server", "environment", "slot"], name="api_token_two_for_each_server"
            ),
        ]

    def __str__(self) -> str:
        return f"API token {self.hint}… of {self.server}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"token:{self.uuid}"

    @property
    def rights(self) -> list[Right]:
        """What it allows."""
        return [right for right, column in COLUMNS.items() if getattr(self, column)]

    def works_at(self, now: datetime) -> bool:
        """Whether it is accepted at this moment."""
        return self.slot is not None and now < self.expires_at
