"""The overview of a registration: its draft and its relevant revisions, read in two statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import (
    Aggregate,
    Exists,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from registrations.domain.differences import Change, difference
from registrations.domain.draft_data import metadata_of
from registrations.domain.lifecycle import (
    LACKS_SECRET,
    OPEN_STATUSES,
    UNLOCKS_DRAFT,
    PkceStatus,
    RevisionStatus,
    shown_status,
)
from registrations.domain.rereview import baseline, in_effect
from registrations.domain.rulings import Rulings
from registrations.draft_checks import standing_data
from registrations.models import (
    Draft,
    Override,
    PkceException,
    Preflight,
    Registration,
    RequestedScope,
    Revision,
)
from registrations.models.catalogue import Offer
from registrations.models.registration import RegistrationQuerySet
from registrations.models.revision import of_newest
from registrations.preflight.verdicts import Verdict
from registrations.queries.secrets import has_working_secret, with_working_secret
from registrations.queries.turnaround import ExpectedWait
from registrations.rules.metadata import Metadata

_TURNED_DOWN: Final = {RevisionStatus.SENT_BACK: "sent back", RevisionStatus.REJECTED: "rejected"}
_AWAITS_DECISION: Final = frozenset(
    {"under_review", "live_under_review", "no_secret_under_review", "unrevealed_under_review"}
)
"""Keys of the shown states in which a reviewer acts next."""
_AWAITS_PARTNER: Final = frozenset({"draft", "withdrawn", "changes_requested", "rejected", "suspended"})
_CHANGEABLE: Final = UNLOCKS_DRAFT | {RevisionStatus.UNDER_REVIEW}
"""Statuses in which the partner can still do something about a revision."""
_UNDECIDED_OR_SAID: Final = (PkceStatus.REQUESTED, PkceStatus.GRANTED, PkceStatus.REFUSED)
"""Statuses of the exception that a revision under review requests."""
_WARNS: Final = (Verdict.FAULT, Verdict.SILENT, Verdict.NOT_PUBLIC)


def with_overview(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Add what :class:`RegistrationOverview` reads: one more statement, however many registrations."""
    return with_telling_revisions(rows).select_related("draft__logo")


