"""The checklist on the review page: what is known in advance, what was ticked, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django import forms

from portal.accounts.models import User
from registrations.admin.forms import SeenForm
from registrations.domain import checklist
from registrations.domain.checklist import TICKABLE, Evidence, Item, Look, Mark
from registrations.models import ChecklistTick, Registration, Revision
from registrations.preflight.verdicts import Verdict
from registrations.workflow.checklist import Ticks, tick, untick

_MARK_WORDS: Final[Mapping[Mark, str]] = {
    Mark.PASS: "Pass",
    Mark.WARN: "Check this",
    Mark.FAIL: "Fail",
    Mark.ASK: "Waits for you",
}
_LOOKED: Final[Mapping[str, Mark]] = {
    Verdict.ANSWERS: Mark.PASS,
    Verdict.FAULT: Mark.WARN,
    Verdict.SILENT: Mark.WARN,
    Verdict.NOT_PUBLIC: Mark.FAIL,
}


BESIDE: Final[Mapping[str, str]] = {
    "name_is_theirs": "client_name",
    "site_shows_product": "client_uri",
    "logo_is_theirs": "logo",
    "terms_cover_product": "tos_uri",
    "policy_names_product": "policy_uri",
    "contacts_are_theirs": "contacts",
    "redirect_hosts_are_theirs": "redirect_uris",
    "scopes_are_needed": "scope",
    "pkce_reason_holds": "pkce_justification",
}
"""The field of the record whose value each item is about."""


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


class TickableItem(NamedTuple):
    """An item for a person to check; ``ticked`` is the stored tick, ``checked`` what the box shows."""

    item: Item
    ticked: ChecklistTick | None
    checked: bool


class MarkedItem(NamedTuple):
    """An item that the evidence decides, with its mark in words."""

    item: Item
    words: str


class EarlierTicks(NamedTuple):
    """The ticks of an earlier revision that were about other values, each with its statement."""

    number: int
    ticks: list[tuple[str, ChecklistTick]]


@dataclass(frozen=True)
class Checklist:
    """What is known in advance, what a person has to judge, and what was ticked about earlier values."""

    marked: Sequence[MarkedItem]
    to_tick: Sequence[TickableItem]
    earlier: Sequence[EarlierTicks]

    @property
    def unticked(self) -> int:
        """How many boxes are not ticked."""
        return sum(not one.checked for one in self.to_tick)

    @property
    def ticked(self) -> int:
        """How many boxes are ticked."""
        return len(self.to_tick) - self.unticked

    @property
    def passed(self) -> list[MarkedItem]:
        """What needs no look."""
        return [one for one in self.marked if one.item.mark is Mark.PASS]

    @property
    def doubtful(self) -> list[MarkedItem]:
        """What the evidence says needs a look."""
        return [one for one in self.marked if one.item.mark is not Mark.PASS]


def checklist_of(shown: Revision, evidence: Evidence, *, typed: Ticks) -> Checklist:
    """The checklist of the shown revision; one query. ``typed`` are the boxes that this reviewer changed and
    has not saved."""
    rows = ChecklistTick.objects.filter(revision__registration_id=shown.registration_id)
    items = checklist.items(evidence)
    done: dict[str, ChecklistTick] = {}
    earlier: dict[int, list[tuple[str, ChecklistTick]]] = {}
    for made in rows.select_related("ticked_by", "revision").order_by("-revision__number", "pk"):
        if any(made.counts_for(shown, item) for item in items):
            done.setdefault(made.item, made)
        else:
            ticks = earlier.setdefault(made.revision.number, [])
            ticks.append((checklist.statement(made.item), made))
    ticked = (done.keys() | (typed.now - typed.were)) - (typed.were - typed.now)
    return Checklist(
        [MarkedItem(item, _MARK_WORDS[item.mark]) for item in items if item.mark is not Mark.ASK],
        [
            TickableItem(item, done.get(item.code), item.code in ticked)
            for item in items
            if item.mark is Mark.ASK
        ],
        [EarlierTicks(number, ticks) for number, ticks in earlier.items()],
    )


def looks_at(revision: Revision) -> list[Look]:
    """What the pre-flight checks of the revision found, as marks."""
    return [Look(each.field, each.uri, _LOOKED.get(each.verdict)) for each in revision.preflights.all()]
