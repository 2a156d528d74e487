"""Which of the requested scopes a reviewer grants: the field of the decision form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django import forms

from registrations.models import RequestedScope, Revision, Scope


class GrantedField(forms.Field):
    """The names of the ticked scopes; None if the page had no scopes to tick.

    None grants everything that was requested. A page with scopes also posts an empty value, so that
    no tick at all differs from None.
    """

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> frozenset[str] | None:
        return frozenset(filter(None, value)) if value else None


class ScopeChoice(NamedTuple):
    """One scope as the reviewer sees it; ``answer`` is empty while it is under review."""

    scope: Scope
    reason: str
    ticked: bool
    answer: str


_ANSWERS = {None: "", True: "Granted", False: "Refused"}


def scope_choices(revision: Revision, granted: Collection[str] | None) -> list[ScopeChoice]:
    """Every scope of the revision, ticked unless ``granted`` says otherwise."""
    return [_choice(child, granted) for child in revision.requested_scopes.all()]


def _choice(child: RequestedScope, granted: Collection[str] | None) -> ScopeChoice:
    ticked = granted is None or child.scope_id in granted
    return ScopeChoice(child.scope, child.reason, ticked, _ANSWERS[child.granted])


def ticked_in(form: forms.Form | None) -> Collection[str] | None:
    """The scopes ticked in a form that is shown again; None without a form or without scopes in it."""
    if form is None:
        return None
    if not form.is_bound:  # after a preview
        ticked: Collection[str] | None = form.initial.get("granted")
        return ticked
    return GrantedField().clean(form["granted"].data)


def not_refused(revision: Revision) -> Sequence[Scope]:
    """The scopes that an end user would be asked to agree to."""
    children: Iterable[RequestedScope] = revision.requested_scopes.all()
    return [child.scope for child in children if child.granted is not False]
