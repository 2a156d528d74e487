"""Reads what the signals about a version under review are made of: four statements with the similar names.

The past of an organisation serves all of its versions under review. It covers as many clients as its page
does: those with an open review first, then the newest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from registrations.domain.lifecycle import OPEN_STATUSES, PkceStatus, RevisionStatus
from registrations.domain.signals import (
    Evidence,
    History,
    HostElsewhere,
    Mark,
    OwnClient,
    Refusal,
    Submission,
    hosts_to_compare,
    marks_of,
)
from registrations.domain.sites import is_shared
from registrations.models import (
    Override,
    PkceException,
    RedirectUri,
    RequestedScope,
    Revision,
)
from registrations.preflight.verdicts import Verdict
from registrations.queries.organisation_history import OrganisationHistory
from registrations.queries.similar_names import SimilarClient

MOST_HOSTS: Final = 100
_SCOPE, _OVERRIDE = "scope", "override"
_TELLING_EXCEPTIONS: Final = (
    PkceStatus.REQUESTED,
    PkceStatus.GRANTED,
    PkceStatus.REFUSED,
    PkceStatus.IN_FORCE,
)
_WARNS: Final = (Verdict.FAULT, Verdict.SILENT, Verdict.NOT_PUBLIC)
V = RevisionStatus


class Decision(NamedTuple):
    """What staff decided, or have to decide, about a client.

    ``kind`` is a refused scope, an override (rule G-06), or the state of a PKCE exception. Of an override,
    ``environment`` is the one that it was given for.
    """

    kind: str
    registration: int
    what: str
    reason: str
    revision: int
    until: date | None
    environment: str


@dataclass(frozen=True)
class OrganisationPast:
    """The clients of an organisation, by their primary keys, and the decisions about them."""

    clients: Mapping[int, OwnClient]
    decisions: Sequence[Decision]

    def history_of(self, registration_id: int, today: date) -> History:
        """The history as the signals about a version of this client need it."""
        running = (
            one.until
            for one in self.decisions
            if one.kind == PkceStatus.IN_FORCE and one.registration == registration_id
        )
        refusals = [
            Refusal(
                self.clients[one.registration].key, self.clients[one.registration].name, one.reason, one.what
            )
            for one in self.decisions
            if one.kind in (_SCOPE, PkceStatus.REFUSED)
        ]
        until = next((day for day in running if day and day >= today), None)
        return History(clients=list(self.clients.values()), refusals=refusals, running_until=until)

    def exception_of(self, revision: Revision) -> PkceStatus | None:
        """The state of the PKCE exception that the revision requests."""
        of_it = (one.kind for one in self.decisions if one.revision == revision.pk)
        return next((PkceStatus(kind) for kind in of_it if kind not in (_SCOPE, _OVERRIDE)), None)

    def unanswered(self, revision: Revision) -> list[str]:
        """The values about which the revision's override requests are not answered."""
        accepted = {
            (one.what, one.reason)
            for one in self.decisions
            if one.kind == _OVERRIDE
            and (one.registration, one.environment) == (revision.registration_id, revision.environment)
        }
        return [asked.value for asked in revision.override_requests() if asked.pair not in accepted]


def signals_of(
    revision: Revision, live: Revision | None, *, similar: Sequence[SimilarClient], past: OrganisationPast
) -> list[Mark]:
    """The marks of a version under review, gravest first; ``live`` is the version before. One statement.

    Expects that its redirect URIs, its scopes with their tiers, its submitter and its checks are loaded.
    """
    history = past.history_of(revision.registration_id, timezone.now().date())
    submission = _submission(revision, live, past)
    return marks_of(submission, history, _evidence(revision, submission, similar))


def past_of(organisation: OrganisationHistory) -> OrganisationPast:
    """Read what the signals need of the past of an organisation: one statement besides its history."""
    clients = {one.pk: one.client for one in organisation.covered}
    return OrganisationPast(clients, [Decision(*row) for row in _decisions(list(clients))])


def _decisions(registrations: Sequence[int]) -> QuerySet[RequestedScope, tuple[Any, ...]]:
    """The rows of :class:`Decision` about these registrations, in one statement."""
    because = Case(When(refused_because="", then=F("revision__note")), default=F("refused_because"))
    scopes = RequestedScope.objects.refused().filter(revision__registration__in=registrations)
    refused = scopes.order_by().values_list(
        Value(_SCOPE, CharField()),
        "revision__registration_id",
        Cast("scope_id", TextField()),
        because,
        "revision_id",
        Value(None, DateField()),
        Value("", CharField()),
    )
    exceptions = PkceException.objects.filter(registration__in=registrations, status__in=_TELLING_EXCEPTIONS)
    of_pkce = exceptions.order_by().values_list(
        "status",
        "registration_id",
        Value("", TextField()),
        "note",
        "revision_id",
        "expires_on",
        Value("", CharField()),
    )
    overrides = Override.objects.filter(registration__in=registrations)
    accepted = overrides.order_by().values_list(
        Value(_OVERRIDE, CharField()),
        "registration_id",
        Cast("rule", TextField()),
        "value",
        "revision_id",
        Value(None, DateField()),
        "revision__environment",
    )
    return refused.union(of_pkce, accepted, all=True)


def _submission(revision: Revision, live: Revision | None, past: OrganisationPast) -> Submission:
    return Submission(
        client=revision.registration.uuid,
        record=revision.metadata(),
        live=live.metadata() if live else None,
        restricted={child.scope_id for child in revision.requested_scopes.all() if child.scope.is_restricted},
        submitter=revision.submitter.email,
        exception=past.exception_of(revision),
        asked=past.unanswered(revision),
        unreachable=[check.uri for check in revision.preflights.all() if check.verdict in _WARNS],
        has_findings=bool(revision.findings),
    )


def _evidence(revision: Revision, submission: Submission, similar: Sequence[SimilarClient]) -> Evidence:
    """What other clients show: one statement.

    A shared host, which thousands may use, is looked for in the organisation alone.
    """
    hosts, own = hosts_to_compare(submission.record), revision.registration.organisation_id
    of_own = Q(revision__registration__organisation=own, revision__status__in=[V.APPROVED, V.SUPERSEDED])
    of_others = ~Q(revision__registration__organisation=own) & Q(
        host__in=[host for host in hosts if not is_shared(host)],
        revision__status__in=[V.UNDER_REVIEW, V.APPROVED],
        revision__registration__status__in=sorted(OPEN_STATUSES),
    )
    owner = "revision__registration__organisation"
    rows = RedirectUri.objects.filter(of_own | of_others, host__in=hosts).order_by("host", owner)
    found = rows.values_list("host", owner, f"{owner}__name", f"{owner}__uuid").distinct()[:MOST_HOSTS]
    return Evidence(
        names=[client.as_evidence for client in similar],
        hosts=[HostElsewhere(host, name, key) for host, owner_id, name, key in found if owner_id != own],
        own_hosts={host for host, owner_id, *_ in found if owner_id == own},
    )
