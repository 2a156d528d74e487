"""Revisions, the submitted versions of a record: numbered, complete, checked and immutable."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from portal.accounts.models import User
from registrations.domain.lifecycle import OPEN_STATUSES, REVIEWED, WERE_LIVE, DecidedHow, RevisionStatus
from registrations.domain.review_target import after_working_days
from registrations.domain.rulings import NO_RULINGS, Rulings
from registrations.domain.similar_names import piece_keys
from registrations.models.catalogue import Offer, SubjectType, offered
from registrations.models.columns import POSSIBLE_DAYS, all_or_none, choices, exactly_when, one_of
from registrations.models.logo import Logo
from registrations.models.registration import Registration
from registrations.models.requested import RedirectUri, RequestedScope
from registrations.models.rule_fields import NamePieceField, NameSkeletonField, WebUriField
from registrations.rules import client_names, overrides, pkce, redirect_uris
from registrations.rules.metadata import Metadata, RuleContext, value_of
from registrations.rules.overrides import OverrideRequest
from registrations.rules.record_fields import FIELDS
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
    "pkce_wished_end",
}
"""Fields of the record whose column has the same name and holds the same value."""


class RevisionQuerySet(models.QuerySet["Revision"]):
    def under_review(self) -> Self:
        """Those that wait for a decision: at most one of each registration."""
        return self.filter(status=V.UNDER_REVIEW)

    def live(self) -> Self:
        """The approved ones: at most one of each registration."""
        return self.filter(status=V.APPROVED)

    def current(self) -> Self:
        """Of registrations that are not closed: the live one, the one under review, and the newest."""
        is_current = Q(status__in=[V.UNDER_REVIEW, V.APPROVED]) | Q(
            number=of_newest("registration", "number")
        )
        return self.filter(is_current, registration__status__in=sorted(OPEN_STATUSES))

    def reviewed(self) -> Self:
        """Those that a reviewer approved, sent back or rejected."""
        return self.filter(status__in=sorted(REVIEWED), decided_how=DecidedHow.PERSON)

    def approved_by_reviewers(self) -> Self:
        """Those that a reviewer made live, whether or not they still are."""
        return self.filter(status__in=sorted(WERE_LIVE), decided_how=DecidedHow.PERSON)

    def newest(self) -> Revision | None:
        """The newest one of a registration, without the restrictions beside it: one statement."""
        return self.filter(beside=None).order_by("-number").first()

    def taking_name(self, name: str, organisation_id: int) -> Self:
        """Revisions that already use a name that looks the same: live or under review, of a client of
        another organisation that is not closed."""
        alike = self.filter(
            name_skeleton=client_names.skeleton(name),
            status__in=[V.UNDER_REVIEW, V.APPROVED],
            registration__status__in=sorted(OPEN_STATUSES),
        )
        return alike.exclude(registration__organisation_id=organisation_id)

    def that_may_resemble(self, *skeletons: str) -> Self:
        """Those whose names may look like one of these, found by indexes: the same, and all names that differ
        by a slip of the fingers, among others that do not."""
        keys = [piece_keys(skeleton) for skeleton in skeletons]
        alike = Q(name_start__in={key for one in keys for key in one.start})
        alike |= Q(name_middle__in={key for one in keys for key in one.middle})
        alike |= Q(name_end__in={key for one in keys for key in one.end})
        return self.filter(Q(name_skeleton__in=skeletons) | alike)


class Revision(models.Model):
    """One submission. Reviewers only ever see these; the approved one is live.

    The columns from ``environment`` to ``review_asked`` never change after the insert. ``note`` is what
    the reviewer wrote to the partner with the decision. ``decided_how`` is ``rules`` where the change
    needed no review and took effect when it was submitted, and ``adopted`` where it is the first one of a
    client that is older than the portal: nobody submitted or decided it. ``beside`` is set on a restriction
    of the live revision that left a newer submission as it was, under review or with the partner: the number
    of that submission, which remains the newest one. ``findings`` are the warnings of the rules at
    submission, in their version ``rules_version``, and of an adopted one the rejections as well;
    ``review_asked`` are the partner's override requests (rule G-06). ``claimed_by`` is the reviewer who
    claimed the review; the claim ends with it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=choices(RevisionStatus), default=V.UNDER_REVIEW)

    environment = models.CharField(max_length=16, choices=choices(Environment))
    client_name = models.CharField(max_length=MAX_NAME_LENGTH, blank=True, validators=[validate_client_name])
    name_skeleton = NameSkeletonField()
    name_start, name_middle, name_end = NamePieceField(0), NamePieceField(1), NamePieceField(2)
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
    pkce_wished_end = models.DateField(null=True, blank=True)
    subject_type_preference = models.ForeignKey(
        SubjectType, to_field="code", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confidential = models.BooleanField(default=False)

    review_asked = models.JSONField(blank=True, default=list, db_default=models.Value([], models.JSONField()))
    findings = models.JSONField(blank=True, default=list)
    rules_version = models.CharField(max_length=32)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_how = models.CharField(
        max_length=8, choices=choices(DecidedHow), default=DecidedHow.PERSON, db_default=DecidedHow.PERSON
    )
    beside = models.PositiveIntegerField(null=True, blank=True)
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
            models.Index(fields=["name_start"], name="revision_by_name_start"),
            models.Index(fields=["name_middle"], name="revision_by_name_middle"),
            models.Index(fields=["name_end"], name="revision_by_name_end"),
            models.Index(fields=["status", "-id"], name="revision_by_status"),
            models.Index(
                fields=["-decided_at"],
                condition=Q(status__in=sorted(REVIEWED)),
                name="revision_decided_latest_first",
            ),
            # SQLite proves this condition from a date alone, and never the one above.
            models.Index(
                fields=["-decided_at"], condition=Q(decided_at__isnull=False), name="revision_by_decision"
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
            models.CheckConstraint(
                condition=Q(pkce_wished_end__isnull=True)
                | Q(
                    pkce_support=PkceSupport.EXCEPTION_REQUESTED,
                    pkce_wished_end__range=POSSIBLE_DAYS,
                ),
                name="revision_wished_end_is_possible_and_of_a_request",
            ),
            models.CheckConstraint(
                # what was adopted nobody has confirmed, nor what was only taken away from it
                condition=Q(confidential=True) | Q(decided_how__in=[DecidedHow.ADOPTED, DecidedHow.RULES]),
                name="revision_is_confidential",
            ),
            models.CheckConstraint(
                condition=~Q(client_name="") & ~Q(client_uri="") & ~Q(tos_uri="") & ~Q(policy_uri=""),
                name="revision_is_complete",
            ),
            models.CheckConstraint(condition=~Q(name_skeleton=""), name="revision_has_name_skeleton"),
            models.CheckConstraint(
                condition=exactly_when(~Q(status=V.UNDER_REVIEW), "decided_at", "decided_by")
                | Q(decided_how=DecidedHow.ADOPTED),
                name="revision_decided_exactly_when_not_under_review",
            ),
            models.CheckConstraint(
                condition=exactly_when(~Q(decided_how=DecidedHow.ADOPTED), "submitted_by"),
                name="revision_submitted_by_somebody_unless_adopted",
            ),
            models.CheckConstraint(
                condition=~Q(decided_how=DecidedHow.ADOPTED)
                | Q(
                    status__in=[V.APPROVED, V.SUPERSEDED],
                    decided_by__isnull=True,
                    decided_at__isnull=False,
                    decided_at=F("submitted_at"),
                    number=1,
                    note="",
                ),
                name="revision_adopted_is_the_first_and_nobodys",
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
                condition=Q(beside__isnull=True)
                | Q(decided_how=DecidedHow.RULES, beside__gte=1, beside__lt=F("number")),
                name="revision_beside_an_older_one_by_rules",
            ),
            models.CheckConstraint(
                condition=all_or_none("claimed_at", "claimed_by"),
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

    @property
    def submitter(self) -> User:
        """Who submitted it; ``ValueError`` for one that was adopted."""
        if self.submitted_by is None:
            raise ValueError("Nobody submitted it.")
        return self.submitted_by

    @property
    def is_adopted(self) -> bool:
        """Whether it is what a client that is older than the portal came with: no reviewer has seen it."""
        return self.decided_how == DecidedHow.ADOPTED

    @property
    def is_late(self) -> bool:
        """Whether it waits for a decision although the target time for one has passed."""
        target = after_working_days(self.submitted_at, settings.PORTAL_REVIEW_TARGET_DAYS)
        return self.stage is V.UNDER_REVIEW and timezone.now() > target

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"revision:{self.number}"

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
            pkce_wished_end=pkce.day_of(record.pkce_wished_end),
            **columns,
        )
        revision._record, revision._context = record, context
        return revision

    def insert(self, *, granted: Mapping[str, bool | None] = MappingProxyType({})) -> None:
        """Store a row that :meth:`of_record` built, with its redirect URIs and scopes.

        ``granted`` holds the decisions that scopes have already.
        """
        reasons = dict(self.scope_reasons())
        self.save(force_insert=True)
        RedirectUri.objects.bulk_create(
            RedirectUri(revision=self, position=position, uri=uri, host=redirect_uris.host_of(uri))
            for position, uri in enumerate(self.uris())
        )
        RequestedScope.objects.bulk_create(
            RequestedScope(
                revision=self, scope_id=name, reason=reasons.get(name, ""), granted=granted.get(name)
            )
            for name in sorted(self.scopes())
        )

    def insert_restricted(self, live: Revision) -> None:
        """Store a row that takes redirect URIs or scopes away from the live one; the scopes that stay remain
        granted, and the refused ones refused."""
        self.insert(granted={child.scope_id: child.granted for child in live.requested_scopes.all()})
        refused = live.requested_scopes.filter(granted=False)
        RequestedScope.objects.bulk_create(
            RequestedScope(revision=self, scope_id=child.scope_id, reason=child.reason, granted=False)
            for child in refused
        )

    def replaced(self) -> Revision | None:
        """The revision that was live until this one took its place; None for the first.

        Others may have been submitted in between without taking effect.
        """
        of_client = Revision.objects.filter(registration_id=self.registration_id)
        were_live = of_client.filter(status=V.SUPERSEDED, decided_at__lte=self.decided_at)
        return were_live.exclude(pk=self.pk).order_by("-decided_at", "-number").first()

    def override_requests(self) -> list[OverrideRequest]:
        """The values that a rule rejects and the partner asks a reviewer to accept."""
        return [request for stored in self.review_asked if (request := OverrideRequest.read(stored))]

    def unanswered_override_requests(self) -> list[OverrideRequest]:
        """Those that no reviewer has answered, for this revision or an earlier one of its environment."""
        requests = self.override_requests()
        given = self.registration.overrides.in_environment(self.environment)
        accepted = given.pairs() if requests else ()
        return [request for request in requests if request.pair not in accepted]

    def uris(self) -> tuple[str, ...]:
        """The redirect URIs in the partner's order."""
        if self._record:
            return self._record.redirect_uris
        return tuple(child.uri for child in self.redirect_uris.all())

    def addresses(self) -> list[str]:
        """The contacts as emails go to them: in lower case, and each once."""
        return list(dict.fromkeys(str(contact).lower() for contact in self.contacts))

    def scopes(self) -> tuple[str, ...]:
        """The names of the requested scopes, without those that a reviewer refused."""
        if self._record:
            return self._record.scope
        return tuple(child.scope_id for child in self.requested_scopes.all() if child.granted is not False)

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
            pkce_wished_end=self.pkce_wished_end.isoformat() if self.pkce_wished_end else "",
            redirect_uris=self.uris(),
            scope=self.scopes(),
            scope_reasons=self.scope_reasons(),
        )

    def clean(self) -> None:
        """Check the whole record against the rules and keep their findings in ``findings``.

        Submit asks the rules before it builds the row, so only code that calls ``full_clean`` comes here.
        Raises ``ValidationError`` with every rejection, under the names of the form's fields.
        """
        client = self.registration if self.registration_id else None
        refused = RequestedScope.objects.refused_in(client) if client else {}
        context = self._context or rule_context(
            offered(),
            self.client_name,
            client.organisation_id if client else None,
            logo=self.logo,
            environment=(client.environment if client else None) or "",
            rulings=Rulings(refused={name: child.refusal for name, child in refused.items()}),
        )
        self.found = overrides.check(
            self.metadata(),
            context,
            requested=self.override_requests(),
            accepted=client.overrides.in_environment(self.environment).pairs() if client else (),
        )
        self.findings = [finding.as_json() for finding in self.found]
        errors = as_errors(self.found)
        if errors:
            raise ValidationError(errors)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Like Django's, but an error that a field and the whole record both report appears once."""
        try:
            super().full_clean(*args, **kwargs)
        except ValidationError as error:
            once: dict[str, list[ValidationError]] = {}
            for field, found in error.error_dict.items():
                by_message = {(one.code, str(one.messages)): one for one in reversed(found)}
                once[field] = list(reversed(by_message.values()))
            raise ValidationError(once)


def of_newest(registration: str, column: str) -> Subquery:
    """A column of the newest revision, as :meth:`RevisionQuerySet.newest` chooses it, within a statement.

    ``registration`` is the column of the outer query that refers to the registration.
    """
    submissions = Revision.objects.filter(registration=OuterRef(registration), beside=None)
    return Subquery(submissions.order_by("-number").values(column)[:1])


def rule_context(
    offer: Offer,
    name: str,
    organisation_id: int | None,
    *,
    logo: Logo | None = None,
    environment: str = "",
    rulings: Rulings = NO_RULINGS,
) -> RuleContext:
    """What the rules need to know about a client besides its record: one statement, none without a name.

    ``organisation_id`` is the client's organisation; while that is None, no name counts as taken. One
    similar name is enough for the warning, so only one is read, without its owner. ``environment`` is the
    one that the client is fixed to, empty where it can still be chosen. ``rulings`` are what staff decided on
    the registration before.
    """
    taken: tuple[str, ...] = ()
    if organisation_id is not None and client_names.skeleton(name):
        others = Revision.objects.taking_name(name, organisation_id).order_by()
        taken = tuple(others.values_list("client_name", flat=True)[:1])
    return RuleContext(
        scopes=frozenset(scope for scope, _ in offer.scopes),
        reasoned=frozenset(offer.tiers),
        refused=rulings.refused,
        exception=rulings.exception,
        subject_types=frozenset(code for code, _ in offer.subject_types),
        taken=taken,
        logo=logo.traits if logo else None,
        environment=environment,
        today=timezone.now().date(),
    )
