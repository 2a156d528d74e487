"""The marks of the versions under review, stored so that lists can show them, sort by them and filter."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from registrations.models.revision import Revision


class ReviewMarksQuerySet(models.QuerySet["ReviewMarks"]):
    def look_again(self, now: datetime) -> int:
        """Have the worker compute them again, because what they rest on has changed."""
        return self.update(again_at=now)


class ReviewMarks(models.Model):
    """The kinds of marks that a version under review has, gravest first (``domain.signals``).

    Verbs book them anew, in their own transactions. ``again_at`` is when the worker does, too: soon after,
    since a verb cannot see what another commits at the same time, and daily, since some rest on the day.
    """

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="marks")
    kinds = models.JSONField(default=list)
    risk = models.PositiveSmallIntegerField()
    booked_at = models.DateTimeField()
    again_at = models.DateTimeField(db_index=True)

    objects = ReviewMarksQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "review marks"
        constraints = [
            models.CheckConstraint(
                condition=Q(kinds=[], risk=0) | (~Q(kinds=[]) & Q(risk__gt=0)),
                name="review_marks_risk_exactly_when_marked",
            ),
            models.CheckConstraint(
                condition=Q(again_at__gte=F("booked_at")), name="review_marks_again_after_they_were_booked"
            ),
        ]

    def __str__(self) -> str:
        return f"marks of {self.revision_id}"
