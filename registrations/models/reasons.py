"""Prepared reasons for sending a revision back or rejecting it; staff edit them."""

from django.db import models
from django.db.models import Q

from registrations.models.revision import Revision


class DecisionReason(models.Model):
    """A reason, in the words that partners read. Statistics count its ``code``."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=100, help_text="What reviewers choose it by.")
    wording = models.TextField(
        max_length=1000, help_text="To the partner: what is wrong, and what to do next. Plain and kind."
    )
    for_request_changes = models.BooleanField(default=True)
    for_reject = models.BooleanField(default=True)
    is_offered = models.BooleanField(default=True, help_text="Whether reviewers may choose it.")

    class Meta:
        verbose_name = "prepared reason"
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(title="") & ~Q(wording=""), name="decision_reason_is_complete"
            ),
            models.CheckConstraint(
                condition=Q(for_request_changes=True) | Q(for_reject=True),
                name="decision_reason_for_a_decision",
                violation_error_message="Choose at least one decision that it can be a reason for.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def fits(self, decision: str) -> bool:
        """Whether it can be a reason for ``request_changes`` or for ``reject``."""
        return {"request_changes": self.for_request_changes, "reject": self.for_reject}.get(decision, False)


class GivenReason(models.Model):
    """A reason that was given with the decision on a revision. Never changed afterwards."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="given_reasons")
    reason = models.ForeignKey(
        DecisionReason, to_field="code", db_column="code", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "reason"], name="given_reason_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} for {self.revision_id}"
