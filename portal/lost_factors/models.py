"""Requests of people who lost their second factor, and who agreed to take it off their account."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

WAIT: Final = timedelta(hours=72)
"""How long a request waits that only staff can judge, so that the owner of the account can object."""


class FactorResetQuerySet(models.QuerySet["FactorReset"]):
    """Requests that wait for an answer."""

    def open(self) -> FactorResetQuerySet:
        return self.filter(done_at=None, refused_at=None)


class FactorReset(models.Model):
    """One request. ``needs_two`` is for people with no admin beside them: two of staff agree, later."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    needs_two = models.BooleanField()
    requested_at = models.DateTimeField()
    not_before = models.DateTimeField()
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    first_reason = models.TextField(blank=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    second_reason = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(done_at=None, refused_at=None), name="factor_reset_one_open"
            ),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("user")))
                & (Q(second_by=None) | ~Q(second_by=F("user"))),
                name="factor_reset_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | (Q(first_by__isnull=False) & ~Q(second_by=F("first_by"))),
                name="factor_reset_by_two_people",
            ),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_reason=""))
                & (Q(second_by=None) | ~Q(second_reason="")),
                name="factor_reset_has_reasons",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None)
                | Q(first_by__isnull=False, refused_at=None, done_at__gte=F("not_before"))
                & (Q(needs_two=False) | Q(second_by__isnull=False)),
                name="factor_reset_done_when_agreed",
            ),
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_by=None)
                | Q(refused_at__isnull=False, refused_by__isnull=False),
                name="factor_reset_refused_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"second factor of {self.user}"
