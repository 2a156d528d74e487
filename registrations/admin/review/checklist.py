"""The checklist on the review page: what is known in advance, what was ticked, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django import forms

from portal.accounts.models import User
from registrations.admin.forms import SeenForm
from registrations.admin.review.override_requests import OverrideRequestRow
from registrations.domain import checklist
from registrations.domain.checklist import TICKABLE, Evidence, Item, Look, Mark
from registrations.domain.lifecycle import PkceStatus, RevisionStatus
from registrations.domain.sites import Mail
from registrations.models import ChecklistTick, PkceException, Registration, Revision
from registrations.preflight.verdicts import Verdict
from registrations.rules.findings import Finding, Severity
from registrations.workflow.checklist import tick, untick

_MARK_WORDS: Final[Mapping[Mark, str]] = {
    Mark.PASS: "Pass",
    Mark.WARN: "Look twice",
    Mark.FAIL: "Fail",
    Mark.ASK: "Waits for you",
}
_LOOKED: Final[Mapping[str, Mark]] = {
    Verdict.ANSWERS: Mark.PASS,
    Verdict.FAULT: Mark.WARN,
    Verdict.SILENT: Mark.WARN,
    Verdict.NOT_PUBLIC: Mark.FAIL,
}


class ChecklistForm(SeenForm):
    """The posted ticks; ``were`` are those that the page was sent with.

    Only the differences are saved, so that a tick that a colleague made meanwhile stays.
    """

    ticks = forms.MultipleChoiceField(choices=[(code, code) for code in sorted(TICKABLE)], required=False)
    were = forms.MultipleChoiceField(choices=[(code, code) for code in sorted(TICKABLE)], required=False)

    def save(self, registration: Registration, *, by: User) -> None:
        """Tick and untick what changed.

        Raises what the verbs raise; the items before the refused one are saved.
        """
        now, before = set(self.cleaned_data["ticks"]), set(self.cleaned_data["were"])
        seen = self.cleaned_data["seen_version"]
        for item in sorted(now - before):
            tick(registration.uuid, by=by, seen_version=seen, item=item)
        for item in sorted(before - now):
            untick(registration.uuid, by=by, seen_version=seen, item=item)


class ChecklistRow(NamedTuple):
    """An item for a person to check; ``ticked`` is the stored tick, ``checked`` what the box shows."""

    item: Item
    ticked: ChecklistTick | None
    checked: bool


class Marked(NamedTuple):
    """An item that the evidence decides, with its mark in words."""

    item: Item
    words: str


class Earlier(NamedTuple):
    """The ticks of an earlier revision."""

    number: int
    ticks: list[tuple[str, ChecklistTick]]


def context(
    registration: Registration,
    shown: Revision,
    *,
    page: Mapping[str, Any],
    typed: Collection[str] | None = None,
) -> dict[str, Any]:
    """The template context of the checklist; one query.

    ``page`` is the context of the review page so far; ``typed`` are the ticks of a form that is
    shown again after an error.
    """
    rows = ChecklistTick.objects.filter(revision__registration=registration)
    ticks = list(rows.select_related("ticked_by", "revision").order_by("-revision__number", "pk"))
    done = {each.item: each for each in ticks if each.revision_id == shown.pk}
    found = checklist.items(_evidence(shown, page))
    to_tick = [_row(item, done, typed) for item in found if item.mark is Mark.ASK]
    return {
        "marked": [Marked(item, _MARK_WORDS[item.mark]) for item in found if item.mark is not Mark.ASK],
        "to_tick": to_tick,
        "unticked": sum(one.ticked is None for one in to_tick),
        "earlier_ticks": _earlier(ticks, shown),
    }


def _row(item: Item, done: Mapping[str, ChecklistTick], typed: Collection[str] | None) -> ChecklistRow:
    ticked = done.get(item.code)
    return ChecklistRow(item, ticked, item.code in typed if typed is not None else ticked is not None)


def _earlier(ticks: Iterable[ChecklistTick], shown: Revision) -> list[Earlier]:
    by_revision: dict[int, list[tuple[str, ChecklistTick]]] = {}
    for each in ticks:
        if each.revision_id != shown.pk:
            by_revision.setdefault(each.revision.number, []).append((checklist.statement(each.item), each))
    return [Earlier(number, rows) for number, rows in by_revision.items()]


def _evidence(shown: Revision, page: Mapping[str, Any]) -> Evidence:
    exception: PkceException | None = page["exception"]
    rows: Sequence[OverrideRequestRow] = page["override_requests"]
    is_open = shown.stage is RevisionStatus.UNDER_REVIEW
    claimant: User | None = page["claimant"] if is_open and not page["claim_is_mine"] else None
    return Evidence(
        record=shown.metadata(),
        findings=[_finding(stored) for stored in shown.findings],
        looks=[Look(each.field, each.uri, _LOOKED.get(each.verdict)) for each in shown.preflights.all()],
        asked=frozenset(row.request.pair for row in rows),
        accepted=frozenset(row.request.pair for row in rows if row.answer),
        exception=PkceStatus(exception.status) if exception else None,
        colleague=claimant.get_full_name() if claimant else "",
        mail=Mail(page["mail"].kind),
        mail_is_verified=page["mail"].is_verified,
    )


def _finding(stored: Mapping[str, Any]) -> Finding:
    return Finding(**{**stored, "severity": Severity(stored["severity"])})
