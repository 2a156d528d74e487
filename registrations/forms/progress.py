"""How far each section of the form is: the answers that everybody gives, and the problems in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from registrations.rules.findings import Finding, rejections
from registrations.rules.metadata import Metadata, value_of
from registrations.rules.record_fields import FIELDS, SECTIONS
from registrations.rules.vocabulary import PkceSupport


class SectionProgress(NamedTuple):
    """A section: how many of its required answers are given, and how many problems its answers have."""

    key: str
    title: str
    given: int
    required: int
    problems: int


def progress_of(record: Metadata, findings: Iterable[Finding]) -> list[SectionProgress]:
    """The progress of every section. What is missing counts as not given, not as a problem."""
    wrong = [found.field for found in rejections(findings)]
    excepted = record.pkce_support == PkceSupport.EXCEPTION_REQUESTED
    sections = []
    for section in SECTIONS:
        required = [
            name
            for name in section.fields
            if not FIELDS[name].optional and (excepted or not FIELDS[name].only_with_exception)
        ]
        given = [name for name in required if value_of(record, name)]
        problems = [
            name for name in wrong if name in section.fields and (name == "logo" or value_of(record, name))
        ]
        sections.append(SectionProgress(section.key, section.title, len(given), len(required), len(problems)))
    return sections
