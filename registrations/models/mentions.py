"""Who was told of a desk note by its author."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from registrations.models.comments import DeskNote


class MentionQuerySet(models.QuerySet["Mention"]):
    def unseen(self) -> Self:
        """Those that the person has not marked as seen."""
        return self.filter(seen_at__isnull=True)

    def seen(self) -> Self:
        """Those that the person has marked as seen."""
        return self.filter(seen_at__isnull=False)

    def latest_first(self) -> Self:
        """In the order of the indexes, each with its note, and what that is about."""
        about = ("note__author", "note__revision", "note__registration__organisation")
        return self.order_by("-made_at", "-pk").select_related(*about)


class Mention(models.Model):
    """The author of a desk note tells a colleague of it, who marks that as seen at ``seen_at``."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    note = models.ForeignKey(DeskNote, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(
                fields=["person", "-made_at", "-id"],
                condition=Q(seen_at__isnull=True),
                name="mention_unseen_latest_first",
            ),
            models.Index(
                fields=["person", "-made_at", "-id"],
                condition=Q(seen_at__isnull=False),
                name="mention_seen_latest_first",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="mention_once_a_note"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("made_at")),
                name="mention_seen_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"mention {self.uuid}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"mention:{self.uuid}"
