"""The canaries: for each key in use, one value of no importance that is sealed with it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class SealingCanary(models.Model):
    """A process whose keys open none of the canaries has the wrong keys."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key_id = models.CharField(max_length=8, unique=True)
    sealed = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(sealed=""), name="sealing_canary_has_content"),
        ]

    def __str__(self) -> str:
        return f"canary of key {self.key_id}"
