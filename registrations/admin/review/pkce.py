"""The PKCE exception that a revision requests, and the form to decide on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from registrations.admin.forms import CHOOSE, DecidingForm
from registrations.admin.review.page_state import PageState
from registrations.admin.wording import PKCE_WORDS
from registrations.domain.lifecycle import PkceStatus
from registrations.forms.controls import FreeText
from registrations.models import PkceException, Revision
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow.pkce import latest_end


class PkceForm(DecidingForm):
    """Grant the exception until a date, or refuse it; the verb checks which dates are possible."""

    pkce_decision = forms.ChoiceField(
        label="Decision on the exception",
        choices=[("grant", "Grant"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    pkce_expires_on = forms.DateField(
        label="Last day of the exception",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a day, for example 2027-03-31."},
    )
    pkce_note = FreeText(
        label="Note on the exception",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        first, last = today + timedelta(days=1), latest_end(today)
        limits = {"min": first.isoformat(), "max": last.isoformat()}
        self.fields["pkce_expires_on"].widget.attrs |= limits

    def clean_pkce_expires_on(self) -> Any:
        day = self.cleaned_data["pkce_expires_on"]
        if day is None and self.cleaned_data.get("pkce_decision") == "grant":
            raise ValidationError("Enter the last day on which the exception is in force.")
        return day

    @classmethod
    def kept(cls, state: PageState, seen_now: Mapping[str, int]) -> PkceForm:
        """The form as this reviewer left it, but for the decision, which is made anew."""
        typed = {name: state.texts.get(name, "") for name in ("pkce_expires_on", "pkce_note")}
        return cls(initial={**typed, **seen_now})


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
    """The PKCE exception that a revision requests, and the form to decide on it."""

    exception: PkceException
    form: PkceForm
    today: date

    @property
    def words(self) -> str:
        return PKCE_WORDS[self.exception.status]

    @property
    def is_undecided(self) -> bool:
        return self.exception.status == PkceStatus.REQUESTED

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
    def latest_end(self) -> date:
        """The latest day until which it can be granted."""
        return latest_end(self.today)
