"""The context of the review page, read once for one registration and one member of staff."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event, Outcome
from registrations import permissions
from registrations.admin import claiming
from registrations.admin.forms import problems
from registrations.admin.review import checklist, comments, record, scopes, signals
from registrations.admin.review.decisions import ReasonedDecisionForm
from registrations.admin.review.email_preview import Preview
from registrations.admin.review.override_requests import OverrideForm, TypedReasons, override_request_rows
from registrations.admin.review.pkce import PkceForm
from registrations.admin.wording import (
    PKCE_WORDS,
    REVISION_WORDS,
    age,
    decided_words,
    is_late,
    state_of,
)
from registrations.domain.differences import Change, difference
from registrations.domain.lifecycle import PkceStatus, RegistrationStatus, RevisionStatus
from registrations.events import desk_wording
from registrations.models import PkceException, Registration, Revision, ScopeConfirmation
from registrations.queries.answers import picture_of
from registrations.rules.fields import EXCEPTION_FIELDS, FIELDS
from registrations.workflow.confirming import valid_confirmations
from registrations.workflow.pkce import latest_end

_MOST_EVENTS: Final = 200


class HistoryEntry(NamedTuple):
    """An event in words."""

    event: Event
    words: str
    who: str
    refused: bool


class Comparison(NamedTuple):
    """The shown revision compared with an earlier one; ``anchor`` is its id on the page."""

    anchor: str
    with_what: str
    title: str
    changes: list[record.Compared]


@dataclass
class Desk:
    """The review page of one registration; a form is set if it is shown again after an error.

    The ``typed_`` fields hold what was typed before. After a refusal ``conflict`` says why,
    ``seen_version`` which revision it was about, and ``is_decision`` whether it refused a decision
    on the revision.
    """

    registration: Registration
    user: User
    decision_form: ReasonedDecisionForm | None = None
    pkce_form: PkceForm | None = None
    override_form: OverrideForm | None = None
    comment_form: comments.CommentForm | None = None
    typed_note: str = ""
    typed_granted: Collection[str] | None = None
    typed_reasons: TypedReasons = field(default_factory=dict)
    typed_decision: Mapping[str, Any] = field(default_factory=dict)
    typed_ticks: Collection[str] | None = None
    preview: Preview | None = None
    conflict: str = ""
    is_decision: bool = False
    seen_version: int | None = None
    since: Sequence[Change] = ()
    revisions: list[Revision] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.registration.revisions.select_related(
            "submitted_by", "decided_by", "claimed_by", "logo", "subject_type_preference"
        )
        children = ("redirect_uris", "requested_scopes__scope", "given_reasons__reason")
        self.revisions = list(rows.prefetch_related(*children))
        prefetch_related_objects(self.revisions[:1], "preflights")

    @property
    def shown(self) -> Revision:
        """The newest revision; if one is under review, it is that one."""
        return self.revisions[0]

    def context(self) -> dict[str, Any]:
        """The template context."""
        shown = self.shown
        granted = scopes.not_refused(shown)
        key, words = state_of(self.registration, shown.stage)
        decisions, comparisons = self._decisions(shown), self._comparisons()
        changed = {change.field for one in comparisons[:1] for change in one.changes}
        in_exception = set(EXCEPTION_FIELDS) if decisions["exception"] else set()
        apart = changed | in_exception
        undecided = {"pkce": decisions["pkce_undecided"], "asks": decisions["unanswered"]}
        page = {
            "title": shown.client_name,
            "is_nav_sidebar_enabled": False,
            "registration": self.registration,
            "revision": shown,
            "state_key": key,
            "state_words": words,
            "submitted": age(shown.submitted_at),
            "is_late": decisions["is_open"] and is_late(shown.submitted_at),
            "findings": record.findings_of(shown),
            "comparisons": comparisons,
            **signals.context(shown, is_first=len(self.revisions) == 1, undecided=undecided),
            "parts": record.parts_of(shown, granted, apart=apart),
            "scopes": granted,
            "client_host": record.address(shown.client_uri, is_page=True),
            "logo": shown.logo,
            "picture": picture_of(shown.logo),
            "revisions": [(row, REVISION_WORDS[row.status], decided_words(row)) for row in self.revisions],
            "secrets": self._secrets(),
            "history": self._history(),
            **self._scopes(shown),
            **self._refusal(shown),
            **decisions,
            **self._comments(decisions["errors"], changed=changed, in_exception=in_exception - changed),
            **claiming.shown(self.user, self.registration, shown),
            "preview": self.preview,
        }
        ticks = checklist.context(self.registration, shown, page=page, typed=self.typed_ticks)
        return {**page, **ticks}

    def _scopes(self, shown: Revision) -> dict[str, Any]:
        """Each scope with its reason and answer; ticks are kept while the same revision is shown."""
        kept = self.typed_granted if self.seen_version == shown.number else None
        ticked = scopes.ticked_in(self.decision_form) if self.decision_form else kept
        choices = scopes.scope_choices(shown, ticked)
        tells = any(one.scope.is_reasoned or one.answer == "Refused" for one in choices)
        restricted = [one.scope.name for one in choices if one.scope.is_restricted]
        return {
            "scope_choices": choices,
            "has_scopes_to_show": tells,
            "restricted_scopes": restricted,
            "confirmation": self._confirmation(shown, restricted) if restricted else None,
        }

    def _confirmation(self, shown: Revision, restricted: Sequence[str]) -> ScopeConfirmation | None:
        """The second person's confirmation of all restricted scopes; once decided, whichever there is."""
        if shown.stage is not RevisionStatus.UNDER_REVIEW:
            return shown.scope_confirmations.select_related("confirmed_by").first()
        return next((one for one in valid_confirmations(shown) if set(restricted) <= set(one.scopes)), None)

    def _refusal(self, shown: Revision) -> dict[str, Any]:
        """Whether somebody else was faster, and who; or whether something has to be done first."""
        seen = next((row for row in self.revisions if row.number == self.seen_version), None)
        is_open = shown.stage is RevisionStatus.UNDER_REVIEW
        is_early = self.is_decision and is_open and shown.number == self.seen_version
        return {
            "conflict": self.conflict,
            "is_early": is_early,
            "overtaken": seen if seen is not None and seen.decided_by else None,
            "overtaken_words": decided_words(seen) if seen is not None else "",
            "since": record.compared(self.since),
        }

    def _comments(
        self, errors: Sequence[tuple[str, str]], *, changed: Set[str], in_exception: Set[str]
    ) -> dict[str, Any]:
        """The comments, grouped by the part of the page that shows their field."""
        places = comments.places_of(self.registration, self.comment_form)
        rest = [places[name] for name in FIELDS if name not in changed | in_exception]
        return {
            "comments_on_whole": places[""],
            "comments_on_changes": {name: places[name] for name in changed},
            "comments_on_exception": {name: places[name] for name in in_exception},
            "comments_on_rest": {place.field: place for place in rest},
            "rest_has_comments": any(place.is_open or place.is_writing for place in rest),
            "unsent_comments": comments.unsent(places),
            "answered": comments.answered_with(places, self.shown),
            "errors": [*errors, *comments.complaints(places)],
        }

    def _comparisons(self) -> list[Comparison]:
        """Comparisons with the live and with the previous revision, one if they are the same."""
        others = self.revisions[1:]
        live = next((row for row in others if row.stage is RevisionStatus.APPROVED), None)
        earlier = [live, *others[:1]]
        before = [row for at, row in enumerate(earlier) if row is not None and row not in earlier[:at]]
        return [self._comparison(row) for row in before if not self._stands_on_top(row)]

    def _stands_on_top(self, row: Revision) -> bool:
        """Whether the message about the refusal already shows this difference."""
        return bool(self.since) and row.number == self.seen_version

    def _comparison(self, before: Revision) -> Comparison:
        asked = [requested.scope for requested in self.shown.requested_scopes.all()]
        changes = record.compared(difference(before.metadata(), self.shown.metadata()), asked)
        if before.stage is RevisionStatus.APPROVED:
            title = f"What would change in the live client (revision {before.number})"
            return Comparison("against-live", f"live (revision {before.number})", title, changes)
        words = f"revision {before.number} ({REVISION_WORDS[before.status].lower()})"
        return Comparison("against-last", words, f"What changed since {words}", changes)

    def _decisions(self, shown: Revision) -> dict[str, Any]:
        is_open = shown.stage is RevisionStatus.UNDER_REVIEW
        exception = PkceException.objects.filter(revision=shown).select_related("decided_by").first()
        undecided = exception is not None and exception.status == PkceStatus.REQUESTED
        refused = exception is not None and exception.status == PkceStatus.REFUSED
        seen = {"seen_version": shown.number}
        typed = {**self.typed_decision, **seen, "note": self.typed_note}
        is_theirs = shown.submitted_by_id == self.user.pk
        may_decide = permissions.can_review(self.user, self.registration) and not is_theirs
        may_decide_pkce = permissions.can_decide_pkce(self.user, self.registration) and not is_theirs
        today = timezone.now().date()
        override_requests = override_request_rows(
            self.registration, shown, sent=self.override_form, typed=self.typed_reasons
        )
        is_suspended = self.registration.stage is RegistrationStatus.SUSPENDED
        unanswered = is_open and any(row.answer is None for row in override_requests)
        return {
            "is_open": is_open,
            "exception": exception,
            "exception_words": PKCE_WORDS[exception.status] if exception else "",
            "pkce_undecided": is_open and undecided,
            "pkce_refused": is_open and refused,
            "override_requests": override_requests,
            "unanswered": unanswered,
            "is_suspended": is_suspended,
            "is_blocked": is_open and (undecided or refused or unanswered or is_suspended),
            "may_suspend": permissions.can_suspend(self.user, self.registration),
            "may_decide": may_decide,
            "may_decide_pkce": may_decide_pkce,
            "is_own": permissions.role_in(self.user, self.registration.organisation_id) is not None,
            "decision_form": self.decision_form or ReasonedDecisionForm(initial=typed),
            "pkce_form": self.pkce_form or PkceForm(initial=seen),
            "errors": problems(self.decision_form or self.pkce_form or self.override_form),
            "today": today,
            "latest_end": latest_end(today),
        }

    def _secrets(self) -> list[tuple[str, str]]:
        """Hint and status of each secret, without loading the sealed values."""
        now = timezone.now()
        rows = self.registration.secrets.defer("sealed_secret", "verifier")
        return [(row.hint, row.status_at(now).value) for row in rows]

    def _history(self) -> list[HistoryEntry]:
        events = list(Event.objects.filter(stream=self.registration.uuid).order_by("-pk")[:_MOST_EVENTS])
        people = User.objects.filter(pseudonym__in=_people(events))
        names = {str(person.pseudonym): person.get_full_name() for person in people}
        return [
            HistoryEntry(
                event, desk_wording(event.verb), names.get(event.actor, "The portal"), _is_refused(event)
            )
            for event in events
        ]


def _people(events: Sequence[Event]) -> set[str]:
    return {event.actor for event in events} - {"system"}


def _is_refused(event: Event) -> bool:
    return event.outcome != Outcome.DONE
