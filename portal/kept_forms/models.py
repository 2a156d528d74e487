"""Forms that came without a session, kept for the account that typed them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

KEEP_FOR: Final = timedelta(hours=1)


class KeptFormQuerySet(models.QuerySet["KeptForm"]):
    """Forms of one account, and those whose hour is over."""

    def of(self, owner_id: int) -> KeptFormQuerySet:
        """What the account may still open, the newest first."""
        return self.filter(owner=owner_id, kept_at__gt=timezone.now() - KEEP_FOR).order_by("-kept_at", "-pk")

    def expired(self) -> KeptFormQuerySet:
        return self.filter(kept_at__lte=timezone.now() - KEEP_FOR)


class KeptForm(models.Model):
    """What was typed into the form at ``address``, encrypted; the newest of each account and address."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=200)
    sealed = models.TextField()
    kept_at = models.DateTimeField(db_index=True)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "address"], name="kept_form_newest_of_its_address"),
            models.CheckConstraint(condition=~models.Q(sealed=""), name="kept_form_has_content"),
        ]

    def __str__(self) -> str:
        return f"{self.address} at {self.kept_at}"
