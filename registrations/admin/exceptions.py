"""The desk's pages for PKCE exceptions: the list, and the page where one can be revoked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.paging import row_named, rows_after
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin.forms import problems
from registrations.domain.lifecycle import PkceStatus
from registrations.models import PkceException
from registrations.rules.pkce import REMINDER_DAYS
from registrations.rules.vocabulary import MAX_TEXT_LENGTH
from registrations.workflow import pkce

PAGE: Final = 50
Rows = QuerySet[PkceException]


class Tab(NamedTuple):
    """One list: its label, its rows on a given day, and the column that orders it."""

    label: str
    empty: str
    rows: Callable[[date], Q]
    order: str


def _requested(today: date) -> Q:
    return Q(status=PkceStatus.REQUESTED)


def _running(today: date) -> Q:
    """In force by date, whether or not the worker has recorded the end."""
    return Q(status=PkceStatus.IN_FORCE, expires_on__gte=today)


def _ending(today: date) -> Q:
    return _running(today) & Q(expires_on__lte=today + timedelta(days=max(REMINDER_DAYS)))


_TABS: Final[Mapping[str, Tab]] = {
    "requested": Tab("Requested", "No exception waits for a decision.", _requested, "requested_at"),
    "ending": Tab("Ending soon", "No exception ends within 30 days.", _ending, "expires_on"),
    "running": Tab("In force", "No exception is in force.", _running, "expires_on"),
}


class RevokeForm(forms.Form):
    """Revoke an exception before it ends."""

    reason = forms.CharField(
        label="Why it is revoked",
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why: the partner reads it."},
    )


@require_safe
def listing(request: SignedInRequest, *, frame: Mapping[str, Any]) -> HttpResponse:
    """List exceptions, the longest wait or the nearest end first.

    ``after`` is the last one of the previous page.
    """
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    key = request.GET.get("show", "")
    key = key if key in _TABS else "requested"
    tab, today = _TABS[key], timezone.now().date()
    rows = PkceException.objects.filter(tab.rows(today)).order_by(tab.order, "pk")
    rows = rows.select_related("revision", "registration__organisation")
    last = row_named(PkceException.objects.all(), request.GET.get("after", ""))
    found = list(rows_after(rows, tab.order, last)[: PAGE + 1])
    context = {
        **frame,
        "title": "PKCE exceptions",
        "is_nav_sidebar_enabled": False,
        "tabs": [(name, one.label, name == key) for name, one in _TABS.items()],
        "rows": found[:PAGE],
        "empty": tab.empty,
        "is_requested": key == "requested",
        "next_url": f"?show={key}&after={found[PAGE - 1].uuid}" if len(found) > PAGE else "",
    }
    return render(request, "admin/registrations/registration/exceptions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SignedInRequest, uuid: UUID, *, frame: Mapping[str, Any]) -> HttpResponse:
    """The exception in force of one client, with the form that revokes it."""
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    rows = PkceException.objects.filter(status=PkceStatus.IN_FORCE, registration__uuid=uuid)
    exception = get_object_or_404(rows.select_related("revision", "registration__organisation", "decided_by"))
    if request.method != "POST":
        return _page(request, frame, exception, RevokeForm())
    if not permissions.can_decide_pkce(request.user, exception.registration):
        raise NotAllowed("Only PKCE approvers who do not belong to the organisation revoke exceptions.")
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _page(request, frame, exception, form, status=422)
    return _revoke(request, uuid, exception, form)


def _revoke(request: SignedInRequest, uuid: UUID, exception: PkceException, form: RevokeForm) -> HttpResponse:
    try:
        pkce.revoke(uuid, exception.uuid, by=request.user, reason=form.cleaned_data["reason"])
    except Conflict as conflict:
        conflict.way_out = (reverse("admin:registrations_registration_exceptions"), "Back to the exceptions")
        raise
    messages.success(request, "The PKCE exception is revoked. The partner reads your reason.")
    return redirect("admin:registrations_registration_review", uuid)


def _page(
    request: SignedInRequest,
    frame: Mapping[str, Any],
    exception: PkceException,
    form: RevokeForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame,
        "title": exception.revision.client_name,
        "is_nav_sidebar_enabled": False,
        "exception": exception,
        "runs": exception.runs_on(timezone.now().date()),
        "may_decide_pkce": permissions.can_decide_pkce(request.user, exception.registration),
        "form": form,
        "errors": problems(form),
    }
    return render(request, "admin/registrations/registration/exception.html", context, status=status)


def app_row() -> dict[str, Any]:
    """The row of the desk's index that links to the list, in the admin's format."""
    return {
        "name": "PKCE exceptions",
        "object_name": "PkceException",
        "model": PkceException,
        "perms": {"add": False, "change": False, "delete": False, "view": True},
        "admin_url": reverse("admin:registrations_registration_exceptions"),
        "add_url": None,
        "view_only": True,
    }
