"""The page on which a member takes redirect URIs and scopes away from a live client, at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.showing import kept_values
from portal.limits import SUBMIT, spend
from portal.refusals import Conflict
from registrations.domain.restriction import Restriction
from registrations.forms.controls import ChosenField
from registrations.models import Revision
from registrations.queries.overview import RegistrationOverview
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.rules.findings import Finding
from registrations.rules.metadata import Metadata
from registrations.views.access import back_to, to_work_on
from registrations.workflow import client
from registrations.workflow.refusals import RulesBroken

_NOT_LIVE = "Only a live client has something to take away."
_TAKEN = "Taken away. The client works without it from now on."
_COMES_BACK = "The change under review still asks for it. If that is wrong, withdraw the change."


class RestrictingForm(forms.Form):
    """What to take away, and a checkbox that has to be ticked, because only a review can bring it back.

    ``found`` are the findings about what would remain.
    """

    redirect_uris = ChosenField(label="Redirect URIs to take away")
    scope = ChosenField(label="Scopes to take away")
    sure = forms.BooleanField(
        label="I understand that this takes effect at once, and that only a review can bring it back",
        error_messages={"required": "Tick the box to take it away."},
    )

    def __init__(self, live: Metadata, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.live = live
        self.found: list[Finding] = []

    def clean(self) -> dict[str, Any]:
        """Say all that is wrong at once; the verb looks again for itself."""
        cleaned = super().clean() or {}
        chosen = [frozenset(cleaned.get(name) or ()) for name in ("redirect_uris", "scope")]
        restriction = Restriction(self.live, *chosen)
        if restriction.is_empty and not {"redirect_uris", "scope"} & self.errors.keys():
            self.add_error("redirect_uris", "Choose at least one redirect URI or scope.")
        self.find(restriction.rejections())
        return cleaned

    def find(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.found.append(finding)
            self.add_error(finding.field, finding.message)


class Option(NamedTuple):
    """A redirect URI or scope of the live client; ``is_asked_again`` where the change under review asks
    for it, too."""

    value: str
    id: str
    note: str
    is_ticked: bool
    is_asked_again: bool


class Group(NamedTuple):
    """The redirect URIs, or the scopes, with the errors about the choice among them."""

    field: forms.BoundField
    kind: str
    options: Sequence[Option]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class RestrictPage:
    """What can be taken away from a live client, and what has been ticked."""

    overview: RegistrationOverview
    live: Revision
    form: RestrictingForm

    @property
    def groups(self) -> list[Group]:
        scopes = {child.scope_id: child.scope.description for child in self.live.requested_scopes.all()}
        notes = dict.fromkeys(self.live.uris(), "")
        return [
            self._group("redirect_uris", "redirect URI", self.live.uris(), notes),
            self._group("scope", "scope", self.live.scopes(), scopes),
        ]

    @property
    def can_take_something(self) -> bool:
        return any(len(group.options) > 1 for group in self.groups)

    @property
    def has_exception(self) -> bool:
        return pkce_free_until(self.overview.registration) is not None

    def asked_again(self, entries: Collection[str]) -> bool:
        """Whether the change under review asks for one of them."""
        waiting = self.overview.under_review
        return waiting is not None and not {*waiting.uris(), *waiting.scopes()}.isdisjoint(entries)

    def _group(self, name: str, kind: str, values: Sequence[str], notes: dict[str, str]) -> Group:
        ticked = (self.form[name].data or ()) if self.form.is_bound else ()
        options = [
            Option(
                value,
                f"id_{name}_{place}" if place else f"id_{name}",
                notes[value],
                value in ticked,
                self.asked_again([value]),
            )
            for place, value in enumerate(values)
        ]
        return Group(self.form[name], kind, options, [one for one in self.form.found if one.field == name])


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def restrict(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show what the live client has; take away at once what is ticked."""
    overview = to_work_on(request, uuid)
    live = overview.live if overview.registration.is_live else None
    if live is None:
        raise Conflict(_NOT_LIVE, way_out=back_to(uuid))
    overview.read_children()
    prefetch_related_objects([live], "requested_scopes__scope")
    is_posted = request.method == "POST"
    ticked = request.POST if is_posted else kept_values(request, do="confirm", done="done")
    form = RestrictingForm(live.metadata(), ticked)
    page, status = RestrictPage(overview, live, form), 422 if is_posted else 200
    if is_posted and form.is_valid():
        spend(SUBMIT, str(request.user.pk))
        uris, scope = form.cleaned_data["redirect_uris"], form.cleaned_data["scope"]
        try:
            client.restrict(uuid, by=request.user, redirect_uris=uris, scope=scope)
        except RulesBroken as broken:
            form.find(broken.findings)
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
            status = conflict.status
        else:
            words = f"{_TAKEN} {_COMES_BACK}" if page.asked_again([*uris, *scope]) else _TAKEN
            messages.success(request, words)
            return redirect("registrations:detail", uuid)
    context = {"registration": overview.registration, "overview": overview, "form": form, "page": page}
    return render(request, "registrations/restrict.html", context, status=status)
