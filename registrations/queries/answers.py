"""A record as pages show it: its answers in sections, each with the findings about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from django.urls import reverse

from registrations.models import Logo
from registrations.models.catalogue import Offer, SubjectType
from registrations.rules.findings import Finding, rejections
from registrations.rules.metadata import Metadata, value_of
from registrations.rules.record_fields import EXCEPTION_FIELDS, LABELS, SECTIONS


class Picture(NamedTuple):
    """The public URLs of a logo in squares of 128 and of 256 pixels.

    Pages show it at 64 to 128 pixels, on screens of single and of double density.
    """

    small: str
    large: str


Value = str | bool | Sequence[str] | Picture | None


class Answer(NamedTuple):
    """One field of the record as pages show it; ``words`` say what its options of the catalogue mean."""

    field: str
    label: str
    value: Value
    change_url: str
    findings: Sequence[Finding]
    words: Mapping[str, str] = MappingProxyType({})

    @property
    def is_numbered(self) -> bool:
        """Whether a finding is about one line of it, which pages name by its number."""
        return any(finding.index is not None for finding in self.findings)


class AnswerSection(NamedTuple):
    """The answers under one heading of the form."""

    title: str
    rows: Sequence[Answer]


@dataclass(frozen=True)
class Problem:
    """A line of the error summary of a page that is not the form itself."""

    field: str
    label: str
    message: str
    index: int | None
    href: str


def sections(
    record: Metadata,
    *,
    logo: Logo | None,
    offer: Offer,
    findings: Sequence[Finding] = (),
    edit_url: str = "",
) -> list[AnswerSection]:
    """Every answer in the order of the form; with ``edit_url``, each links to its field there."""
    shown, words = [], offer.words
    for section in SECTIONS:
        rows = []
        for field in section.fields:
            found = [finding for finding in findings if finding.field == field]
            value: Value = picture_of(logo) if field == "logo" else value_of(record, field)
            if field in EXCEPTION_FIELDS and not found and not value:
                continue
            meaning = words.get(field, {})
            rows.append(Answer(field, LABELS[field], value, _at(edit_url, field), found, meaning))
            if field == "scope" and record.scope_reasons:
                reasons = [f"{scope}: {reason}" for scope, reason in record.scope_reasons]
                rows.append(Answer("scope_reasons", "Why these scopes", reasons, _at(edit_url, field), []))
        shown.append(AnswerSection(section.title, rows))
    return shown


def problems(findings: Sequence[Finding], edit_url: str) -> list[Problem]:
    """What stops the submission, each with a link to its field."""
    return [
        Problem(found.field, LABELS[found.field], found.message, found.index, _at(edit_url, found.field))
        for found in rejections(findings)
    ]


def logo_url(digest: str | None) -> str | None:
    """The public URL of the full-size logo."""
    return reverse("registrations:logo", args=[digest]) if digest else None


def picture_of(logo: Logo | None) -> Picture | None:
    """The logo as pages show it."""
    if logo is None:
        return None
    small, large = (reverse("registrations:logo", args=[one]) for one in (logo.digest_128, logo.digest_256))
    return Picture(small, large)


def picture_named(digest: str) -> Picture | None:
    """The logo with that digest as pages show it: one statement, used only for differences."""
    return picture_of(Logo.objects.filter(digest=digest).first())


def subject_type_named(code: str) -> str:
    """The label of a subject type, offered or not; the code itself where there is none.

    One statement, used only for differences.
    """
    label = SubjectType.objects.filter(code=code).values_list("label", flat=True).first()
    return label or code


def _at(edit_url: str, field: str) -> str:
    return f"{edit_url}#id_{field}" if edit_url else ""
