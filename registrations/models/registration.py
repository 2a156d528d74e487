"""The lasting record of one OAuth client, the draft that a partner is typing, and the state of the feed."""

from __future__ import annotations

import re
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from portal.accounts.models import Organisation, User
from registrations.domain.draft_data import metadata_of
from registrations.domain.lifecycle import LIVE_STATUSES, RegistrationStatus
from registrations.models.columns import choices, exactly_when, one_of
from registrations.models.logo import Logo
from registrations.rules.metadata import Metadata
from registrations.rules.vocabulary import Environment

_REFERENCE = re.compile("[0-9a-fA-F]{8}")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def with_reference(self, reference: str) -> Self:
        """Those with this :attr:`Registration.reference`, found by the index on the UUID; none for another
        text."""
        if not _REFERENCE.fullmatch(reference):
            return self.none()
        return self.filter(uuid__range=[uuid.UUID(reference.ljust(32, digit)) for digit in "0f"])

    def visible_to(self, user: User) -> Self:
        """The registrations of the organisations that the user belongs to, and no other."""
        return self.filter(organisation__memberships__user_id=user.pk)

    def submitted(self) -> Self:
        """Those that the desk can see: they were submitted at least once."""
        return self.filter(revision_count__gt=0)


class Registration(models.Model):
    """One OAuth client of one organisation in one environment.

    ``version`` counts the verbs that locked the record; ``revision_count`` is the highest number
    of a revision; ``client_id`` is the UUID4 issued at the first approval (rule K-01) and never changes.
    With ``adopted_at`` the client is older than the portal: it keeps the client id that it had, which may be
    a UUID of any version, and nobody started it here.
    ``closed_reason`` is what staff wrote to the partner; it is empty where the partner closed it.
    ``start_key`` tells which page started it, so that one page starts one registration.

    ``record_updated_at`` moves when anything changes that an authorization server has to know: the live
    version, the status, a secret that can authenticate, a PKCE exception in force. ``feed_position`` is the
    place of the last change in the feed; while ``feed_pending``, the worker has yet to give the place of a
    later one (``workflow.feed``).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="registrations")
    status = models.CharField(
        max_length=16, choices=choices(RegistrationStatus), default=RegistrationStatus.PENDING
    )
    environment = models.CharField(
        max_length=16, choices=choices(Environment), null=True, help_text="Fixed at the first approval."
    )
    client_id = models.UUIDField(null=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=0)
    revision_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    adopted_at = models.DateTimeField(null=True)
    start_key = models.UUIDField(null=True, unique=True, editable=False)
    activated_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.TextField(blank=True, default="", db_default="")
    record_updated_at = models.DateTimeField(default=timezone.now, db_default=Now())
    feed_pending = models.BooleanField(default=True, db_default=True)
    feed_position = models.BigIntegerField(null=True, unique=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "registration"
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("review_registration", "Can review registrations"),
            ("reassign_registration", "Can hand reviews to colleagues"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registration_by_organisation"),
            models.Index(fields=["status", "-id"], name="registration_by_status"),
            models.Index(
                fields=["environment", "feed_position"],
                condition=Q(feed_position__isnull=False),
                name="registration_in_feed",
            ),
            models.Index(
                fields=["id"],
                condition=Q(feed_pending=True, client_id__isnull=False),
                name="registration_to_feed",
            ),
            models.Index(
                fields=["record_updated_at"],
                condition=Q(client_id__isnull=False),
                name="registration_by_record_change",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=one_of("status", RegistrationStatus), name="registration_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(LIVE_STATUSES)) | Q(client_id__isnull=False),
                name="registration_live_has_client_id",
            ),
            models.CheckConstraint(
                condition=~Q(status=RegistrationStatus.PENDING) | Q(client_id__isnull=True),
                name="registration_pending_has_no_client_id",
            ),
            models.CheckConstraint(
                condition=Q(client_id__isnull=False, activated_at__isnull=False, environment__isnull=False)
                | Q(client_id__isnull=True, activated_at__isnull=True, environment__isnull=True),
                name="registration_client_id_with_activation",
            ),
            models.CheckConstraint(
                condition=Q(environment__isnull=True) | one_of("environment", Environment),
                name="registration_environment_known",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=RegistrationStatus.CLOSED), "closed_at"),
                name="registration_closed_at_exactly_when_closed",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(status=RegistrationStatus.SUSPENDED), "suspended_at"),
                name="registration_suspended_at_exactly_when_suspended",
            ),
            models.CheckConstraint(
                condition=exactly_when(Q(adopted_at__isnull=True), "created_by"),
                name="registration_started_by_somebody_unless_adopted",
            ),
            models.CheckConstraint(
                condition=Q(feed_position__isnull=True) | Q(client_id__isnull=False),
                name="registration_in_feed_has_client_id",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True) | Q(client_id__isnull=False, start_key__isnull=True),
                name="registration_adopted_has_client_id",
            ),
            models.CheckConstraint(
                condition=Q(closed_reason="") | Q(status=RegistrationStatus.CLOSED),
                name="registration_closed_reason_only_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def stage(self) -> RegistrationStatus:
        """The status as a member of its enumeration."""
        return RegistrationStatus(self.status)

    @property
    def reference(self) -> str:
        """What people quote when they ask about it: the first eight digits of its UUID."""
        return self.uuid.hex[:8]

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"registration:{self.uuid}"

    @property
    def is_live(self) -> bool:
        """Whether it has a client id and is not closed; it may be suspended."""
        return self.stage in LIVE_STATUSES

    @property
    def can_be_promoted(self) -> bool:
        """Whether a registration for production can start from it: live in staging, and not suspended."""
        return self.stage is RegistrationStatus.ACTIVE and self.environment == Environment.STAGING


class Draft(models.Model):
    """What a partner is typing: stored as typed, allowed to be wrong or incomplete.

    ``data`` maps field names to what the form contained: text, a list of lines, a list of scopes or a
    tick. The page carries ``version``, so that two tabs cannot overwrite each other; no later draft of
    the registration reuses it.
    """

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="draft")
    version = models.PositiveIntegerField(default=1)
    data = models.JSONField(default=dict, db_column="typed")
    logo = models.ForeignKey(Logo, to_field="digest", null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="draft_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.registration_id}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"draft:{self.version}"

    def metadata(self) -> Metadata:
        """The draft as the rules see it."""
        return metadata_of(self.data, logo_digest=self.logo_id)


class FeedState(models.Model):
    """The one row that whoever gives positions in the feed locks, so that they become visible in order.

    ``next_position`` is given to the next client that changed.
    """

    next_position = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="feed_state_is_one_row"),
            models.CheckConstraint(condition=Q(next_position__gte=1), name="feed_state_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"next position {self.next_position}"
