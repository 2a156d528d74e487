"""What staff write down about an organisation for each other."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.models import Organisation


class OrganisationNote(models.Model):
    """An internal note about an organisation. It is never changed, and no partner ever sees it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [
            models.Index(
                fields=["organisation", "-written_at", "-id"], name="organisation_note_newest_first"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="organisation_note_has_text"),
        ]

    def __str__(self) -> str:
        return f"note {self.uuid} about {self.organisation_id}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"note:{self.uuid}"
