"""The page on which reviewers choose how they hear of submissions."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import SignedInRequest
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.admin.forms import CHOOSE, problems
from registrations.admin.pages import desk_only, render_page
from registrations.models import EmailChoice, SubmissionEmails
from registrations.workflow import submission_emails


class EmailsForm(forms.Form):
    """How the reviewer hears of submissions."""

    submissions = forms.ChoiceField(
        label="When something is submitted",
        choices=SubmissionEmails.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def my_emails(request: SignedInRequest) -> HttpResponse:
    """Show the choice, and save another."""
    if not permissions.may_review(request.user):
        raise NotAllowed("Only reviewers get emails about submissions.")
    if request.method != "POST":
        return _page(request, EmailsForm(initial={"submissions": _chosen(request)}))
    form = EmailsForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    submission_emails.choose(SubmissionEmails(form.cleaned_data["submissions"]), by=request.user)
    messages.success(request, "Your choice is saved. It counts for what is submitted from now on.")
    return redirect("admin:registrations_registration_my_emails")


def _chosen(request: SignedInRequest) -> str:
    chosen = EmailChoice.objects.filter(person=request.user).values_list("submissions", flat=True).first()
    return chosen or SubmissionEmails.DAILY


def _page(request: SignedInRequest, form: EmailsForm, *, status: int = 200) -> HttpResponse:
    context = {
        "title": "My emails",
        "form": form,
        "errors": problems(form),
        "hour": submission_emails.DIGEST_HOUR,
    }
    return render_page(request, "my_emails.html", context, status=status)
