"""What a reviewer typed on a review page and has not sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.models.registration import Registration


class ReviewDraft(models.Model):
    """What one reviewer typed and chose on the review page of a registration, without having sent it.

    ``texts`` are by the names of the page's fields, ``choices`` the chosen values of the others.
    ``used`` says by the same names which text was sent last, as a hash with the number of its revision.
    ``seen_version`` is the number of the revision that was on the page. ``version`` counts how often it was
    kept, so that a second tab is noticed.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="review_drafts")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_version = models.PositiveIntegerField()
    texts = models.JSONField()
    choices = models.JSONField()
    used = models.JSONField(default=dict, db_default={})
    version = models.PositiveIntegerField(default=1, db_default=1)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "reviewer"], name="review_draft_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1, seen_version__gte=1), name="review_draft_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.reviewer_id} on {self.registration_id}"
