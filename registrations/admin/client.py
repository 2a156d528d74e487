"""The desk's pages about a client: what was done to it, and a page each to suspend, reinstate or close it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict, NotAllowed
from registrations import emails, permissions
from registrations.admin.forms import problems
from registrations.admin.leaving import LEAVES, keep_unsent, leave
from registrations.admin.links import review_url
from registrations.admin.pages import desk_only, render_page
from registrations.domain.lifecycle import stopping_moves
from registrations.forms.controls import FreeText
from registrations.models import Registration, Suspension
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.queries.secrets import has_working_secret
from registrations.queries.served import Delivery, delivery_of
from registrations.queries.stops import Stop, stop_of
from registrations.queries.usage import Usage, usage_of
from registrations.workflow import client

ONLY_OTHERS: Final = (
    "Only reviewers who do not belong to the organisation can suspend, reinstate or close its clients."
)
WHY: Final = {"required": "Enter a reason. The partner will see it."}
_INTERNAL: Final = "Internal note"


class VerbForm(forms.Form):
    """What a verb on the client needs to be told.

    ``words`` is the field with what the partner reads, and ``arguments`` are the verb's arguments by field.
    ``done`` is the message afterwards. Who stops harm is not held up: suspending needs no recent sign-in.
    """

    name: ClassVar[str]
    verb: ClassVar[Callable[..., object]]
    words: ClassVar[str]
    arguments: ClassVar[dict[str, str]]
    done: ClassVar[str]
    needs_recent_sign_in: ClassVar[bool] = True

    def save(self, uuid: UUID, *, by: User, signed_in_at: datetime | None) -> None:
        """Call the verb."""
        given: dict[str, Any] = {name: self.cleaned_data[field] for field, name in self.arguments.items()}
        if self.needs_recent_sign_in:
            given["signed_in_at"] = signed_in_at
        type(self).verb(uuid, by=by, **given)


class SuspendForm(VerbForm):
    """Suspend the client, with the reason."""

    name = "suspend"
    verb = staticmethod(client.suspend)
    words = "suspend_reason"
    arguments = {"suspend_reason": "reason", "internal_note": "internal_note"}
    done = "{} is suspended. The partner will see your reason."
    needs_recent_sign_in = False
    suspend_reason = FreeText(
        label="Reason for suspending",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=WHY,
    )
    internal_note = FreeText(label=_INTERNAL, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReinstateForm(VerbForm):
    """Reinstate the client, with an optional note."""

    name = "reinstate"
    verb = staticmethod(client.reinstate)
    words = "reinstate_note"
    arguments = {"reinstate_note": "note"}
    done = "{} is reinstated."
    reinstate_note = FreeText(
        label="Note to the partner",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CloseForm(VerbForm):
    """Close the client; the only action here that cannot be undone."""

    name = "close"
    verb = staticmethod(client.close_as_staff)
    words = "close_reason"
    arguments = {"close_reason": "reason", "internal_note": "internal_note"}
    done = "{} is closed. The partner will see your reason."
    close_reason = FreeText(
        label="Reason for closing",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=WHY,
    )
    internal_note = FreeText(label=_INTERNAL, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    close_sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box to confirm that you want to close the registration."},
    )


class Preview(NamedTuple):
    """The email that the partner would get; ``readers`` are the names of its recipients."""

    subject: str
    body: str
    readers: Sequence[str]


@dataclass
class ClientPage:
    """A client as one member of staff sees it: its state, what was done to it, and what is possible now."""

    registration: Registration
    user: User

    @property
    def name(self) -> str:
        return RegistrationOverview(self.registration).name

    @cached_property
    def state(self) -> tuple[str, str]:
        """Key and label of the state."""
        return RegistrationOverview(self.registration).shown

    @property
    def lacks_secret(self) -> bool:
        """Whether it is live, but no secret of it works."""
        return RegistrationOverview(self.registration).lacks_secret

    @property
    def keeps_secret(self) -> bool:
        """Whether a secret of it works once the client is active."""
        return has_working_secret(self.registration)

    @property
    def unreviewed(self) -> bool:
        """Whether it was adopted, and no reviewer has approved a version of it since."""
        is_adopted = self.registration.adopted_at is not None
        return is_adopted and not self.registration.revisions.approved_by_reviewers().exists()

    @cached_property
    def may_suspend(self) -> bool:
        return permissions.can_suspend(self.user, self.registration)

    @property
    def client_verbs(self) -> Collection[str]:
        """What this person may do with the client now."""
        return stopping_moves(self.registration.stage) if self.may_suspend else ()

    @cached_property
    def stop(self) -> Stop | None:
        """Why it does not work now, if it is suspended or closed."""
        return stop_of(self.registration)

    @cached_property
    def suspensions(self) -> QuerySet[Suspension]:
        return self.registration.suspensions.select_related("suspended_by", "lifted_by")

    @cached_property
    def delivery(self) -> Delivery | None:
        return delivery_of(self.registration)

    @cached_property
    def usage(self) -> Usage | None:
        return usage_of([self.registration]).get(self.registration.pk)

    def show(self, request: SignedInRequest) -> HttpResponse:
        return render_page(request, "client.html", {"title": self.name, "page": self})


@dataclass
class VerbPage(ClientPage):
    """The page of one verb. ``form`` is new, or was posted and is shown again with what was typed.

    ``conflict`` says why the verb refused it. ``kept`` names what was typed, which is kept for the reader
    until the verb is done.
    """

    form: VerbForm
    conflict: str = ""
    is_previewed: bool = False
    kept: str = ""

    @property
    def address(self) -> str:
        return reverse(f"admin:registrations_registration_{self.form.name}", args=[self.registration.uuid])

    @property
    def preview(self) -> Preview | None:
        """The email, if the reviewer asked to see it and it can be sent."""
        if not self.is_previewed or self.conflict or not self.form.is_valid():
            return None
        words = self.form.cleaned_data[self.form.words]
        email = emails.stopping_preview(self.form.name, self.registration, words)
        people = emails.partners_of_client(self.registration)
        readers = emails.names_of(emails.with_contacts(people, self.registration))
        return Preview(str(email.subject), str(email.body), readers)

    def show(self, request: SignedInRequest, *, status: int = 200) -> HttpResponse:
        if request.method == "POST":
            self.kept = keep_unsent(request, self.form, self.address)
        context: dict[str, Any] = {
            "title": f"{self.form.name.capitalize()} {self.name}",
            "page": self,
            "form": self.form,
            "errors": problems(self.form),
        }
        return render_page(request, f"client_{self.form.name}.html", context, status=status)


def submitted(uuid: UUID) -> Registration:
    """The registration; one that was never submitted is its partner's alone, so the answer is 404."""
    rows = with_overview(Registration.objects.submitted())
    return get_object_or_404(rows.select_related("organisation", "created_by"), uuid=uuid)


