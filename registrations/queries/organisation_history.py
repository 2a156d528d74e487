"""The history of an organisation on the desk: its clients, and what was decided, stopped and refused there.

Everything but the list of clients is about :data:`MOST_COVERED` clients, those with an open review first,
then the newest, so that no organisation makes a page slow. What was never submitted is not part of it: only
the partner sees that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)

from portal.accounts.models import FormerName, Membership, Organisation, User
from portal.audit.events import SYSTEM
from portal.audit.models import Event, Outcome
from portal.paging import rows_after
from registrations.domain.lifecycle import RegistrationStatus, RevisionStatus, desk_status
from registrations.domain.signals import OwnClient
from registrations.domain.sites import anyone_can_have, domain_of
from registrations.events import RegistrationEvent
from registrations.models import (
    OrganisationNote,
    PkceException,
    Registration,
    RequestedScope,
    Revision,
    Suspension,
)
from registrations.models.registration import RegistrationQuerySet
from registrations.models.revision import of_newest
from registrations.queries.overview import RegistrationOverview, with_telling_revisions
from registrations.queries.secrets import with_working_secret

MOST_COVERED: Final = 200
"""How many clients the counts and the lists cover."""
MOST_PEOPLE: Final = 100
MOST_SHOWN: Final = 20
"""The rows of each list, the newest first."""


class CoveredClient(NamedTuple):
    """A client that the history covers; ``newest`` is the status of its newest revision."""

    pk: int
    client: OwnClient
    newest: RevisionStatus
    has_secret: bool

    @property
    def state(self) -> tuple[str, str]:
        """Key and label of its state, as the queue shows it."""
        return desk_status(self.client.status, self.newest, has_secret=self.has_secret)


class StateCount(NamedTuple):
    """How many clients are in a state: its key and its label as the queue shows it."""

    key: str
    words: str
    number: int


class MailCount(NamedTuple):
    """How many of the people have an address in a domain, and whether anyone can get one there."""

    domain: str
    people: int
    is_open_to_anyone: bool


class Closure(NamedTuple):
    """A closed client; ``by`` is the name of the person who closed it, empty where nobody is known."""

    registration: Registration
    name: str
    by: str


@dataclass(frozen=True)
class ClientRow:
    """One client as the desk lists it; ``closed_by`` as in :class:`Closure`."""

    overview: RegistrationOverview
    closed_by: str

    @property
    def registration(self) -> Registration:
        return self.overview.registration

    @property
    def shown(self) -> Revision | None:
        """The revision that names it: the live one, else the newest."""
        return self.overview.beginning

    @property
    def state(self) -> tuple[str, str]:
        """Key and label of its state, as the queue shows it."""
        newest = self.overview.newest
        status = newest.stage if newest else RevisionStatus.WITHDRAWN
        has_secret = bool(vars(self.registration)["has_working_secret"])
        return desk_status(self.registration.stage, status, has_secret=has_secret)

    @property
    def last_decision(self) -> Revision | None:
        """The newest revision that a reviewer decided."""
        found: list[Revision] = vars(self.registration)["decided"]
        return found[0] if found else None

    @property
    def suspension(self) -> Suspension | None:
        """The suspension in force."""
        found: list[Suspension] = vars(self.registration)["suspension_in_force"]
        return found[0] if found else None


@dataclass(frozen=True)
class People:
    """The members of an organisation, those who joined first on top.

    ``has_more`` says whether some are left out.
    """

    members: Sequence[Membership]
    has_more: bool

    @property
    def domains(self) -> list[MailCount]:
        """The domains of their email addresses, the most frequent first."""
        counted = Counter(domain_of(member.user.email) for member in self.members)
        return [MailCount(one, number, anyone_can_have(one)) for one, number in counted.most_common()]


@dataclass(frozen=True)
class OrganisationHistory:
    """What the desk knows about an organisation, each part read when it is first asked for.

    Each part costs one statement and the first one more, ``closures`` and ``clients`` up to three and six.
    """

    organisation: Organisation

    @property
    def submitted(self) -> RegistrationQuerySet:
        """Its clients that were submitted at least once, newest first."""
        rows = Registration.objects.submitted().filter(organisation=self.organisation)
        return rows.order_by("-created_at", "-pk")

    @cached_property
    def covered(self) -> list[CoveredClient]:
        """The clients that the history covers."""
        of_client = Revision.objects.filter(registration=OuterRef("pk"))
        ended = of_client.filter(beside=None).exclude(status=RevisionStatus.UNDER_REVIEW)
        verdict = ended.order_by("-number")
        stopped = Suspension.objects.in_force().filter(registration=OuterRef("pk"))
        reason = Case(
            When(status=RegistrationStatus.SUSPENDED, then=Subquery(stopped.values("reason")[:1])),
            When(status=RegistrationStatus.CLOSED, then=F("closed_reason")),
            default=Subquery(verdict.values("note")[:1]),
            output_field=TextField(),
        )
        rows = with_working_secret(self.submitted).annotate(
            is_open=Exists(of_client.filter(status=RevisionStatus.UNDER_REVIEW)),
            approval=Subquery(of_client.approved_by_reviewers().values("pk")[:1]),
            name=name_of("pk"),
            newest=of_newest("pk", "status"),
            verdict=Subquery(verdict.values("status")[:1]),
            reason=reason,
        )
        found = rows.order_by("-is_open", "-created_at", "-pk")[:MOST_COVERED]
        return [_covered(one) for one in found]

    @cached_property
    def states(self) -> list[StateCount]:
        """How many of its clients are in each state, the most frequent state first."""
        counted = Counter(client.state for client in self.covered)
        return [StateCount(*key, number) for key, number in counted.most_common()]

    @property
    def total(self) -> int:
        """How many clients it has, counted up to :data:`MOST_COVERED`."""
        return len(self.covered)

    @property
    def is_cut_off(self) -> bool:
        """Whether it may have more clients than its history covers."""
        return self.total >= MOST_COVERED

    @property
    def suspended(self) -> int:
        """How many clients are suspended."""
        return self._in_state("suspended")

    @property
    def closed(self) -> int:
        """How many clients are closed."""
        return self._in_state("closed")

    @property
    def rejected(self) -> int:
        """How many clients were rejected and never went live."""
        return self._in_state("rejected")

    @cached_property
    def refused_scopes(self) -> Mapping[str, int]:
        """The scopes that stand refused, each with the number of clients that it is refused to."""
        counted = self._refusals().order_by("scope").values_list("scope_id")
        return dict(counted.annotate(number=Count("revision__registration", distinct=True)))

    @cached_property
    def last_decision(self) -> Revision | None:
        """The newest decision of a reviewer about one of its clients; not read where none has ended."""
        has_ended = any(one.client.verdict for one in self.covered)
        return self._decisions().first() if has_ended else None

    @cached_property
    def decisions(self) -> list[Revision]:
        """What reviewers decided last, newest first."""
        return list(self._decisions()[:MOST_SHOWN])

    @cached_property
    def suspensions(self) -> list[Suspension]:
        """The suspensions of its clients, newest first; each has the client's ``name``."""
        rows = Suspension.objects.filter(registration__in=self._covered).annotate(
            name=name_of("registration")
        )
        return list(rows.select_related("registration", "suspended_by", "lifted_by")[:MOST_SHOWN])

    @cached_property
    def closures(self) -> list[Closure]:
        """Its closed clients, the last closed first."""
        rows = self._among_covered(status=RegistrationStatus.CLOSED).annotate(name=name_of("pk"))
        closed = list(rows.order_by("-closed_at", "-pk")[:MOST_SHOWN])
        closers = closers_of([one.uuid for one in closed])
        return [Closure(one, vars(one)["name"] or "", closers.get(one.uuid, "")) for one in closed]

    @cached_property
    def refusals(self) -> list[RequestedScope]:
        """The scopes that stand refused, the last refused first."""
        rows = self._refusals().select_related("revision__registration", "revision__decided_by")
        return list(rows.order_by("-revision__decided_at", "scope_id")[:MOST_SHOWN])

    @cached_property
    def exceptions(self) -> list[PkceException]:
        """The PKCE exceptions of its clients, the last requested first."""
        rows = PkceException.objects.filter(registration__in=self._covered)
        return list(rows.select_related("revision", "registration", "decided_by", "revoked_by")[:MOST_SHOWN])

    @cached_property
    def people(self) -> People:
        """Its members, with their roles."""
        rows = Membership.objects.filter(organisation=self.organisation).select_related("user")
        members = list(rows.order_by("joined_at", "pk")[: MOST_PEOPLE + 1])
        return People(members[:MOST_PEOPLE], has_more=len(members) > MOST_PEOPLE)

    @cached_property
    def former_names(self) -> list[FormerName]:
        """The names that it had before, the last one first."""
        return list(self.organisation.former_names.order_by("-ended_at", "-pk")[:MOST_SHOWN])

    def clients(self, size: int, *, after: Registration | None = None) -> list[ClientRow]:
        """``size`` clients, newest first, after the last one of the previous page."""
        last_decided = Revision.objects.reviewed().filter(registration=OuterRef("registration"))
        newest = Subquery(last_decided.order_by("-number").values("number")[:1])
        decided = Revision.objects.reviewed().filter(number=newest).select_related("decided_by")
        in_force = Suspension.objects.in_force().select_related("suspended_by")
        rows = with_telling_revisions(self.submitted).prefetch_related(
            Prefetch("revisions", decided, to_attr="decided"),
            Prefetch("suspensions", in_force, to_attr="suspension_in_force"),
        )
        found = list(rows_after(rows, "-created_at", after)[:size])
        closers = closers_of([one.uuid for one in found if one.stage is RegistrationStatus.CLOSED])
        return [ClientRow(RegistrationOverview(one), closers.get(one.uuid, "")) for one in found]

    def notes(self, size: int, *, after: OrganisationNote | None = None) -> list[OrganisationNote]:
        """``size`` internal notes, newest first, after the last one of the previous page."""
        rows = OrganisationNote.objects.filter(organisation=self.organisation).select_related("author")
        return list(rows_after(rows, "-written_at", after)[:size])

    @cached_property
    def _covered(self) -> list[int]:
        """Keys of the clients that the history covers.

        Read first: with a subquery in their place, PostgreSQL reads large tables from end to end.
        """
        return [client.pk for client in self.covered]

    def _among_covered(self, **which: object) -> RegistrationQuerySet:
        return Registration.objects.filter(pk__in=self._covered, **which)

    def _in_state(self, key: str) -> int:
        return sum(state.number for state in self.states if state.key == key)

    def _decisions(self) -> QuerySet[Revision]:
        rows = Revision.objects.reviewed().filter(registration__in=self._covered)
        return rows.select_related("registration", "decided_by").order_by("-decided_at", "-pk")

    def _refusals(self) -> QuerySet[RequestedScope]:
        return RequestedScope.objects.refused().filter(revision__registration__in=self._covered)


