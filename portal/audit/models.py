"""The audit log: what was done, refused or failed, by whom, to what."""

import uuid

from django.db import models
from django.utils import timezone


class Outcome(models.TextChoices):
    """How a call ended: a refusal is a Refusal that the verb raised, a failure any other exception."""

    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"


class Event(models.Model):
    """One call of one verb. Rows are never changed or deleted; the database refuses both.

    ``actor`` is the pseudonym of a person, or "system". ``stream`` is the UUID of the record that the
    event belongs to. ``moved`` names everything the verb touched. ``detail`` never holds personal data
    or secrets.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    actor = models.CharField(max_length=36)
    stream = models.UUIDField(db_index=True)
    moved = models.JSONField(default=list)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_latest_first"),
            models.Index(fields=["actor", "-at", "-id"], name="event_by_actor"),
            models.Index(fields=["verb", "-at", "-id"], name="event_by_verb"),
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
