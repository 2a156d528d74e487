"""Django's model validators over the rules: thin, so that the rules stay Django's equals.

A field's validator speaks for the rules that nobody can override; the rest is for the whole
record to say, which knows what a reviewer was asked (rule G-06).
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
    """The finding as Django's error: the rule's id is the code."""
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
    """Section 3 of the rules. Raises ``ValidationError``."""
    refuse(client_names.check(value, waived=OVERRIDABLE))


def validate_contacts(value: Sequence[str]) -> None:
    """Section 4 of the rules, the whole list. Raises ``ValidationError``."""
    refuse(contacts.check_all(value, waived=OVERRIDABLE))


def validate_redirect_uri(value: str) -> None:
    """Section 1 of the rules, one entry. Raises ``ValidationError``."""
    refuse(redirect_uris.check(value, waived=OVERRIDABLE))


@deconstructible
class WebUri:
    """Section 2 of the rules, for the field it is named after. Raises ``ValidationError``."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __call__(self, value: str) -> None:
        refuse(web_uris.check(self.field, value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebUri) and self.field == other.field

    def __hash__(self) -> int:
        return hash(self.field)
