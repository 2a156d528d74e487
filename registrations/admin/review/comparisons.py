"""The shown revision compared with earlier ones, gravest change first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from registrations.admin.review.record import ADDRESS_FIELDS, Line, entries_of, lines_of
from registrations.admin.wording import status_words
from registrations.domain.differences import Change, difference
from registrations.domain.lifecycle import RevisionStatus
from registrations.domain.rereview import baseline
from registrations.domain.risk import Risk, ranked
from registrations.models import Revision, Scope
from registrations.rules.metadata import Metadata
from registrations.rules.redirect_uris.parts import differing_pieces

GRAVE: Final[Mapping[Risk, str]] = {
    Risk.REDIRECT_HOST: "New redirect host",
    Risk.REDIRECT_URI: "New redirect URI",
    Risk.SCOPE_ADDED: "More access",
    Risk.PKCE: "Protection of the flow",
    Risk.NAME: "What users see",
    Risk.LOGO: "What users see",
    Risk.CLIENT_URI: "What users see",
}
"""The label of a change that a reviewer should read first."""


class FieldChange(NamedTuple):
    """One field before and after; ``grave`` is its label if it should be read first, else empty."""

    field: str
    label: str
    old: list[Line]
    new: list[Line]
    grave: str = ""


class Comparison(NamedTuple):
    """The shown revision compared with an earlier one; ``anchor`` is its id on the page."""

    anchor: str
    with_what: str
    title: str
    changes: list[FieldChange]


def comparisons_of(
    shown: Revision,
    record: Metadata,
    revisions: Sequence[Revision],
    *,
    is_excepted: bool,
    without: int | None = None,
) -> list[Comparison]:
    """The shown revision compared with the live one and with the previous one, once if they are the same.

    ``record`` is the shown one as the page has it. ``revisions`` begin with the one of the highest number,
    which may be live before the shown one; a restriction beside a submission is compared only while it is
    live. ``is_excepted`` is whether a PKCE exception is in force: without
    one, the live record requests none. ``without`` is the number of one that the page compares elsewhere.
    """
    others = [row for row in revisions if row.number < shown.number and row.beside is None]
    live = [row for row in revisions if row.stage is RevisionStatus.APPROVED and row != shown]
    scopes = [requested.scope for requested in shown.requested_scopes.all()]
    comparisons = []
    for before in dict.fromkeys([*live[:1], *others[:1]]):
        if before.number == without:
            continue
        earlier = before.metadata()
        if before in live:
            earlier = baseline(earlier, is_excepted=is_excepted)
        changes = changes_of(difference(earlier, record), scopes)
        words = f"revision {before.number} ({status_words(before).lower()})"
        title = f"What changed since {words}"
        if before.stage is RevisionStatus.APPROVED:
            words = f"live (revision {before.number})"
            title = f"What would change in the live client (revision {before.number})"
        anchor = "against-live" if before in live else "against-last"
        comparisons.append(Comparison(anchor, words, title, changes))
    return comparisons


def changes_of(changes: Iterable[Change], scopes: Iterable[Scope] = ()) -> list[FieldChange]:
    """A difference, gravest change first, with added and removed entries marked.

    ``scopes`` are those of the newer record, for the description of each.
    """
    by_name = {scope.name: scope for scope in scopes}
    rows = []
    for risk, change in ranked(changes):
        old = lines_of(change.field, change.old, listed=change.removed, mark="removed")
        new = lines_of(change.field, change.new, listed=change.added, mark="added")
        if change.field in ADDRESS_FIELDS and change.old and change.new:
            before, after = differing_pieces(entries_of(change.old), entries_of(change.new))
            old = [line.differing(before.get(line.text, ()), "del", "former") for line in old]
            new = [line.differing(after.get(line.text, ()), "ins", "new") for line in new]
        if change.field == "scope":
            new = [line._replace(scope=by_name.get(line.text)) for line in new]
        rows.append(FieldChange(change.field, change.label, old, new, GRAVE.get(risk, "")))
    return rows
