"""The PKCE exception that a revision requests, and the form to decide on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from portal.accounts.models import User
from registrations.admin.forms import UNKNOWN_PAGE, DecidingForm
from registrations.admin.review.page_state import CAME_WITH
from registrations.admin.wording import PKCE_WORDS, pkce_words
from registrations.domain.lifecycle import PkceStatus
from registrations.forms.controls import FreeText
from registrations.models import CorrectedDecision, PkceException, Registration, Revision
from registrations.queries.pkce_exceptions import ClientWithException, ExceptionsBeside
from registrations.rules.pkce import MOST_MONTHS, day_of, end_after, end_problem
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow import pkce

OTHER_DAY: Final = "other"
"""The choice of a day that is none of those on offer."""
MONTHS: Final = (3, 6, MOST_MONTHS)
_INCOMPLETE: Final = dict.fromkeys(("required", "invalid_choice"), "Press one of the two buttons.")


class DayOption(NamedTuple):
    """A last day that the form offers; the value is the day itself, or :data:`OTHER_DAY`."""

    value: str
    label: str
    is_chosen: bool


class PkceForm(DecidingForm):
    """Grant the exception until a day, or refuse it with a reason that is then confirmed.

    The buttons say which, and the one that confirms carries the reason: the confirmation counts for that
    alone. A page of the release before this one has no field for a reason. It posts the note in its place and
    confirms nothing.
    """

    pkce_decision = forms.ChoiceField(
        label="Decision on the exception",
        choices=[("grant", "Grant"), ("refuse", "Refuse")],
        required=False,
        error_messages=_INCOMPLETE,
    )
    pkce_preset = forms.CharField(label="Last day of the exception", required=False)
    pkce_expires_on = forms.DateField(
        label="Another day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a day, for example 2027-03-31."},
    )
    pkce_note = FreeText(label="Note for the desk", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    pkce_reason = FreeText(
        label="Reason for refusing", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    pkce_confirm = FreeText(required=False)
    pkce_corrects = forms.CharField(
        required=False, widget=forms.HiddenInput, max_length=40, error_messages={"max_length": UNKNOWN_PAGE}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        first, last = today + timedelta(days=1), end_after(MOST_MONTHS, today=today)
        limits = {"min": first.isoformat(), "max": last.isoformat()}
        self.fields["pkce_expires_on"].widget.attrs |= limits

    @property
    def needs_confirmation(self) -> bool:
        """Whether this refuses with a reason that nobody confirmed yet."""
        if not self.is_bound or not self.is_valid() or self.cleaned_data["pkce_decision"] != "refuse":
            return False
        is_asked = "pkce_reason" in self.data
        return is_asked and self.cleaned_data["pkce_confirm"] != self.cleaned_data["pkce_reason"]

    def clean_pkce_corrects(self) -> datetime | None:
        text = self.cleaned_data["pkce_corrects"]
        try:
            return datetime.fromisoformat(text) if text else None
        except ValueError:
            raise ValidationError(UNKNOWN_PAGE) from None

    def clean(self) -> dict[str, Any]:
        """Everything that the decision needs, and nothing about the other one."""
        typed = self.cleaned_data
        typed["pkce_decision"] = typed.get("pkce_decision") or ("refuse" if typed.get("pkce_confirm") else "")
        if typed["pkce_decision"] == "grant":
            self._clean_day()
        elif typed["pkce_decision"] == "refuse":
            self.errors.pop("pkce_expires_on", None)
            if "pkce_reason" not in self.data:
                typed["pkce_reason"] = typed.get("pkce_note", "")
            if not typed.get("pkce_reason") and "pkce_reason" not in self.errors:
                self.add_error("pkce_reason", "Enter a reason. The partner reads it.")
        elif "pkce_decision" not in self.errors:
            self.add_error("pkce_decision", _INCOMPLETE["required"])
        return typed

    def _clean_day(self) -> None:
        """The day that was chosen or typed; never one of two."""
        typed, chosen = self.cleaned_data.get("pkce_expires_on"), self.cleaned_data.get("pkce_preset", "")
        day, field = (typed, "pkce_expires_on")
        if chosen not in ("", OTHER_DAY):
            day, field = day_of(chosen), "pkce_preset"
            if typed not in (None, day) or "pkce_expires_on" in self.errors:
                problem = "Choose a last day or type another one, not both."
                self.add_error(field, problem)
                return
        if "pkce_expires_on" in self.errors:
            return
        if day is None:
            self.add_error(field, "Enter the last day on which the exception is in force.")
        elif problem := end_problem(day, today=timezone.now().date()):
            self.add_error(field, problem)
        self.cleaned_data["last_day"] = day

    def save(self, registration: Registration, *, by: User, signed_in_at: datetime | None) -> str:
        """Call the verb of the decision, and return what it did. Raises what that raises."""
        typed = self.cleaned_data
        seen = {"seen_version": typed["seen_version"], "seen_live": typed["seen_live"]}
        answer = {"by": by, **seen, "corrects": typed["pkce_corrects"]}
        if typed["pkce_decision"] == "refuse":
            pkce.refuse(registration.uuid, note=typed["pkce_reason"], **answer)
            return "The PKCE exception is refused. The partner reads your reason."
        day, note = typed["last_day"], typed["pkce_note"]
        pkce.grant(registration.uuid, signed_in_at=signed_in_at, expires_on=day, note=note, **answer)
        return f"The PKCE exception is granted up to and including {date_format(day, 'j F Y')}."

    def options(self, wished: date | None) -> list[DayOption]:
        """The last days on offer: what the partner wished for, and round numbers of months."""
        today, chosen = timezone.now().date(), str(self["pkce_preset"].value() or "")
        days = {} if wished is None or end_problem(wished, today=today) else {wished: "As the partner wishes"}
        for months in MONTHS:
            days.setdefault(end_after(months, today=today), f"{months} months")
        if (posted := day_of(chosen)) and posted not in days:
            days[posted] = "As chosen before"
        labels = {str(day): f"{words}: until {date_format(day, 'j F Y')}" for day, words in days.items()}
        labels[OTHER_DAY] = "Another day:"
        return [DayOption(value, label, value == chosen) for value, label in labels.items()]


class Covered(NamedTuple):
    """A redirect URI or a scope; ``is_added`` is whether the revision adds it to what is covered."""

    value: str
    is_added: bool


@dataclass(frozen=True)
class CoveringException:
    """The PKCE exception in force, with what it covers and what the revision under review adds to that."""

    exception: PkceException
    redirect_uris: Sequence[Covered]
    scopes: Sequence[Covered]
    ends: bool

    @classmethod
    def of(cls, exception: PkceException, revision: Revision | None) -> CoveringException:
        """The exception beside the revision under review, if there is one."""
        covering = exception.revision
        uris, scopes = (revision.uris(), revision.scopes()) if revision else ((), ())
        return cls(
            exception,
            _marked(covering.uris(), uris),
            _marked(covering.scopes(), scopes),
            ends=revision is not None and revision.pkce_support == PkceSupport.SUPPORTED,
        )

    @property
    def adds(self) -> bool:
        """Whether the revision under review adds something that it does not cover."""
        return any(one.is_added for one in (*self.redirect_uris, *self.scopes))


def _marked(covered: Sequence[str], wanted: Sequence[str]) -> list[Covered]:
    added = [Covered(value, is_added=True) for value in wanted if value not in covered]
    return [*(Covered(value, is_added=False) for value in covered), *added]


@dataclass(frozen=True)
class RequestedException:
    """The PKCE exception that a revision requests, what else is known, and the form to decide on it."""

    exception: PkceException
    wished_end: date | None
    beside: ExceptionsBeside
    form: PkceForm
    today: date

    @classmethod
    def of(
        cls,
        revision: Revision,
        beside: ExceptionsBeside,
        *,
        sent: PkceForm | None,
        typed: Mapping[str, str],
        seen: Mapping[str, int],
    ) -> RequestedException | None:
        """The exception that the revision requests, if it requests one.

        ``sent`` is a form that is shown again. Otherwise it is a new one, with what was ``typed`` before and
        the numbers of the revisions on this page.
        """
        row = next((one for one in beside.own if one.revision_id == revision.pk), None)
        if row is None:
            return None
        initial = {**_as_decided(row), **typed, **seen, "pkce_corrects": _token(row)}
        form = sent or PkceForm(initial=initial)
        return cls(row, revision.pkce_wished_end, beside, form, today=timezone.now().date())

    @property
    def words(self) -> str:
        return PKCE_WORDS[self.exception.status]

    @property
    def came_with(self) -> dict[str, str]:
        """What the fields hold of the decision that is made, as a page that shows them posts it back."""
        decided = {name: str(value) for name, value in _as_decided(self.exception).items() if value}
        return {f"{CAME_WITH}{name}": value for name, value in decided.items()}

    @property
    def options(self) -> list[DayOption]:
        return self.form.options(self.wished_end)

    @property
    def is_undecided(self) -> bool:
        return self.exception.status == PkceStatus.REQUESTED

    @property
    def is_granted(self) -> bool:
        return self.exception.status == PkceStatus.GRANTED

    @property
    def is_refused(self) -> bool:
        return self.exception.status == PkceStatus.REFUSED

    @property
    def is_in_force(self) -> bool:
        return self.exception.status == PkceStatus.IN_FORCE

    @property
    def is_over(self) -> bool:
        """Whether it was in force and is no more."""
        return self.exception.in_force_since is not None and not self.exception.runs_on(self.today)

    @property
    def grant_words(self) -> str:
        """What the button that grants it says."""
        if self.is_undecided:
            return "Grant the exception"
        return "Grant it until this day instead" if self.is_granted else "Grant it after all"

    @property
    def refuse_words(self) -> str:
        """What the button that refuses it says."""
        if self.is_undecided:
            return "Refuse the exception"
        return "Refuse it with this reason instead" if self.is_refused else "Refuse it after all"

    @property
    def latest_end(self) -> date:
        """The latest day until which it can be granted."""
        return end_after(MOST_MONTHS, today=self.today)

    @property
    def needs_another_person(self) -> bool:
        """Whether whoever granted it may not approve the revision."""
        return self.is_granted and settings.PORTAL_PKCE_SECOND_PERSON

    @cached_property
    def corrected(self) -> list[CorrectedDecision]:
        """The decisions that were corrected, oldest first: one statement, none before the first decision."""
        if self.exception.decided_at is None:
            return []
        return list(self.exception.corrected_decisions.select_related("decided_by"))

    @property
    def earlier(self) -> list[tuple[PkceException, str]]:
        """The other exceptions of the client, newest first, each with its status in words."""
        others = (one for one in self.beside.own if one != self.exception)
        return [(one, pkce_words(one.status, one.expires_on, self.today)) for one in others]

    @property
    def of_other_clients(self) -> list[tuple[ClientWithException, str]]:
        """The exceptions of the organisation's other clients, with their status in words."""
        return [(one, pkce_words(one.status, one.expires_on, self.today)) for one in self.beside.others]


def _token(exception: PkceException) -> str:
    """What a page sends back to say which decision it showed; empty where there was none."""
    return exception.decided_at.isoformat() if exception.decided_at else ""


def _as_decided(exception: PkceException) -> dict[str, Any]:
    """The decision as a correction starts from it."""
    name = "pkce_reason" if exception.status == PkceStatus.REFUSED else "pkce_note"
    return {"pkce_expires_on": exception.expires_on, name: exception.note}
