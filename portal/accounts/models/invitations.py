"""Invitations into an organisation, each for one email address."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from portal.accounts.models.people import Organisation, Role, User
from portal.epochs.models import Epoch

VALID_FOR: Final = timedelta(days=7)


class InvitationStatus(models.TextChoices):
    """open ─accept→ accepted      open ─revoke→ revoked      open ─another is sent after its end→ expired

    An open invitation also stops working at ``expires_at``, and when a backup is restored.
    """

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def that_work(self) -> Self:
        """Those that can be accepted now; none of somebody whose account was deactivated since."""
        now, epoch = timezone.now(), Epoch.objects.current()
        gone = User.objects.filter(pk=OuterRef("invited_by"), is_active=False)
        return self.filter(~Exists(gone), status=InvitationStatus.OPEN, expires_at__gt=now, epoch=epoch)

    def that_ended_unnoticed(self) -> Self:
        """Those that stand as open, but can no longer be accepted."""
        return self.filter(status=InvitationStatus.OPEN).exclude(pk__in=self.that_work().values("pk"))

    def never_accepted(self, before: datetime) -> Self:
        """Those that ended before the moment without letting anybody in, noticed or not."""
        ended = Q(status__in=(InvitationStatus.REVOKED, InvitationStatus.EXPIRED), ended_at__lt=before)
        return self.filter(ended | Q(status=InvitationStatus.OPEN, expires_at__lt=before))

    def revoke(self) -> int:
        """Revoke those that were not accepted yet, and return how many that were."""
        still_open = self.filter(status=InvitationStatus.OPEN)
        return still_open.update(status=InvitationStatus.REVOKED, ended_at=timezone.now())


class Invitation(models.Model):
    """A role in an organisation that whoever has the address may take, once.

    ``epoch`` is the one in which it was made: a restored backup does not know whether it was used or revoked
    since. ``invited_by`` is empty for an invitation by staff, and for somebody who was erased.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Role)
    status = models.CharField(max_length=8, choices=InvitationStatus, default=InvitationStatus.OPEN)
    epoch = models.CharField(max_length=36, blank=True, default="")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(status__in=InvitationStatus.values), name="invitation_status_known"
            ),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="invitation_in_lower_case"),
            models.CheckConstraint(
                condition=Q(status=InvitationStatus.OPEN, ended_at=None)
                | (~Q(status=InvitationStatus.OPEN) & Q(ended_at__isnull=False)),
                name="invitation_open_until_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(status=InvitationStatus.ACCEPTED),
                name="invitation_accepted_by_one",
            ),
            models.UniqueConstraint(
                fields=["organisation", "address"],
                condition=Q(status=InvitationStatus.OPEN),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.role} · {self.status}"

    @property
    def works(self) -> bool:
        """Whether it can be accepted now."""
        return Invitation.objects.that_work().filter(pk=self.pk).exists()
