"""Comments between reviewers and partners, and the notes that only reviewers read.

Notes have a table of their own, so that no query of a partner's page can include one by forgetting a
condition.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.models.registration import Registration
from registrations.models.revision import Revision
from registrations.rules.fields import FIELDS

_ABOUT = Q(field="") | Q(field__in=sorted(FIELDS))
_PERSON = settings.AUTH_USER_MODEL


class Thread(models.Model):
    """A thread of comments about one field, or about the whole registration where ``field`` is empty.

    It belongs to the registration and outlives the revision on which it was opened.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="threads")
    field = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_ABOUT, name="thread_field_known"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="thread_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.uuid}"


class Comment(models.Model):
    """One comment in a thread, about one revision.

    A reviewer's waits, hidden from the partner, until a decision sends it; a partner's is sent with the
    submission that contains it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    by_desk = models.BooleanField()
    text = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_text"),
            models.CheckConstraint(
                condition=Q(by_desk=True) | Q(sent_at__isnull=False), name="comment_of_partner_is_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.uuid}"


class DeskNote(models.Model):
    """A note from reviewer to reviewer. No partner ever sees it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="desk_notes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="desk_note_has_text"),
            models.CheckConstraint(condition=_ABOUT, name="desk_note_field_known"),
        ]

    def __str__(self) -> str:
        return f"desk note {self.uuid}"
