"""What authorization servers say they serve. They report it; nobody decides anything by it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from registrations.models.columns import choices, one_of
from registrations.models.registration import Registration
from registrations.rules.vocabulary import Environment


class ServedClient(models.Model):
    """The state of a client that the server of its environment serves, as it last reported it.

    ``updated_at`` is the client's ``record_updated_at`` that the server has read: where both are equal, it
    serves what the portal has. ``in_force_since`` is when it first reported this version.
    """

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="served")
    version = models.PositiveIntegerField()
    updated_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    in_force_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="served_client_version_counts_from_one"),
            models.CheckConstraint(
                condition=Q(in_force_since__lte=F("reported_at")), name="served_client_in_force_when_reported"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.registration_id}"


class Inventory(models.Model):
    """How the last inventory of an environment differed from the portal, by client ids.

    ``missing`` are live clients that the server did not have, ``stale`` those that it had in another state,
    and ``extra`` what it had and the portal does not know. Each list has the first ids alone; the numbers
    count all. A change of the last minutes is no difference.
    """

    environment = models.CharField(max_length=16, choices=choices(Environment), unique=True)
    reported_at = models.DateTimeField()
    missing = models.JSONField(default=list)
    extra = models.JSONField(default=list)
    stale = models.JSONField(default=list)
    missing_count = models.PositiveIntegerField(default=0)
    extra_count = models.PositiveIntegerField(default=0)
    stale_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "inventories"
        constraints = [
            models.CheckConstraint(
                condition=one_of("environment", Environment), name="inventory_environment_known"
            ),
        ]

    def __str__(self) -> str:
        return f"inventory of {self.environment}"


class LateChange(models.Model):
    """A change that the server has not applied in time. The row is deleted once it has.

    ``changed_at`` is the change that was first late: others may have followed.
    """

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="late_change")
    changed_at = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(noticed_at__gt=F("changed_at")), name="late_change_noticed_after_change"
            ),
        ]

    def __str__(self) -> str:
        return f"late change of {self.registration_id}"
