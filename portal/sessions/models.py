"""Sessions under a keyed hash of their key, with the columns that say when they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Length
from django.utils import timezone

from portal.epochs.models import Epoch
from portal.keyed_hashes import keyed_hash

models.CharField.register_lookup(Length)

MINUTE: Final = timedelta(minutes=1)
"""How exactly a session knows when it was used last: a page then seldom costs an UPDATE."""


@dataclass(frozen=True)
class Lifetime:
    """How long a session lasts without a request, and how long at most."""

    idle: timedelta
    longest: timedelta


STAFF: Final = Lifetime(idle=timedelta(minutes=30), longest=timedelta(hours=12))
OTHERS: Final = Lifetime(idle=timedelta(hours=12), longest=timedelta(days=7))
"""Partners, and visitors who have not signed in."""


def hashed(key: str) -> str:
    """What the table holds instead of the key of a session."""
    return keyed_hash(key, purpose="portal.sessions")


class StoredSessionQuerySet(models.QuerySet["StoredSession"]):
    """Sessions by their key, with what is needed to judge them, and those that have ended."""

    def of_key(self, key: str) -> StoredSessionQuerySet:
        return self.filter(pk=hashed(key))

    def judged(self) -> StoredSessionQuerySet:
        """With the epoch that runs and what is asked of the person, in the same statement."""
        strict = StoredSession.objects.filter(
            pk=OuterRef("pk"), user__memberships__organisation__requires_second_factor=True
        )
        return self.annotate(
            epoch=Subquery(Epoch.objects.newest_name()),
            of_staff=F("user__is_staff"),
            of_strict_member=Exists(strict),
        )

    def lasting(self) -> StoredSessionQuerySet:
        """Those that have not ended by their age."""
        now, wanted = timezone.now(), Q()
        for life, people in ((STAFF, Q(user__is_staff=True)), (OTHERS, ~Q(user__is_staff=True))):
            wanted |= people & Q(last_used_at__gt=now - life.idle, created_at__gt=now - life.longest)
        return self.filter(wanted)


class StoredSession(models.Model):
    """A session. Whoever reads the table cannot use it: the cookie holds the key, and this its hash.

    ``browser`` and ``network`` describe where it was used last, for its owner. The database keeps no
    reference to the person, so that a request under way never waits for somebody who changes the account.
    ``epoch``, ``of_staff`` and ``of_strict_member``, whether an organisation of the person requires a second
    factor, are there in rows that were read with ``judged``.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    session_data = models.TextField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(db_index=True)
    browser = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=50, blank=True)

    objects = StoredSessionQuerySet.as_manager()

    epoch: UUID | None
    of_staff: bool | None
    of_strict_member: bool = False

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key_hash__length=64), name="session_key_is_hashed"),
        ]

    def __str__(self) -> str:
        return f"session {self.uuid}"

    def has_ended(self, now: datetime, *, of_staff: bool) -> bool:
        """Whether it was unused for too long, or is too old, for a person of this status."""
        life = STAFF if of_staff else OTHERS
        return now - self.last_used_at >= life.idle or now - self.created_at >= life.longest
