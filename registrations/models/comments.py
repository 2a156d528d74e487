"""Comments between reviewers and partners, and the notes that only reviewers read.

Notes have a table of their own, so that no query of a partner's page can include one by forgetting a
condition.
"""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.models.columns import all_or_none
from registrations.models.registration import Registration
from registrations.models.revision import Revision
from registrations.rules.record_fields import FIELDS

_ABOUT = Q(field="") | Q(field__in=sorted(FIELDS))
_PERSON = settings.AUTH_USER_MODEL


class ThreadQuerySet(models.QuerySet["Thread"]):
    def unresolved(self) -> Self:
        """Those that the partner still has to answer."""
        return self.filter(resolved_at=None)

    def seen_by_partner(self) -> Self:
        """Those in which a comment was sent to the partner."""
        return self.filter(comments__by_desk=True, comments__sent_at__isnull=False).distinct()


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

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_ABOUT, name="thread_field_known"),
            models.CheckConstraint(
                condition=all_or_none("resolved_at", "resolved_by"),
                name="thread_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.uuid}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"thread:{self.uuid}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def waiting_in(self, registration: Registration) -> Self:
        """Those that the next decision sends. In a resolved thread none is: the partner could not
        answer it."""
        return self.filter(thread__in=registration.threads.unresolved(), sent_at__isnull=True)


class Comment(models.Model):
    """One comment in a thread, about one revision.

    A reviewer's waits, hidden from the partner, until a decision sends it; a partner's is sent with the
    submission that contains it, or at once as a message about the revision under review.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    by_desk = models.BooleanField()
    text = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

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

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"comment:{self.uuid}"


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

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"note:{self.uuid}"
