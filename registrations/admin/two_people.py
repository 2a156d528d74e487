"""The desk's page of what takes two superusers: an admin where there is none, and superuser rights."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from portal.accounts import four_eyes
from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import Membership, Organisation, Role, StaffRequest, StaffRequestStatus, User
from portal.accounts.recent_sign_in import last_sign_in
from portal.admin_site import ReadOnly
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict
from registrations.admin.forms import problems

_PAGE: Final = "accounts_staffrequest_changelist"


def without_admin() -> Any:
    """The organisations in which nobody can invite colleagues, by name, without closed ones."""
    admins = Membership.objects.filter(organisation=OuterRef("pk"), role=Role.ADMIN, user__is_active=True)
    return Organisation.objects.filter(~Exists(admins), closed_at=None).order_by("name", "pk")


class AdminForm(forms.Form):
    """Ask for an admin to be invited into an organisation that has none."""

    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        to_field_name="uuid",
        label="Organisation",
        help_text="Only organisations without an admin. In the others, an admin invites colleagues.",
        error_messages={"required": "Choose the organisation.", "invalid_choice": "Choose one of the list."},
    )
    address = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="Make sure that this person speaks for the organisation.",
        error_messages={"required": "Enter the email address of the new admin."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["organisation"]).queryset = without_admin()


@asks_for_password(f"admin:{_PAGE}")
def requests(request: SignedInRequest) -> HttpResponse:
    """List what waits for a second person; ask for an admin to be invited."""
    if not four_eyes.is_superuser(request.user):
        raise PermissionDenied
    is_posted = request.method == "POST"
    form = AdminForm(request.POST if is_posted else kept_values(request, do="send", done="sent"))
    if is_posted and form.is_valid():
        try:
            four_eyes.ask_for_admin(**form.cleaned_data, by=request.user, signed_in_at=last_sign_in(request))
        except Conflict as refused:
            form.add_error("organisation", refused.reason)
        else:
            messages.success(request, "A second superuser has to confirm it before the invitation goes out.")
            return redirect(f"admin:{_PAGE}")
    waiting = StaffRequest.objects.filter(status=StaffRequestStatus.OPEN)
    context = {
        **admin.site.each_context(request),
        "title": StaffRequestAdmin.index_name,
        "rows": waiting.select_related("organisation", "person", "requested_by").order_by("pk"),
        "form": form,
        "errors": problems(form),
    }
    template = "admin/registrations/registration/two_people.html"
    return render(request, template, context, status=422 if is_posted else 200)


@require_POST
@asks_for_password(f"admin:{_PAGE}")
def confirm(request: SignedInRequest, request_uuid: UUID) -> HttpResponse:
    """Confirm what a colleague asked for."""
    four_eyes.confirm(request_uuid, by=request.user, signed_in_at=last_sign_in(request))
    messages.success(request, "It is confirmed. Those concerned get an email.")
    return redirect(f"admin:{_PAGE}")


@require_POST
def withdraw(request: SignedInRequest, request_uuid: UUID) -> HttpResponse:
    """Withdraw what somebody asked for."""
    four_eyes.withdraw(request_uuid, by=request.user)
    messages.success(request, "It is withdrawn.")
    return redirect(f"admin:{_PAGE}")


@admin.register(StaffRequest)
class StaffRequestAdmin(ReadOnly):
    """The page in the navigation, for superusers."""

    index_name = "Needs two people"

    def get_urls(self) -> list[URLPattern]:
        """The page and its verbs; a request has no page of its own."""
        guarded = self.admin_site.admin_view
        return [
            path("", guarded(requests), name=_PAGE),
            path("<any_uuid:request_uuid>/confirm/", guarded(confirm), name="accounts_staffrequest_confirm"),
            path(
                "<any_uuid:request_uuid>/withdraw/", guarded(withdraw), name="accounts_staffrequest_withdraw"
            ),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return four_eyes.is_superuser(cast(User, request.user))
