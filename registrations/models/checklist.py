"""The checklist items that reviewers ticked on a revision."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.domain.checklist import TICKABLE, Item
from registrations.models.revision import Revision


class ChecklistTick(models.Model):
    """A reviewer has checked this item of this revision and found it in order.

    ``about`` are the digests of the values that they judged. The tick counts on every revision of the
    registration that has no others; where it is empty, on this revision alone.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="ticks")
    item = models.CharField(max_length=40)
    about = models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField()))
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

    def counts_for(self, revision: Revision, item: Item) -> bool:
        """Whether it is a tick on this item of the revision."""
        was_judged = bool(item.about) and item.about <= set(self.about)
        return self.item == item.code and (self.revision_id == revision.pk or was_judged)
