"""What one member of staff asks for and a second one confirms."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from portal.accounts.models.people import Organisation, User


class StaffRequestKind(models.TextChoices):
    """What is asked for."""

    ADMIN = "admin", "Invite an admin"
    SUPERUSER = "superuser", "Superuser rights"


class StaffRequestStatus(models.TextChoices):
    """open ─confirm→ confirmed      open ─withdraw→ withdrawn"""

    OPEN = "open", "Open"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class StaffRequest(models.Model):
    """An invitation of an admin into an organisation that has none, or superuser rights for a person.

    It has no effect before somebody other than ``requested_by`` confirms it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=StaffRequestKind)
    status = models.CharField(max_length=16, choices=StaffRequestStatus, default=StaffRequestStatus.OPEN)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(max_length=254, blank=True)
    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=StaffRequestKind.ADMIN, organisation__isnull=False, person=None)
                & ~Q(address="")
                | Q(kind=StaffRequestKind.SUPERUSER, organisation=None, person__isnull=False, address=""),
                name="staff_request_names_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("requested_by")),
                name="staff_request_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status=StaffRequestStatus.OPEN, confirmed_by=None, ended_at=None)
                | Q(status=StaffRequestStatus.WITHDRAWN, confirmed_by=None, ended_at__isnull=False)
                | Q(status=StaffRequestStatus.CONFIRMED, confirmed_by__isnull=False, ended_at__isnull=False),
                name="staff_request_confirmed_by_somebody",
            ),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="staff_request_in_lower_case"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(status=StaffRequestStatus.OPEN, kind=StaffRequestKind.ADMIN),
                name="staff_request_open_once_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status=StaffRequestStatus.OPEN, kind=StaffRequestKind.SUPERUSER),
                name="staff_request_open_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.status}"
