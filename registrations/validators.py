"""Thin Django model validators over the rules, so that the rules themselves need no Django.

A field's validator applies only rules that nobody can override. The check of the whole record applies the
others, because it knows the override requests (rule G-06).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

from registrations.rules import client_names, contacts, redirect_uris, web_uris
from registrations.rules.findings import Finding, rejections
from registrations.rules.overrides import OVERRIDABLE

Errors = Mapping[str, Sequence[ValidationError]]


def as_error(finding: Finding) -> ValidationError:
    """The finding as Django's error, with the rule's id as its code."""
    return ValidationError(
        finding.message.replace("%", "%%"), code=finding.rule, params={"index": finding.index}
    )


def as_errors(findings: Iterable[Finding]) -> dict[str, list[ValidationError]]:
    """The rejections among the findings, by field."""
    errors: dict[str, list[ValidationError]] = {}
    for finding in rejections(findings):
        errors.setdefault(finding.field, []).append(as_error(finding))
    return errors


def refuse(findings: Iterable[Finding]) -> None:
    """Raise ``ValidationError`` with every rejection among the findings."""
    errors = [as_error(finding) for finding in rejections(findings)]
    if errors:
        raise ValidationError(errors)


def validate_client_name(value: str) -> None:
    """Check a client name by section 3 of the rules. Raises ``ValidationError``."""
    refuse(client_names.check(value, waived=OVERRIDABLE))


def validate_contacts(value: Sequence[str]) -> None:
    """Check the whole list of contacts by section 4 of the rules. Raises ``ValidationError``."""
    refuse(contacts.check_all(value, waived=OVERRIDABLE))


def validate_redirect_uri(value: str) -> None:
    """Check one redirect URI by section 1 of the rules. Raises ``ValidationError``."""
    refuse(redirect_uris.check(value, waived=OVERRIDABLE))


@deconstructible
class WebUri:
    """Check the web address of one field by section 2 of the rules. Raises ``ValidationError``."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __call__(self, value: str) -> None:
        refuse(web_uris.check(self.field, value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebUri) and self.field == other.field

    def __hash__(self) -> int:
        return hash(self.field)
