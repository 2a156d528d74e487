"""A revision as the review page shows it: every value in full, every host set apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registrations.admin.wording import preflight_words
from registrations.models import Revision, Scope
from registrations.preflight.verdicts import Verdict
from registrations.queries.answers import Picture, picture_named, picture_of
from registrations.rules import redirect_uris
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Metadata, Value
from registrations.rules.pkce import day_of
from registrations.rules.record_fields import DATE_FIELDS, LABELS, SECTIONS, WEB_URI_FIELDS
from registrations.rules.redirect_uris import hosts
from registrations.rules.redirect_uris.parts import Piece

CHOICES: Final = frozenset({"environment", "pkce_support"})
"""Fields whose values are words of our own, such as ``exception_requested``."""
ADDRESS_FIELDS: Final = frozenset({*WEB_URI_FIELDS, "redirect_uris"})


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

    @classmethod
    def split(cls, uri: str, *, is_page: bool) -> Address:
        """Split an address that the rules accepted; ``is_page`` is whether it may become a link."""
        host = redirect_uris.host_of(uri)
        before, after = uri[: uri.index("//") + 2], uri[uri.index("//") + 2 + len(host) :]
        reading = hosts.unicode_name(hosts.read(host)) if hosts.ACE_PREFIX in host.lower() else ""
        return cls(before, host, after, reading, is_page and before == "https://")

    @property
    def html(self) -> SafeString:
        return format_html("{}<strong>{}</strong>{}", self.before, self.host, self.after)


class Reachability(NamedTuple):
    """What the pre-flight check of an address found."""

    words: str
    at: datetime
    warns: bool


class Line(NamedTuple):
    """One entry of a value: an address, a scope of the catalogue, a logo, or text.

    ``html`` is an address with its host set apart. In a difference ``mark`` says whether the entry was added
    or removed, and ``html`` shows which parts of the address differ. ``is_contact`` is whether it is an email
    address, beside which the page says whether it is confirmed.
    """

    text: str
    address: Address | None = None
    scope: Scope | None = None
    logo: Picture | None = None
    mark: str = ""
    html: str = ""
    is_contact: bool = False
    checked: Reachability | None = None

    def differing(self, pieces: Sequence[Piece], tag: str, which: str) -> Line:
        """The address with the pieces that differ marked by more than colour, for screen readers in words."""
        parts = []
        for piece in pieces:
            text = format_html("<strong>{}</strong>" if piece.is_host else "{}", piece.text)
            if piece.differs:
                before = f"[{which} {'host' if piece.is_host else 'part'}: "
                unseen = '<span class="visually-hidden">{}</span>'
                text = format_html(f"<{tag}>{unseen}{{}}{unseen}</{tag}>", before, text, "]")
            parts.append((text,))
        return self._replace(html=format_html_join("", "{}", parts)) if parts else self


class RecordRow(NamedTuple):
    """One field of the record."""

    field: str
    label: str
    lines: list[Line]


class RecordSection(NamedTuple):
    """One of the form's three sections."""

    title: str
    rows: list[RecordRow]


class FieldFinding(NamedTuple):
    """A finding with the label of its field and the line that it is about, if the field is a list."""

    label: str
    line: int | None
    finding: Finding


def findings_of(revision: Revision) -> list[FieldFinding]:
    """The findings stored at submission."""
    found = [Finding(**{**stored, "severity": Severity(stored["severity"])}) for stored in revision.findings]
    return [
        FieldFinding(
            LABELS.get(finding.field, finding.field),
            None if finding.index is None else finding.index + 1,
            finding,
        )
        for finding in found
    ]


def record_of(
    revision: Revision, record: Metadata, scopes: Sequence[Scope], *, apart: Collection[str] = ()
) -> list[RecordSection]:
    """The whole record in the order of the form, except the fields that the page shows ``apart``.

    ``record`` is the revision's as the page shows it. Each address comes with the result of its pre-flight
    check.
    """
    subject_type = revision.subject_type_preference
    related: Mapping[str, list[Line]] = {
        "logo": [Line("", logo=picture_of(revision.logo))] if revision.logo else [],
        "scope": [Line(scope.name, scope=scope) for scope in scopes],
        "subject_type_preference": [Line(subject_type.label)] if subject_type else [],
    }
    checked = {
        (found.field, found.uri): Reachability(preflight_words(found), at, found.verdict != Verdict.ANSWERS)
        for found in revision.preflights.all()
        if (at := found.checked_at)
    }
    sections = []
    for section in SECTIONS:
        rows = []
        for field in section.fields:
            if field in apart:
                continue
            lines = related[field] if field in related else lines_of(field, getattr(record, field))
            lines = [line._replace(checked=checked.get((field, line.text))) for line in lines]
            rows.append(RecordRow(field, LABELS[field], lines))
        sections.append(RecordSection(section.title, rows))
    return sections


def lines_of(field: str, value: Value, *, listed: Sequence[str] = (), mark: str = "") -> list[Line]:
    """A value line by line; the entries that are ``listed`` get the mark."""
    if isinstance(value, bool):
        return [Line("Yes" if value else "Not confirmed")]
    lines = []
    for entry in filter(None, entries_of(value)):
        marked = mark if entry in listed else ""
        if field == "logo":
            lines.append(Line("", logo=picture_named(entry), mark=marked))
        elif field in ADDRESS_FIELDS and "//" in entry:
            address = Address.split(entry, is_page=field in WEB_URI_FIELDS)
            lines.append(Line(entry, address=address, mark=marked, html=address.html))
        else:
            lines.append(Line(_in_words(field, entry), mark=marked, is_contact=field == "contacts"))
    return lines


def _in_words(field: str, entry: str) -> str:
    """Choices and days in words, the rest unchanged."""
    day = day_of(entry) if field in DATE_FIELDS else None
    if day:
        return date_format(day, "j F Y")
    return entry.replace("_", " ").capitalize() if field in CHOICES else entry


def entries_of(value: Value) -> Sequence[str]:
    """The entries of a list, or the one text."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
