"""Memberships that ended: kept apart, so that no query can let anybody in by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from portal.accounts.models.people import Membership, Organisation, Role, User

BIASED_FOR: Final = timedelta(days=365)
"""How long after leaving an organisation nobody decides about it."""


class PastMembershipQuerySet(models.QuerySet["PastMembership"]):
    def recent(self) -> Self:
        """Those that ended within the last twelve months."""
        return self.filter(ended_at__gt=timezone.now() - BIASED_FOR)


class PastMembership(models.Model):
    """One person's role in one organisation, from when to when. It gives no access to anything."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="past_memberships")
    role = models.CharField(max_length=16, choices=Role)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=timezone.now)

    objects = PastMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="past_membership_role_known"),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("joined_at")), name="past_membership_ended_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} · until {self.ended_at:%Y-%m-%d}"


def in_own_organisation(person: User | int, path: str) -> Q:
    """The condition that a row is about an organisation of the person, or one they left in the last year.

    ``path`` leads from the row to the organisation.
    """
    belongs = Membership.objects.filter(user=person).values("organisation")
    belonged = PastMembership.objects.recent().filter(person=person).values("organisation")
    return Q(**{f"{path}__in": belongs}) | Q(**{f"{path}__in": belonged})


def is_biased(person: User | OuterRef, organisation: int | OuterRef) -> Q:
    """The same condition for a person who may stand in an outer query, as the organisation may."""
    belongs = Membership.objects.filter(user=person, organisation=organisation)
    belonged = PastMembership.objects.recent().filter(person=person, organisation=organisation)
    return Q(Exists(belongs)) | Q(Exists(belonged))
