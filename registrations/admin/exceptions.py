"""The desk's pages for PKCE exceptions: the list, and the page where one can be revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.kept_forms.showing import kept_values
from portal.paging import row_named, rows_after
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin.forms import problems
from registrations.admin.leaving import LEAVES, keep_unsent, leave
from registrations.admin.links import review_url
from registrations.admin.pages import desk_only, render_page
from registrations.admin.wording import pkce_words
from registrations.domain.lifecycle import PkceStatus
from registrations.forms.controls import FreeText
from registrations.models import PkceException
from registrations.rules.pkce import REMINDER_DAYS
from registrations.workflow import pkce

PAGE: Final = 50


@dataclass(frozen=True)
class Tab:
    """One list: its label, the sentence for an empty one, and the column that orders it.

    It holds what is requested, or what was in force and has ended, or else what is in force and ends within
    ``days``, if those are given.
    """

    label: str
    empty: str
    order: str
    is_requested: bool = False
    is_over: bool = False
    days: int | None = None

    def exceptions(self, today: date) -> QuerySet[PkceException]:
        """The rows of the list, in its order."""
        if self.is_requested:
            rows = PkceException.objects.requested()
        elif self.is_over:
            rows = PkceException.objects.over_on(today)
        else:
            rows = PkceException.objects.running_on(today)
        if self.days is not None:
            rows = rows.filter(expires_on__lte=today + timedelta(days=self.days))
        rows = rows.order_by(self.order, "-pk" if self.order.startswith("-") else "pk")
        rows = rows.select_related("revision", "registration__organisation", "decided_by")
        return rows.prefetch_related("revision__requested_scopes")


TABS: Final[Mapping[str, Tab]] = {
    "requested": Tab(
        "Requested", "No exceptions are waiting for a decision.", "requested_at", is_requested=True
    ),
    "ending": Tab("Ending soon", "No exceptions end within 30 days.", "expires_on", days=max(REMINDER_DAYS)),
    "running": Tab("In force", "No exceptions are in force.", "expires_on"),
    "over": Tab("Ended", "No exceptions have ended.", "-in_force_since", is_over=True),
}


class RevokeForm(forms.Form):
    """Revoke an exception before it ends."""

    reason = FreeText(
        label="Reason for revoking",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter a reason. The partner will see it."},
    )


@dataclass(frozen=True)
class ExceptionList:
    """One page of one list of exceptions."""

    key: str
    rows: list[PkceException]
    has_more: bool
    today: date

    tabs = TABS

    @property
    def tab(self) -> Tab:
        return TABS[self.key]

    @property
    def rows_in_words(self) -> list[tuple[PkceException, str]]:
        """Each row with how it ended, empty where it has not."""
        return [(one, how_it_ended(one, self.today) if self.tab.is_over else "") for one in self.rows]

    @property
    def next_url(self) -> str:
        """The URL of the next page, empty on the last."""
        return f"?show={self.key}&after={self.rows[-1].uuid}" if self.has_more else ""


@dataclass(frozen=True)
class ExceptionPage:
    """The page of one exception in force, for one member of staff."""

    exception: PkceException
    user: User
    form: RevokeForm
    kept: str = ""
    """Names what was typed, which is kept for the reader until the exception is revoked."""

    @property
    def runs(self) -> bool:
        """Whether its last day is still to come."""
        return self.exception.runs_on(timezone.now().date())

    @property
    def may_revoke(self) -> bool:
        return permissions.can_decide_pkce(self.user, self.exception.registration)

    def show(self, request: SignedInRequest, *, status: int = 200) -> HttpResponse:
        title = self.exception.revision.client_name
        context = {"title": title, "page": self, "errors": problems(self.form)}
        return render_page(request, "exception.html", context, status=status)


def how_it_ended(exception: PkceException, today: date) -> str:
    """How an exception that was in force ended; the day, where that was not its last."""
    words, over = pkce_words(exception.status, exception.expires_on, today), exception.over_since
    if over is None or exception.status == PkceStatus.LAPSED:
        return words
    return f"{words} on {date_format(over, 'j F Y')}"


def in_force(uuid: UUID) -> PkceException:
    """The exception in force of a registration; without one the answer is 404."""
    rows = PkceException.objects.in_force().filter(registration__uuid=uuid)
    return get_object_or_404(rows.select_related("revision", "registration__organisation", "decided_by"))


@require_safe
@desk_only
def exception_list(request: SignedInRequest) -> HttpResponse:
    """List exceptions, the longest wait or the nearest end first, and of those that ended the latest.

    ``after`` is the last one of the previous page.
    """
    asked = request.GET.get("show", "")
    key = asked if asked in TABS else "requested"
    today = timezone.now().date()
    rows = TABS[key].exceptions(today)
    last = row_named(PkceException.objects.all(), request.GET.get("after", ""))
    found = list(rows_after(rows, TABS[key].order, last)[: PAGE + 1])
    page = ExceptionList(key, found[:PAGE], has_more=len(found) > PAGE, today=today)
    return render_page(request, "exceptions.html", {"title": "PKCE exceptions", "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def exception_page(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show the exception in force of one client; a post revokes it, as pages of earlier versions send it."""
    if request.method == "POST":
        return revoke_exception(request, uuid)
    typed = kept_values(request, do="revoke", done="revoked")
    return ExceptionPage(in_force(uuid), request.user, RevokeForm(typed)).show(request)


@require_POST
@desk_only
def revoke_exception(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Revoke the exception in force."""
    exception = in_force(uuid)
    if not permissions.can_decide_pkce(request.user, exception.registration):
        raise NotAllowed("Only PKCE approvers who do not belong to the organisation can revoke exceptions.")
    form = RevokeForm(request.POST)
    address = reverse("admin:registrations_registration_exception", args=[uuid])
    if LEAVES in request.POST:
        return leave(request, form, address, to=review_url(exception.registration))
    if not form.is_valid():
        kept = keep_unsent(request, form, address)
        return ExceptionPage(exception, request.user, form, kept).show(request, status=422)
    try:
        pkce.revoke(uuid, exception.uuid, by=request.user, reason=form.cleaned_data["reason"])
    except Conflict as conflict:
        conflict.way_out = (reverse("admin:registrations_registration_exceptions"), "Back to the exceptions")
        raise
    messages.success(request, "The PKCE exception is revoked. The partner will see your reason.")
    return redirect("admin:registrations_registration_review", uuid)
