"""The audit log: what was done, refused or failed, by whom, to what; and the seals that reveal changes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils import timezone

models.CharField.register_lookup(Length)


class Outcome(models.TextChoices):
    """How a call ended: a refusal is a Refusal that the verb raised, a failure any other exception."""

    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"


class Event(models.Model):
    """One call of one verb. Rows are never changed or deleted; the database refuses both.

    ``actor`` is the pseudonym of a person, or "system". ``stream`` is the UUID of the record that the
    event belongs to, and ``organisation`` that of the organisation concerned, if there is one. ``moved``
    names everything the verb touched; ``object`` is the first of these, and ``version`` the number of the
    revision among them. ``request_id`` is the one in the log of requests, empty in jobs. ``detail`` never
    holds personal data or secrets. Events from before these columns have none of them.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    actor = models.CharField(max_length=36)
    stream = models.UUIDField(db_index=True)
    moved = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    organisation = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    object = models.TextField(blank=True, default="", db_default="")
    version = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_latest_first"),
            models.Index(fields=["actor", "-at", "-id"], name="event_by_actor"),
            models.Index(fields=["verb", "-at", "-id"], name="event_by_verb"),
            models.Index(
                fields=["organisation", "-at", "-id"],
                condition=models.Q(organisation__isnull=False),
                name="event_by_organisation",
            ),
            # Most events are done, so only the others are worth an index.
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(outcome=Outcome.REFUSED),
                name="event_refused_latest_first",
            ),
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(outcome=Outcome.FAILED),
                name="event_failed_latest_first",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="event_outcome_known"
            ),
            models.CheckConstraint(condition=~models.Q(verb=""), name="event_has_verb"),
            models.CheckConstraint(condition=~models.Q(actor=""), name="event_has_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} · {self.outcome}"


class EventSealManager(models.Manager["EventSeal"]):
    def newest(self) -> EventSeal | None:
        """The last seal of the chain; None before the first."""
        return self.order_by("-pk").first()


class EventSeal(models.Model):
    """One link of the chain: a MAC over some events and over the seal before it. Never changed or deleted.

    ``epoch`` is the one in which it was made, ``form`` says which columns of an event are sealed, ``key``
    names the key, and ``previous`` is the MAC of the seal before. An event from before ``closed_to`` that
    is sealed later came late: up to there, seals were written without it.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, related_name="+")
    epoch = models.CharField(max_length=36, blank=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    closed_to = models.DateTimeField()
    form = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=8)
    previous = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    objects = EventSealManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence=1, follows=None, previous="")
                | Q(sequence__gt=1, follows=F("sequence") - 1, follows__isnull=False, previous__length=64),
                name="event_seal_follows_the_one_before",
            ),
            models.CheckConstraint(condition=Q(mac__length=64, key__length=8), name="event_seal_has_a_mac"),
        ]

    def __str__(self) -> str:
        return f"seal {self.sequence}"


class SealedEvent(models.Model):
    """The place of an event in the chain, and a MAC of its own. Never changed or deleted."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="sealed")
    seal = models.ForeignKey(EventSeal, models.PROTECT, db_index=False, related_name="links")
    position = models.PositiveIntegerField()
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "position"], name="sealed_event_has_its_own_place"),
            models.CheckConstraint(
                condition=Q(position__gte=1, mac__length=64), name="sealed_event_has_a_place_and_a_mac"
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id}, seal {self.seal_id}, position {self.position}"


class AuditExport(models.Model):
    """How far the log was exported to a sink: ``sequence`` is the last seal that it has.

    ``held_until`` is when another worker may export to it: somebody does now, or it failed.
    """

    sink = models.CharField(primary_key=True, max_length=255)
    sequence = models.PositiveBigIntegerField(default=0)
    held_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.sink} has seal {self.sequence}"
