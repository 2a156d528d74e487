"""Writing to the reviewers while a version is under review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.showing import kept_values
from portal.limits import MESSAGE, spend
from portal.refusals import Conflict
from registrations.forms.controls import FreeText, storable
from registrations.queries.overview import RegistrationOverview
from registrations.rules import free_text
from registrations.views.access import back_to, to_work_on
from registrations.workflow import comments

_NO_REVIEW = "Nothing is under review."


class MessageForm(forms.Form):
    """One message."""

    text = FreeText(label="Message to Pleo", error_messages={"required": "Write something first."})

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if problem := free_text.problem(text):
            raise ValidationError(problem)
        return text


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def message(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Send a message, or show it again with what is wrong; also if the review ended while it was typed."""
    found = to_work_on(request, uuid)
    if request.method != "POST":
        form = MessageForm(kept_values(request, do="send", done="sent"))
        if found.under_review is not None:
            return _page(request, found, form, status=200)
        if not form.is_bound:
            raise Conflict(_NO_REVIEW, way_out=back_to(uuid))
        form.add_error("text", _NO_REVIEW)
        return _page(request, found, form, status=409)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    spend(MESSAGE, str(request.user.pk))
    try:
        comments.message(uuid, by=request.user, text=form.cleaned_data["text"])
    except Conflict as refusal:
        form.add_error("text", refusal.reason)
        return _page(request, found, form, status=refusal.status)
    messages.success(request, "Your message is sent. Pleo reads it with your submission.")
    return redirect(f"{reverse('registrations:detail', args=[uuid])}#comments")


def _page(
    request: PartnerRequest, found: RegistrationOverview, form: MessageForm, *, status: int
) -> HttpResponse:
    context: dict[str, Any] = {
        "registration": found.registration,
        "overview": found,
        "form": form,
        "text": storable(str(form.data.get("text", ""))),
        "complaint": " ".join(str(error) for error in form.errors.get("text", [])),
    }
    return render(request, "registrations/message.html", context, status=status)
