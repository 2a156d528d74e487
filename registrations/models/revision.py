"""Revisions, the submitted versions of a record: numbered, complete, checked and immutable."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from registrations.domain.lifecycle import OPEN_STATUSES, REVIEWED, DecidedHow, RevisionStatus
from registrations.fields import NameSkeletonField, WebUriField
from registrations.models.catalogue import Offer, SubjectType, offered
from registrations.models.columns import choices, exactly_when, one_of
from registrations.models.logo import Logo
from registrations.models.registration import Registration
from registrations.rules import client_names, overrides
from registrations.rules.fields import FIELDS
from registrations.rules.metadata import Metadata, RuleContext, value_of
from registrations.rules.overrides import Accepted, OverrideRequest
from registrations.rules.vocabulary import (
    MAX_NAME_LENGTH,
    Environment,
    PkceSupport,
)
from registrations.validators import (
    as_errors,
    validate_client_name,
    validate_contacts,
)

V = RevisionStatus

_STORED_AS_THEY_ARE = FIELDS.keys() - {
    "logo",
    "contacts",
    "subject_type_preference",
    "redirect_uris",
    "scope",
}
"""Fields of the record whose column has the same name and holds the same value."""


class RevisionQuerySet(models.QuerySet[Any]):
    def taking_name(self, name: str, organisation_id: int) -> Self:
        """Revisions that already use a name that looks the same: live or under review, of a client of
        another organisation that is not closed."""
        alike = self.filter(
            name_skeleton=client_names.skeleton(name),
            status__in=[RevisionStatus.UNDER_REVIEW, RevisionStatus.APPROVED],
            registration__status__in=sorted(OPEN_STATUSES),
        )
        return alike.exclude(registration__organisation_id=organisation_id)


class Revision(models.Model):
    """One submission. Reviewers only ever see these; the approved one is live.

    The columns from ``environment`` to ``review_asked`` never change after the insert. ``note`` is what
    the reviewer wrote to the partner with the decision. ``decided_how`` is ``rules`` where the change
    needed no review and took effect when it was submitted. ``findings`` are the warnings of the rules at
    submission, in their version ``rules_version``; ``review_asked`` are the partner's override requests
    (rule G-06). ``claimed_by`` is the reviewer who claimed the review; the claim ends with it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=choices(RevisionStatus), default=V.UNDER_REVIEW)

    environment = models.CharField(max_length=16, choices=choices(Environment))
    client_name = models.CharField(max_length=MAX_NAME_LENGTH, blank=True, validators=[validate_client_name])
    name_skeleton = NameSkeletonField()
    client_uri = WebUriField("client_uri")
    logo = models.ForeignKey(
        Logo, to_field="digest", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tos_uri = WebUriField("tos_uri")
    policy_uri = WebUriField("policy_uri")
    contacts = models.JSONField(blank=True, default=list, validators=[validate_contacts])
    initiation_uri = WebUriField("initiation_uri")
    configuration_uri = WebUriField("configuration_uri")
    pkce_support = models.CharField(max_length=24, choices=choices(PkceSupport))
    pkce_justification = models.TextField(blank=True)
    pkce_controls = models.TextField(blank=True)
    subject_type_preference = models.ForeignKey(
        SubjectType, to_field="code", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confidential = models.BooleanField(default=False)

    review_asked = models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField()))
    findings = models.JSONField(blank=True, default=list)
    rules_version = models.CharField(max_length=32)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_how = models.CharField(
        max_length=8, choices=choices(DecidedHow), default=DecidedHow.PERSON, db_default=DecidedHow.PERSON
    )
    note = models.TextField(blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RevisionQuerySet.as_manager()

    _record: Metadata | None = None
    _context: RuleContext | None = None

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status=V.UNDER_REVIEW),
                name="revision_queue_oldest_first",
            ),
            models.Index(fields=["name_skeleton", "status"], name="revision_by_name_skeleton"),
            models.Index(fields=["status", "-id"], name="revision_by_status"),
            models.Index(
                fields=["-decided_at"],
                condition=Q(status__in=sorted(REVIEWED)),
                name="revision_decided_latest_first",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["registration", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_from_one"),
            models.CheckConstraint(condition=one_of("status", RevisionStatus), name="revision_status_known"),
            models.CheckConstraint(
                condition=one_of("environment", Environment), name="revision_environment_known"
            ),
            models.CheckConstraint(
                condition=one_of("pkce_support", PkceSupport), name="revision_pkce_support_known"
            ),
            models.CheckConstraint(
                condition=~Q(pkce_support=PkceSupport.EXCEPTION_REQUESTED) | ~Q(pkce_justification=""),
                name="revision_exception_is_justified",
            ),
            models.CheckConstraint(condition=Q(confidential=True), name="revision_is_confidential"),
            models.CheckConstraint(
                condition=~Q(client_name="") & ~Q(client_uri="") & ~Q(tos_uri="") & ~Q(policy_uri=""),
                name="revision_is_complete",
            ),
            models.CheckConstraint(condition=~Q(name_skeleton=""), name="revision_has_name_skeleton"),
            models.CheckConstraint(
                condition=exactly_when(~Q(status=V.UNDER_REVIEW), "decided_at", "decided_by"),
                name="revision_decided_exactly_when_not_under_review",
            ),
            models.CheckConstraint(
                condition=one_of("decided_how", DecidedHow), name="revision_decided_how_known"
            ),
            models.CheckConstraint(
                condition=~Q(decided_how=DecidedHow.RULES)
                | Q(
                    status__in=[V.APPROVED, V.SUPERSEDED],
                    decided_by=F("submitted_by"),
                    decided_at=F("submitted_at"),
                    number__gt=1,
                    note="",
                ),
                name="revision_by_rules_is_live_at_once",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, claimed_by__isnull=True)
                | Q(claimed_at__isnull=False, claimed_by__isnull=False),
                name="revision_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=V.UNDER_REVIEW) | Q(claimed_at__isnull=True),
                name="revision_claimed_only_under_review",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status=V.UNDER_REVIEW),
                name="revision_one_under_review",
            ),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(status=V.APPROVED), name="revision_one_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_name} · revision {self.number}"

    @property
    def stage(self) -> RevisionStatus:
        """The status as a member of its enumeration."""
        return RevisionStatus(self.status)

    @classmethod
    def of_record(cls, record: Metadata, *, context: RuleContext | None = None, **columns: Any) -> Revision:
        """Build the row of a record without saving it.

        It keeps in memory the redirect URIs and scopes, which have rows of their own, and ``context``,
        where that has been read.
        """
        revision = cls(
            **{name: value_of(record, name) for name in _STORED_AS_THEY_ARE},
            logo_id=record.logo_digest,
            contacts=list(record.contacts),
            subject_type_preference_id=record.subject_type_preference or None,
            **columns,
        )
        revision._record, revision._context = record, context
        return revision

    def override_requests(self) -> list[OverrideRequest]:
        """The values that a rule rejects and the partner asks a reviewer to accept."""
        return [request for stored in self.review_asked if (request := OverrideRequest.read(stored))]

    def uris(self) -> tuple[str, ...]:
        """The redirect URIs in the partner's order."""
        if self._record:
            return self._record.redirect_uris
        return tuple(child.uri for child in self.redirect_uris.all())

    def scopes(self) -> tuple[str, ...]:
        """The names of the requested scopes, without those that a reviewer refused."""
        if self._record:
            return self._record.scope
        return tuple(child.scope_id for child in self.requested_scopes.all() if child.granted is not False)

    def refused_scopes(self) -> tuple[str, ...]:
        """The names of the requested scopes that a reviewer refused."""
        return tuple(child.scope_id for child in self.requested_scopes.all() if child.granted is False)

    def scope_reasons(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a scope and the partner's reason, for the scopes that have one."""
        if self._record:
            return self._record.scope_reasons
        return tuple(
            (child.scope_id, child.reason)
            for child in self.requested_scopes.all()
            if child.reason and child.granted is not False
        )

    def metadata(self) -> Metadata:
        """The record as the rules see it."""
        columns = {name: getattr(self, name) for name in _STORED_AS_THEY_ARE}
        return Metadata(
            **columns,
            logo_digest=self.logo_id,
            contacts=tuple(self.contacts),
            subject_type_preference=self.subject_type_preference_id or "",
            redirect_uris=self.uris(),
            scope=self.scopes(),
            scope_reasons=self.scope_reasons(),
        )

    def clean(self) -> None:
        """Check the whole record against the rules and keep their findings in ``findings``.

        Submit asks the rules before it builds the row, so only code that calls ``full_clean`` comes here.
        Raises ``ValidationError`` with every rejection, under the names of the form's fields.
        """
        found = overrides.check(
            self.metadata(),
            self._context or self._current_context(),
            requested=self.override_requests(),
            accepted=self._accepted_before(),
        )
        self.found = found
        self.findings = [finding.as_json() for finding in found]
        errors = as_errors(found)
        if errors:
            raise ValidationError(errors)

    def _accepted_before(self) -> Accepted:
        """The values that reviewers accepted in earlier revisions."""
        if not self.registration_id:
            return ()
        return set(self.registration.overrides.values_list("rule", "value"))

    def _current_context(self) -> RuleContext:
        whose = self.registration if self.registration_id else None
        place = (whose.environment if whose else None) or ""
        named = (self.client_name, whose.organisation_id if whose else None)
        return rule_context(offered(), *named, logo=self.logo, environment=place)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Like Django's, but an error that a field and the whole record both report appears once."""
        try:
            super().full_clean(*args, **kwargs)
        except ValidationError as error:
            raise ValidationError({name: _once(found) for name, found in error.error_dict.items()})


def _once(errors: Sequence[ValidationError]) -> list[ValidationError]:
    seen = {(error.code, str(error.messages)): error for error in reversed(errors)}
    return list(reversed(seen.values()))


def rule_context(
    offer: Offer, name: str, organisation_id: int | None, *, logo: Logo | None = None, environment: str = ""
) -> RuleContext:
    """What the rules need to know about a client besides its record: one statement, none without a name.

    ``organisation_id`` is the client's organisation; while that is None, no name counts as taken. One
    similar name is enough for the warning, so only one is read, without its owner. ``environment`` is the
    one that the client is fixed to, empty where it can still be chosen.
    """
    taken: tuple[str, ...] = ()
    if organisation_id is not None and client_names.skeleton(name):
        others = Revision.objects.taking_name(name, organisation_id).order_by()
        taken = tuple(others.values_list("client_name", flat=True)[:1])
    return RuleContext(
        scopes=frozenset(scope for scope, _ in offer.scopes),
        reasoned=frozenset(offer.tiers),
        subject_types=frozenset(code for code, _ in offer.subject_types),
        taken=taken,
        logo=logo.traits if logo else None,
        environment=environment,
    )
