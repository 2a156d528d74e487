"""The desk's page to suspend, reinstate or close a client, each through its verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin.forms import problems
from registrations.admin.pages import desk_only, render_page
from registrations.domain.lifecycle import REGISTRATION
from registrations.forms.controls import FreeText
from registrations.models import Registration, Suspension
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.workflow import client

ONLY_OTHERS: Final = (
    "Only reviewers who do not belong to the organisation can suspend, reinstate or close its clients."
)
WHY: Final = {"required": "Enter a reason. The partner will see it."}


class VerbForm(forms.Form):
    """The answer that a verb on the client needs; ``done`` is the message afterwards."""

    verb: ClassVar[Callable[..., object]]
    argument: ClassVar[str]
    field: ClassVar[str]
    """The verb's argument for the answer, and the form's field that holds it."""
    done: ClassVar[str]

    def save(self, uuid: UUID, *, by: User) -> None:
        """Call the verb."""
        type(self).verb(uuid, by=by, **{self.argument: self.cleaned_data[self.field]})


class SuspendForm(VerbForm):
    """Suspend the client, with the reason."""

    verb = staticmethod(client.suspend)
    argument, field = "reason", "suspend_reason"
    done = "{} is suspended. The partner will see your reason."
    suspend_reason = FreeText(
        label="Reason for suspending",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=WHY,
    )


class ReinstateForm(VerbForm):
    """Reinstate the client, with an optional note."""

    verb = staticmethod(client.reinstate)
    argument, field = "note", "reinstate_note"
    done = "{} is reinstated."
    reinstate_note = FreeText(
        label="Note to the partner",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CloseForm(VerbForm):
    """Close the client; the only action here that cannot be undone."""

    verb = staticmethod(client.close_as_staff)
    argument, field = "reason", "close_reason"
    done = "{} is closed. The partner will see your reason."
    close_reason = FreeText(
        label="Reason for closing",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=WHY,
    )
    close_sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box to confirm that you want to close the registration."},
    )


FORMS: Final[dict[str, type[VerbForm]]] = {
    "suspend": SuspendForm,
    "reinstate": ReinstateForm,
    "close": CloseForm,
}


@dataclass
class ClientPage:
    """The page of one client, for one member of staff.

    ``sent`` is the form that was posted, shown again with what was typed; ``conflict`` says why the
    verb refused.
    """

    registration: Registration
    user: User
    sent: VerbForm | None = None
    conflict: str = ""

    @property
    def title(self) -> str:
        return RegistrationOverview(self.registration).name

    @cached_property
    def state(self) -> tuple[str, str]:
        """Key and label of the state."""
        return RegistrationOverview(self.registration).shown

    @property
    def lacks_secret(self) -> bool:
        """Whether it is live, but no secret of it works."""
        return RegistrationOverview(self.registration).lacks_secret

    @cached_property
    def may_suspend(self) -> bool:
        return permissions.can_suspend(self.user, self.registration)

    @cached_property
    def suspensions(self) -> QuerySet[Suspension]:
        return self.registration.suspensions.select_related("suspended_by", "lifted_by")

    @cached_property
    def forms(self) -> dict[str, VerbForm]:
        """The forms of the verbs that are possible in the client's state."""
        possible = {name for name in FORMS if self.registration.stage in REGISTRATION.sources(name)}
        return {
            name: self.sent if self.sent is not None and isinstance(self.sent, kind) else kind()
            for name, kind in FORMS.items()
            if name in possible
        }

    def show(self, request: SignedInRequest, *, status: int = 200) -> HttpResponse:
        context = {"title": self.title, "page": self, "errors": problems(self.sent)}
        return render_page(request, "client.html", context, status=status)


def submitted(uuid: UUID) -> Registration:
    """The registration; one that was never submitted is its partner's alone, so the answer is 404."""
    rows = with_overview(Registration.objects.submitted())
    return get_object_or_404(rows.select_related("organisation"), uuid=uuid)


@require_safe
@desk_only
def client_page(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what was done to the client, and the actions that are possible now."""
    return ClientPage(submitted(uuid), request.user).show(request)


@require_POST
@desk_only
def suspend(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Suspend the client."""
    return answer(request, uuid, SuspendForm(request.POST))


@require_POST
@desk_only
def reinstate(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Reinstate the client."""
    return answer(request, uuid, ReinstateForm(request.POST))


@require_POST
@desk_only
def close(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Close the client for good."""
    return answer(request, uuid, CloseForm(request.POST))


def answer(request: SignedInRequest, uuid: UUID, form: VerbForm) -> HttpResponse:
    """Call the verb, and lead back to the review page; after a mistake, show the client page again."""
    registration = submitted(uuid)
    if not permissions.can_suspend(request.user, registration):
        way_out = (reverse("admin:registrations_registration_review", args=[uuid]), "Back to the review page")
        raise NotAllowed(ONLY_OTHERS, way_out=way_out)
    page = ClientPage(registration, request.user, form)
    if not form.is_valid():
        return page.show(request, status=422)
    try:
        form.save(uuid, by=request.user)
    except Conflict as conflict:
        registration.refresh_from_db()
        page.conflict = conflict.reason
        return page.show(request, status=409)
    messages.success(request, form.done.format(page.title))
    return redirect("admin:registrations_registration_review", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def former_page(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The page's URL in earlier versions: links lead on, and forms that are still open do what they say."""
    if request.method != "POST":
        return redirect("admin:registrations_registration_client", uuid)
    kind = FORMS.get(request.POST.get("move", ""))
    if kind is None:
        way_out = (reverse("admin:registrations_registration_client", args=[uuid]), "Back to the client")
        raise Conflict("The page was incomplete. Load it again.", way_out=way_out)
    return answer(request, uuid, kind(request.POST))