@require_safe
@desk_only
def client_page(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what was done to the client, with links to what is possible now."""
    return ClientPage(submitted(uuid), request.user).show(request)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def suspend(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what suspending does; suspend the client, or preview the email."""
    return answer(request, uuid, SuspendForm)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
@asks_for_password("admin:registrations_registration_reinstate")
def reinstate(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what reinstating does; reinstate the client, or preview the email."""
    return answer(request, uuid, ReinstateForm)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
@asks_for_password("admin:registrations_registration_close")
def close(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what closing ends; close the client for good, or preview the email."""
    return answer(request, uuid, CloseForm)


def answer(request: SignedInRequest, uuid: UUID, kind: type[VerbForm]) -> HttpResponse:
    """Show the form, or do what its button says: preview the email, lead back to the review page, or call the
    verb first. After a mistake, show it again."""
    registration = submitted(uuid)
    if not permissions.can_suspend(request.user, registration):
        raise NotAllowed(ONLY_OTHERS, way_out=(review_url(registration), "Back to the review page"))
    is_posted, previews = request.method == "POST", "preview" in request.POST
    form = kind(request.POST if is_posted else kept_values(request, do="confirm", done="done"))
    page = VerbPage(registration, request.user, form, is_previewed=previews)
    if LEAVES in request.POST:
        return leave(request, form, page.address, to=review_url(registration))
    if kind.name not in page.client_verbs and (previews or not is_posted):
        page.conflict = f"This registration is {registration.status}."
        return page.show(request, status=409)
    if is_posted and not form.is_valid():
        return page.show(request, status=422)
    if previews or not is_posted:
        return page.show(request)
    try:
        form.save(uuid, by=request.user, signed_in_at=last_sign_in(request))
    except Conflict as conflict:
        registration.refresh_from_db()
        page.conflict = conflict.reason
        return page.show(request, status=409)
    messages.success(request, kind.done.format(page.name))
    return redirect(review_url(registration))


def client_url(uuid: UUID) -> str:
    """The URL of the page about the client."""
    return reverse("admin:registrations_registration_client", args=[uuid])


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def former_page(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The page's URL in earlier versions: links lead on, and forms that are still open do what they say."""
    if request.method != "POST":
        return redirect("admin:registrations_registration_client", uuid)
    view = VIEWS.get(request.POST.get("move", ""))
    if view is None:
        raise Conflict(
            "The page was incomplete. Load it again.", way_out=(client_url(uuid), "Back to the client")
        )
    return view(request, uuid)


VIEWS: Final[Mapping[str, Callable[[SignedInRequest, UUID], HttpResponse]]] = {
    "suspend": suspend,
    "reinstate": reinstate,
    "close": close,
}
"""The view of each verb."""


def urls(site: AdminSite) -> list[URLPattern]:
    """The pages about one client. Those with a form keep what was typed by somebody who was signed out."""
    view, name = site.admin_view, "registrations_registration"
    return [
        path("<any_uuid:uuid>/client/", view(client_page), name=f"{name}_client"),
        path("<any_uuid:uuid>/life/", view(former_page), name=f"{name}_life"),
        *(
            path(f"<any_uuid:uuid>/{verb}/", keeps_what_is_typed(view(page)), name=f"{name}_{verb}")
            for verb, page in VIEWS.items()
        ),
    ]
