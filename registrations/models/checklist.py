"""The checklist items that reviewers ticked on a revision."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.domain.checklist import TICKABLE
from registrations.models.revision import Revision


class ChecklistTick(models.Model):
    """A reviewer has checked this item of this revision and found it in order.

    It does not carry over: a later revision is checked again.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="ticks")
    item = models.CharField(max_length=40)
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField()

    class Meta:
        ordering = ["ticked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "item"], name="checklist_tick_once"),
            models.CheckConstraint(condition=Q(item__in=sorted(TICKABLE)), name="checklist_tick_item_known"),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.revision_id}"