def _covered(row: Registration) -> CoveredClient:
    """The client of a row that :attr:`OrganisationHistory.covered` reads."""
    more = vars(row)
    verdict = RevisionStatus(more["verdict"]) if more["verdict"] else None
    was_live = row.activated_at is not None and (row.adopted_at is None or more["approval"] is not None)
    client = OwnClient(row.uuid, more["name"] or "", row.stage, was_live, verdict, more["reason"] or "")
    return CoveredClient(row.pk, client, RevisionStatus(more["newest"]), bool(more["has_working_secret"]))


def closers_of(registrations: Collection[UUID]) -> dict[UUID, str]:
    """The names of those who closed the registrations: two statements, none without one."""
    if not registrations:
        return {}
    events = Event.objects.filter(
        stream__in=registrations, verb=RegistrationEvent.REGISTRATION_CLOSED, outcome=Outcome.DONE
    )
    actors = dict(events.values_list("stream", "actor"))
    people = User.objects.filter(pseudonym__in={actor for actor in actors.values() if actor != SYSTEM})
    names = {str(person.pseudonym): person.get_full_name() for person in people}
    return {stream: names[actor] for stream, actor in actors.items() if actor in names}


def name_of(registration: str) -> Subquery:
    """The client's name within a statement: as live, else as last submitted."""
    of_client = Revision.objects.filter(registration=OuterRef(registration))
    is_live = Case(When(status=RevisionStatus.APPROVED, then=Value(1)), default=Value(0))
    return Subquery(of_client.order_by(is_live.desc(), "-number").values("client_name")[:1])
