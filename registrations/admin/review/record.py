"""A revision as the review page shows it: every value in full, every host set apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from registrations.admin.wording import preflight_words
from registrations.domain.differences import Change
from registrations.domain.risk import Risk, ranked
from registrations.models import Revision, Scope
from registrations.preflight.verdicts import Verdict
from registrations.queries.answers import Picture, picture_named, picture_of
from registrations.rules import redirect_uris
from registrations.rules.fields import LABELS, SECTIONS, WEB_URI_FIELDS
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Value
from registrations.rules.redirect_uris import hosts
from registrations.rules.redirect_uris.parts import Piece, differing_pieces

_CHOICES: Final = frozenset({"environment", "pkce_support"})
_ADDRESS_FIELDS: Final = frozenset({*WEB_URI_FIELDS, "redirect_uris"})


class Address(NamedTuple):
    """A web address split around its host.

    ``reading`` is an international host in its own script, else empty; ``is_page`` is whether the
    address is shown as a link.
    """

    before: str
    host: str
    after: str
    reading: str
    is_page: bool

    @property
    def text(self) -> str:
        return self.before + self.host + self.after


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


class Checked(NamedTuple):
    """What the pre-flight check of an address found."""

    words: str
    at: datetime
    warns: bool


class Line(NamedTuple):
    """One entry of a value: an address, a scope of the catalogue, a logo, or text."""

    text: str
    address: Address | None = None
    scope: Scope | None = None
    logo: Picture | None = None
    mark: str = ""
    pieces: Sequence[Piece] = ()
    checked: Checked | None = None


class Row(NamedTuple):
    field: str
    label: str
    lines: list[Line]


class Part(NamedTuple):
    """One of the form's three sections."""

    title: str
    rows: list[Row]


class Compared(NamedTuple):
    """One field before and after; ``grave`` is its label if it should be read first, else empty."""

    field: str
    label: str
    old: list[Line]
    new: list[Line]
    grave: str = ""


def address(uri: str, *, is_page: bool) -> Address:
    """Split an address that the rules accepted; ``is_page`` is whether it may become a link."""
    host = redirect_uris.host_of(uri)
    before, after = uri[: uri.index("//") + 2], uri[uri.index("//") + 2 + len(host) :]
    reading = hosts.unicode_name(hosts.read(host)) if hosts.ACE_PREFIX in host.lower() else ""
    return Address(before, host, after, reading, is_page and before == "https://")


def findings_of(revision: Revision) -> list[tuple[str, int | None, Finding]]:
    """Field label, line and finding, for each finding stored at submission."""
    found = [Finding(**{**stored, "severity": Severity(stored["severity"])}) for stored in revision.findings]
    return [
        (
            LABELS.get(finding.field, finding.field),
            None if finding.index is None else finding.index + 1,
            finding,
        )
        for finding in found
    ]


def parts_of(revision: Revision, scopes: Sequence[Scope], *, apart: Collection[str] = ()) -> list[Part]:
    """The whole record in the order of the form, except the fields that the page shows ``apart``.

    Each address comes with the result of its pre-flight check: one query.
    """
    readers, checked = _readers(revision, scopes), _checked(revision)
    return [
        Part(
            section.title,
            [
                Row(field, LABELS[field], _with_checks(field, readers[field](), checked))
                for field in section.fields
                if field not in apart
            ],
        )
        for section in SECTIONS
    ]


def compared(changes: Iterable[Change], scopes: Iterable[Scope] = ()) -> list[Compared]:
    """A difference, gravest change first, with added and removed entries marked.

    ``scopes`` are those of the newer record, for the description of each.
    """
    by_name = {scope.name: scope for scope in scopes}
    return [_compared(risk, change, by_name) for risk, change in ranked(changes)]


def _compared(risk: Risk, change: Change, scopes: Mapping[str, Scope]) -> Compared:
    old = _value(change.field, change.old, listed=change.removed, mark="removed")
    new = _value(change.field, change.new, listed=change.added, mark="added")
    if change.field in _ADDRESS_FIELDS and change.old and change.new:
        before, after = differing_pieces(_entries(change.old), _entries(change.new))
        old = [line._replace(pieces=before.get(line.text, ())) for line in old]
        new = [line._replace(pieces=after.get(line.text, ())) for line in new]
    if change.field == "scope":
        new = [line._replace(scope=scopes.get(line.text)) for line in new]
    return Compared(change.field, change.label, old, new, GRAVE.get(risk, ""))


def _checked(revision: Revision) -> Mapping[tuple[str, str], Checked]:
    """The results of the pre-flight checks, by field and address."""
    return {
        (found.field, found.uri): Checked(preflight_words(found), at, found.verdict != Verdict.ANSWERS)
        for found in revision.preflights.all()
        if (at := found.checked_at)
    }


def _with_checks(field: str, lines: list[Line], checked: Mapping[tuple[str, str], Checked]) -> list[Line]:
    return [line._replace(checked=checked.get((field, line.text))) for line in lines]


def _readers(revision: Revision, scopes: Sequence[Scope]) -> Mapping[str, Callable[[], list[Line]]]:
    record = revision.metadata()
    subject_type = revision.subject_type_preference
    special: dict[str, Callable[[], list[Line]]] = {
        "logo": lambda: [Line("", logo=picture_of(revision.logo))] if revision.logo else [],
        "scope": lambda: [Line(scope.name, scope=scope) for scope in scopes],
        "subject_type_preference": lambda: [Line(subject_type.label)] if subject_type else [],
    }
    plain = {
        field: (lambda field=field: _value(field, getattr(record, field)))
        for section in SECTIONS
        for field in section.fields
        if field not in special
    }
    return plain | special


def _value(field: str, value: Value, *, listed: Sequence[str] = (), mark: str = "") -> list[Line]:
    if isinstance(value, bool):
        return [Line("Yes" if value else "No")]
    return [_line(field, entry, mark if entry in listed else "") for entry in _entries(value) if entry]


def _entries(value: Value) -> Sequence[str]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _line(field: str, text: str, mark: str) -> Line:
    if field == "logo":
        return Line("", logo=picture_named(text), mark=mark)
    if field in _ADDRESS_FIELDS and "//" in text:
        return Line(text, address=address(text, is_page=field in WEB_URI_FIELDS), mark=mark)
    return Line(_in_words(text) if field in _CHOICES else text, mark=mark)


def _in_words(choice: str) -> str:
    return choice.replace("_", " ").capitalize()
