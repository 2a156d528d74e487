"""The pages about lost second factors: report one, and decide about those of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.recent_sign_in import ReauthenticationNeeded, last_sign_in
from portal.accounts.rules import rules
from portal.limits import LOST_FACTOR, spend
from portal.lost_factors import resetting
from portal.lost_factors.models import FactorReset


class ReasonForm(forms.Form):
    """Why somebody agrees: how they know that it is the person."""

    reason = forms.CharField(
        label="How you know that it is them",
        help_text="For example: we spoke on the phone. It stays on record.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say how you know that it is them."},
    )

    def clean_reason(self) -> str:
        reason = rules.written(self.cleaned_data["reason"])
        if problem := rules.text_problem(reason):
            raise forms.ValidationError(problem)
        if not reason:
            raise forms.ValidationError("Say how you know that it is them.")
        return reason


@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def report(request: HttpRequest) -> HttpResponse:
    """Report the second factor as lost, between the password and the second factor."""
    person = request._login_stage.login.user  # type: ignore[attr-defined]  # the decorator sets it
    if request.method == "POST":
        spend(LOST_FACTOR, str(person.pk))
        resetting.report(person)
        return render(request, "lost_factors/reported.html")
    return render(request, "lost_factors/report.html")


@require_safe
@login_required
def requests(request: SignedInRequest) -> HttpResponse:
    """What the person may decide on, and their own request."""
    return _page(request)


@require_POST
@login_required
def agree(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Agree to a request, with a reason."""
    form = ReasonForm(request.POST, prefix=str(uuid))
    if not form.is_valid():
        return _page(request, bound=form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        is_done = resetting.agree(uuid, by=request.user, reason=reason, signed_in_at=last_sign_in(request))
    except ReauthenticationNeeded:
        return redirect_to_login(reverse("lost_factors"), reverse("account_reauthenticate"))
    done = "The second factor is taken off. They can sign in with their password."
    messages.success(request, done if is_done else "You have agreed. A second member of staff has to, too.")
    return redirect("lost_factors")


@require_POST
@login_required
def refuse(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Refuse a request, or take back one's own."""
    resetting.refuse(uuid, by=request.user)
    messages.success(request, "The request is refused. The second factor stays.")
    return redirect("lost_factors")


def _page(request: SignedInRequest, *, bound: ReasonForm | None = None, status: int = 200) -> HttpResponse:
    rows = []
    for asked in resetting.open_requests(request.user):
        is_bound = bound is not None and bound.prefix == str(asked.uuid)
        rows.append({"asked": asked, "form": bound if is_bound else ReasonForm(prefix=str(asked.uuid))})
    context: dict[str, Any] = {
        "rows": rows,
        "own": FactorReset.objects.open().filter(user=request.user).first(),
    }
    return render(request, "lost_factors/requests.html", context, status=status)
