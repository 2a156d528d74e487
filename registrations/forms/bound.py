"""A form field as the page shows it, with its value, its findings and the ids that link them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from registrations.forms.answers import Answer
from registrations.forms.controls import Choice, LinesField, lines_of, storable
from registrations.forms.markup import HELP, HELP_FIXED_ENVIRONMENT, MORE
from registrations.forms.override_requests import OverrideChoice
from registrations.forms.presets import FIELD as PRESET_FIELD
from registrations.forms.presets import Preset, presets
from registrations.forms.scope_table import Option, ScopeTable, scope_table
from registrations.queries.answers import Picture, picture_of
from registrations.rules import logos, pkce
from registrations.rules.findings import Finding
from registrations.rules.record_fields import FIELDS
from registrations.rules.registry import SECTION_KEYS
from registrations.rules.vocabulary import Environment


class DayInput(NamedTuple):
    """The control of a day: its type, and the first and the last day that can be chosen."""

    input_type: str
    first: str
    last: str


class RegistrationBoundField(BoundField):
    """The bound field for templates/includes/field.html. No widgets: one template is faster."""

    form: Any

    @property
    def kind(self) -> str:
        """The kind of control; ``fixed`` if the value cannot be changed."""
        return "fixed" if self.fixed else FIELDS[self.name].kind.value

    @property
    def fixed(self) -> str:
        """The value if it cannot be changed any more; else empty."""
        fixed: str = self.form.fixed_environment if self.name == "environment" else ""
        return fixed

    @property
    def help(self) -> SafeString:
        return HELP_FIXED_ENVIRONMENT if self.fixed else HELP[self.name]

    @property
    def more(self) -> SafeString:
        """What only some people need to know about it."""
        return MORE[self.name]

    @property
    def rules_key(self) -> str:
        """The section about it on the page of rules."""
        return SECTION_KEYS[self.name]

    @property
    def optional(self) -> bool:
        return FIELDS[self.name].optional

    @property
    def mark(self) -> str:
        """The hint after the label of a field that not everybody fills in."""
        if self.optional:
            return "optional"
        return "only with an exception" if FIELDS[self.name].only_with_exception else ""

    @cached_property
    def findings(self) -> Sequence[Finding]:
        found: Sequence[Finding] = self.form.findings_for(self.name)
        return found

    @property
    def override_choices(self) -> Sequence[OverrideChoice]:
        asked: Sequence[OverrideChoice] = self.form.override_choices_for(self.name)
        return asked

    @property
    def answers(self) -> Sequence[Answer]:
        """The open threads about this field, each with the answer to it."""
        asked: Sequence[Answer] = self.form.answers_for(self.name)
        return asked

    @property
    def asks_about_renewal(self) -> bool:
        """Whether the choice comes with one about the renewal of the exception (rule P-08)."""
        return self.name == "pkce_support" and bool(self.form.asks_about_renewal)

    @property
    def presets(self) -> Sequence[Preset]:
        """Callbacks of test clients, offered next to the redirect URIs."""
        return presets(self.form["environment"].value()) if self.name == PRESET_FIELD else ()

    @property
    def entries(self) -> Sequence[str]:
        """The lines of a list."""
        return lines_of(self.value() or "")

    @property
    def inputmode(self) -> str:
        """The keyboard that a phone offers for it."""
        if self.name == "contacts":
            return "email"
        return "url" if self.kind in ("address", "lines") else "text"

    @property
    def day(self) -> DayInput:
        """The control of the end that an exception is wished to have.

        Browsers empty a date field whose text is no day, so such a text gets a field for text.
        """
        typed, today = self.value(), timezone.now().date()
        is_day = not typed or pkce.day_of(str(typed)) is not None
        first, last = today + timedelta(days=1), pkce.end_after(pkce.MOST_MONTHS, today=today)
        return DayInput("date" if is_day else "text", first.isoformat(), last.isoformat())

    @property
    def entry(self) -> str:
        """What one line of a list is called."""
        return "contact" if self.name == "contacts" else "redirect URI"

    @property
    def logo(self) -> Picture | None:
        """The stored logo, beside the field for another one."""
        return picture_of(self.form.logo)

    @property
    def largest_logo(self) -> int:
        """The size in bytes above which the page does not send a logo at all."""
        return logos.MAX_BYTES

    @property
    def too_large(self) -> Sequence[Finding]:
        """What the page says beside a logo that it does not send."""
        return (logos.TOO_MANY_BYTES,)

    @property
    def in_production(self) -> bool:
        return bool(self.form["environment"].value() == Environment.PRODUCTION)

    @cached_property
    def wrong(self) -> bool:
        return any(finding.rejects for finding in self.findings)

    @property
    def described_by(self) -> str:
        """Ids of the help text and, if there are any, of the findings."""
        return f"help_{self.name} findings_{self.name}" if self.findings else f"help_{self.name}"

    def value(self) -> Any:
        """The value, safe to write into a page whatever was posted.

        Of a posted list, only the lines that are kept and checked.
        """
        value = super().value()
        if self.form.is_bound and isinstance(self.field, LinesField) and isinstance(value, str):
            value = "\n".join(lines_of(value))
        return storable(value) if isinstance(value, str) else value

    def options(self) -> Iterator[Option]:
        """The options offered, followed by chosen values that are not offered."""
        offered: Sequence[Choice] = self.field.offered  # type: ignore[attr-defined]
        known, value = {choice.value for choice in offered}, self.value()
        if isinstance(value, list | tuple):
            chosen = {storable(str(entry)) for entry in value}
        else:
            chosen = {value} if value else {""} & known
        strangers = [Choice(other, other, "This is not one of the options.") for other in chosen - known]
        for number, choice in enumerate([*offered, *sorted(strangers)]):
            id_ = f"id_{self.name}_{number}" if number else f"id_{self.name}"
            reason = self.form.reason_for(choice.value) if self.name == "scope" else None
            yield Option(id_, *choice, choice.value in chosen, choice.value in known, reason)

    def scope_table(self) -> ScopeTable:
        """The options of the scopes as a table."""
        return scope_table(self.options())