def with_telling_revisions(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Add what :class:`RegistrationOverview` reads except the draft: one more statement."""
    is_telling = Q(status__in=[RevisionStatus.UNDER_REVIEW, RevisionStatus.APPROVED])
    telling = Revision.objects.filter(is_telling | Q(number=of_newest("registration", "number")))
    # Into a list, since an overview asks for them often.
    revisions = Prefetch("revisions", telling.select_related("logo"), to_attr="telling")
    return with_working_secret(rows).prefetch_related(revisions)


class JsonArray(Aggregate):
    """The rows as one JSON array, to read another table's rows together with a row of this one."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def with_rulings(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate the registrations with what staff decided on each: accepted values, whether scopes stand
    refused, and whether a PKCE exception runs today. Needs no further statement."""
    of_one = Override.objects.filter(registration=OuterRef("pk")).order_by().values("registration")
    one = JSONObject(environment="revision__environment", rule="rule", value="value")
    accepted = of_one.annotate(found=JsonArray(one)).values("found")
    running = PkceException.objects.filter(registration=OuterRef("pk")).running_on(timezone.now().date())
    refused = RequestedScope.objects.refused().filter(revision__registration=OuterRef("pk"))
    of_open = PkceException.objects.filter(registration=OuterRef("pk"), status__in=_UNDECIDED_OR_SAID)
    requested = of_open.filter(revision__status=RevisionStatus.UNDER_REVIEW)
    return rows.annotate(
        accepted_values=Subquery(accepted),
        has_refused=Exists(refused),
        is_excepted=Exists(running),
        requests_exception=Exists(requested),
    )


@dataclass(frozen=True)
class RegistrationOverview:
    """A registration read by :func:`with_overview`, or by the list of clients."""

    registration: Registration

    @property
    def revisions(self) -> list[Revision]:
        """Those that tell its state: three at most, the newest first."""
        found: list[Revision] = vars(self.registration)["telling"]
        return found

    @property
    def draft(self) -> Draft | None:
        return getattr(self.registration, "draft", None)

    @cached_property
    def newest(self) -> Revision | None:
        """The revision with the highest number, without the restrictions beside it."""
        return next((one for one in self.revisions if one.beside is None), None)

    @cached_property
    def live(self) -> Revision | None:
        """The approved revision, with which the client works."""
        return self._with_status(RevisionStatus.APPROVED)

    @cached_property
    def under_review(self) -> Revision | None:
        return self._with_status(RevisionStatus.UNDER_REVIEW)

    @property
    def accepted(self) -> set[tuple[str, str, str]]:
        """Values that a reviewer accepted, each after the environment and the rule (G-06).

        Read by :func:`with_rulings`.
        """
        found: list[dict[str, str]] = vars(self.registration)["accepted_values"] or []
        return {(one["environment"], one["rule"], one["value"]) for one in found}

    @cached_property
    def rulings(self) -> Rulings:
        """What staff decided before, read by :func:`with_rulings`.

        One more statement where scopes stand refused, three where an exception runs, and two where another
        version than its own is live.
        """
        has_refused = vars(self.registration)["has_refused"]
        refused = RequestedScope.objects.refused_in(self.registration) if has_refused else {}
        return Rulings(
            accepted=self.accepted,
            refused={name: child.refusal for name, child in refused.items()},
            exception=self.running.covered_beside(self.live) if self.running else None,
        )

    @cached_property
    def running(self) -> PkceException | None:
        """The PKCE exception in force today, with what it covers: three statements where there is one."""
        if not self.is_excepted:
            return None
        today = timezone.now().date()
        return self.registration.pkce_exceptions.running_on(today).with_covered().first()

    @property
    def is_excepted(self) -> bool:
        """Whether a PKCE exception runs today; read by :func:`with_rulings`."""
        return bool(vars(self.registration)["is_excepted"])

    @property
    def is_open(self) -> bool:
        """Whether the registration can have a draft at all."""
        return self.registration.stage in OPEN_STATUSES

    @property
    def is_editable(self) -> bool:
        return self.is_open and self.under_review is None

    @property
    def can_be_closed(self) -> bool:
        """Only once something was submitted: before that, discarding the draft does the same."""
        return self.is_open and self.newest is not None

    @property
    def beginning(self) -> Revision | None:
        """Where a new draft starts: the live revision, else the newest."""
        return self.live or self.newest

    @cached_property
    def shown(self) -> tuple[str, str]:
        """Key and label of the state that people see."""
        newest = self.newest.stage if self.newest else None
        return shown_status(
            self.registration.stage,
            newest,
            under_review=self.under_review is not None,
            has_secret=has_working_secret(self.registration),
            # Read for partners only: the desk says that no secret works, whatever they can reveal.
            has_sealed=bool(vars(self.registration).get("sealed_until")),
        )

    @property
    def status_key(self) -> str:
        return self.shown[0]

    @property
    def status_label(self) -> str:
        return self.shown[1]

    @property
    def step_key(self) -> str:
        """Key of the words about the next step: narrower than the status where that does not tell it."""
        if self.status_key == "suspended" and self.under_review:
            return "suspended_under_review"
        if self.status_key == "draft" and self.newest:
            return "withdrawn"
        return self.status_key

    @property
    def awaits_partner(self) -> bool:
        """Whether the partner acts next: nothing is under review, and the status asks for something."""
        return self.step_key in _AWAITS_PARTNER

    @property
    def works(self) -> bool:
        """Whether the client can get tokens."""
        return self.status_key in ("live", "live_under_review")

    @property
    def lacks_secret(self) -> bool:
        """Whether it is live, but no secret of it works."""
        return self.status_key in LACKS_SECRET

    @property
    def awaits_decision(self) -> bool:
        """Whether a reviewer acts next; of a suspended client that is not said."""
        return self.status_key in _AWAITS_DECISION

    @property
    def updated_at(self) -> datetime:
        """When the registration, its draft, its newest or its live revision last changed."""
        draft, newest, registration = self.draft, self.newest, self.registration
        moments = [
            registration.created_at,
            registration.suspended_at,
            registration.closed_at,
            draft.updated_at if draft else None,
            newest.submitted_at if newest else None,
            newest.decided_at if newest else None,
            self.live.decided_at if self.live else None,
        ]
        return max(moment for moment in moments if moment)

    @property
    def edit_label(self) -> str:
        """The label of the link to the form."""
        if not self.live:
            return "Edit" if self.newest else "Go on with the form"
        return "Edit the change" if self.draft else "Change this client"

    @property
    def name(self) -> str:
        """The client's name: as approved, else as submitted, else as typed so far."""
        if self.beginning:
            return self.beginning.client_name
        return str(self.draft.data.get("client_name", "")) if self.draft else ""

    @property
    def environment(self) -> str:
        """The environment: as approved, else as submitted, else as typed so far."""
        if self.beginning:
            return self.beginning.environment
        return str(self.draft.data.get("environment", "")) if self.draft else ""

    @property
    def came_back(self) -> str:
        """How the newest revision came back, "sent back" or "rejected"; empty where it did not."""
        return _TURNED_DOWN.get(self.newest.stage, "") if self.newest else ""

    @property
    def note(self) -> str:
        """The reviewer's note on the newest revision if that came back; else empty."""
        return self.newest.note if self.newest and self.newest.stage in UNLOCKS_DRAFT else ""

    def expected_wait(self, offer: Offer) -> ExpectedWait | None:
        """How long the decision may take; None where none is awaited. Needs :meth:`read_children`."""
        if self.under_review is None or not self.awaits_decision:
            return None
        self.read_children()
        live, wanted = self.live_record if self.live else None, self.under_review.metadata()
        return ExpectedWait.of(wanted, live, offer.tiers, now=timezone.now())

    def changes(self) -> list[Change]:
        """How the change under review, else the draft, differs from the live revision."""
        if self.live and self.under_review:
            requests = self.is_excepted or bool(vars(self.registration)["requests_exception"])
            submitted = in_effect(self.under_review.metadata(), is_excepted=requests)
            return difference(self.live_record, submitted)
        if self.live and self.draft:
            return difference(self.live_record, self.draft_record)
        return []

    @cached_property
    def draft_record(self) -> Metadata:
        """The record that the draft describes today; ``ValueError`` where there is none."""
        if self.draft is None:
            raise ValueError("There is no draft.")
        data = standing_data(self.draft, self.registration)
        return metadata_of(data, logo_digest=self.draft.logo_id)

    @property
    def live_record(self) -> Metadata:
        """The record of the live revision as drafts start from it; ``ValueError`` where there is none."""
        if self.live is None:
            raise ValueError("No revision is live.")
        return baseline(self.live.metadata(), is_excepted=self.is_excepted)

    @property
    def record(self) -> Metadata | None:
        """The record that pages show: as it is live, else as submitted, else as typed so far."""
        if self.live:
            return self.live_record
        if self.newest:
            return self.newest.metadata()
        return self.draft_record if self.draft else None

    def failed_preflights(self) -> list[Preflight]:
        """The addresses of the newest revision that failed their check, while that still matters: one
        statement."""
        if self.newest is None or self.newest.stage not in _CHANGEABLE:
            return []
        return list(self.newest.preflights.filter(verdict__in=_WARNS))

    def read_children(self) -> None:
        """Read the redirect URIs and scopes of all loaded revisions: two statements."""
        prefetch_related_objects(self.revisions, "redirect_uris", "requested_scopes")

    def _with_status(self, status: RevisionStatus) -> Revision | None:
        return next((one for one in self.revisions if one.status == status), None)
