"""Snoozing a request: the page with the form, and the end of a snooze."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin.claiming import form_page, keep_page, way_back
from registrations.admin.forms import CHOOSE, SeenForm
from registrations.admin.leaving import LEAVES, leave
from registrations.admin.pages import desk_only
from registrations.domain.waiting import WaitingOn
from registrations.forms.controls import FreeText
from registrations.models import Registration, Revision, Snooze
from registrations.workflow import desk, snoozing

_WAITING_ON: Final = [
    (WaitingOn.PARTNER.value, "The partner"),
    (WaitingOn.SECOND_PERSON.value, "A second person"),
    (WaitingOn.PLEO.value, "Somebody else at Pleo"),
]
_NO_DATE: Final = "Enter a date like 2026-11-30."


class _Day(forms.DateInput):
    input_type = "date"


class SnoozeForm(SeenForm):
    """Until when a request is snoozed, whom it waits on and why."""

    use_required_attribute = False

    until = forms.DateField(
        label="Until",
        input_formats=["%Y-%m-%d"],
        widget=_Day(format="%Y-%m-%d"),
        error_messages={"required": "Enter a date.", "invalid": _NO_DATE},
    )
    waiting_on = forms.ChoiceField(
        label="Waiting on", choices=_WAITING_ON, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    reason = FreeText(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you snooze it."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.possible = snoozing.possible_days(today)
        first, last = (day.isoformat() for day in self.possible)
        self.fields["until"].widget.attrs.update({"min": first, "max": last})

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if problem := snoozing.day_problem(until, self.possible):
            raise forms.ValidationError(problem)
        return until


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def snooze(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The page on which a reviewer snoozes a request; a post does it."""
    with way_back(request, uuid) as back:
        registration = Registration.objects.select_related("organisation").get(uuid=uuid)
        if not permissions.can_review(request.user, registration):
            raise NotAllowed("Only reviewers who do not belong to the organisation can snooze its requests.")
        revision = desk.revision_under_review(registration)
        today = timezone.now().date()
        typed = request.POST if request.method == "POST" else kept_values(request, do="send", done="sent")
        form = SnoozeForm(typed, initial=_as_snoozed(revision, request.user), today=today)
        if request.method != "POST":
            return _page(request, revision, form, back)
        if LEAVES in request.POST:
            return leave(request, form, request.path, to=back)
        if not form.is_valid():
            return _page(request, revision, form, back, status=422)
        try:
            made = snoozing.snooze(uuid, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            form.add_error("until", conflict.reason)
            return _page(request, revision, form, back, status=409)
    day = date_format(made.until, "j F Y")
    messages.success(request, f"You have snoozed {made.revision.client_name} until {day}.")
    return redirect(back)


def _as_snoozed(revision: Revision, person: User) -> dict[str, Any]:
    """What the form says before anything is typed: the person's own snooze, if there is one."""
    before: dict[str, Any] = {"seen_version": revision.number}
    if mine := Snooze.objects.filter(revision=revision, person=person).first():
        before |= {"until": mine.until, "waiting_on": mine.waiting_on, "reason": mine.reason}
    return before


def _page(
    request: SignedInRequest, revision: Revision, form: SnoozeForm, back: str, *, status: int = 200
) -> HttpResponse:
    title = f"Snooze: {revision.client_name}"
    return form_page(request, "snooze.html", title, revision, form, back, status=status)


@require_POST
@desk_only
def wake(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """End the reader's own snooze, so that the request is in their queue again."""
    with way_back(request, uuid) as back:
        keep_page(request, uuid)
        snoozing.wake(uuid, by=request.user)
    messages.success(request, "The snooze has ended. The request is in your queue again.")
    return redirect(back)
