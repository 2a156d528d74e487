"""The desk's page to revoke a secret of a client. It shows hints and states; staff never see a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import SignedInRequest
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict, Gone, NotAllowed
from registrations import permissions
from registrations.admin.client import WHY, ClientPage, submitted
from registrations.admin.forms import problems
from registrations.admin.leaving import LEAVES, keep_unsent, leave
from registrations.admin.links import review_url
from registrations.admin.pages import desk_only, render_page
from registrations.domain.lifecycle import LIVE_STATUSES
from registrations.forms.controls import FreeText
from registrations.forms.status_words import SECRET_WORDS
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.queries.secrets import SecretRow, secrets_of
from registrations.workflow import secrets

ONLY_OTHERS: Final = "Only reviewers who do not belong to the organisation can revoke secrets of its clients."
_GONE: Final = "This secret no longer works. Choose again."


class RevokeSecretForm(forms.Form):
    """Which secret to revoke, and why."""

    secret = forms.ChoiceField(
        label="Secret",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a secret.", "invalid_choice": _GONE},
    )
    leaked = forms.BooleanField(label="Somebody else may know it", required=False)
    reason = FreeText(
        label="Reason for revoking", widget=forms.Textarea(attrs={"rows": 4}), error_messages=WHY
    )

    def __init__(self, rows: Sequence[SecretRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: forms.ChoiceField = self.fields["secret"]  # type: ignore[assignment]
        choices.choices = [(str(row.uuid), _label(row)) for row in rows]
        if len(rows) == 1:
            self.initial["secret"] = str(rows[0].uuid)

    def save(self, uuid: UUID, *, by: Any) -> None:
        """Call the verb. Raises what that raises."""
        given = self.cleaned_data
        reason, leaked = given["reason"], given["leaked"]
        secrets.revoke_at_desk(uuid, UUID(given["secret"]), by=by, reason=reason, leaked=leaked)


@dataclass
class RevokeSecretPage(ClientPage):
    """The page with its form, new or as it was posted. ``conflict`` says why the verb refused it, ``kept``
    names what was typed, which is kept for the reader until the secret is revoked."""

    form: RevokeSecretForm | None = None
    conflict: str = ""
    kept: str = ""

    @cached_property
    def rows(self) -> list[SecretRow]:
        """The secrets that can be revoked, the newest first."""
        return [row for row in secrets_of(self.registration).rows if row.is_revocable]

    @property
    def has_exception(self) -> bool:
        return pkce_free_until(self.registration) is not None

    def show(self, request: SignedInRequest, *, status: int = 200) -> HttpResponse:
        if request.method == "POST" and self.form:
            self.kept = keep_unsent(request, self.form, request.path)
        context = {
            "title": f"Revoke a secret of {self.name}",
            "page": self,
            "form": self.form,
            "errors": problems(self.form),
        }
        return render_page(request, "client_revoke_secret.html", context, status=status)


def _label(row: SecretRow) -> str:
    """Its hint, its state and its age: all that staff know of a secret."""
    words, at = SECRET_WORDS[row.status].label, f"{date_format(row.issued_at, 'j F Y, H:i')} UTC"
    if row.adopted:
        return f"from before this portal, last digits unknown · {words} · adopted {at}"
    return f"ends in {row.hint} · {words} · created {at}"


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def revoke_secret(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show which secrets work or wait to be revealed; revoke one at once."""
    registration = submitted(uuid)
    back = (review_url(registration), "Back to the review page")
    if not permissions.can_suspend(request.user, registration):
        raise NotAllowed(ONLY_OTHERS, way_out=back)
    page, is_posted = RevokeSecretPage(registration, request.user), request.method == "POST"
    rows = page.rows if registration.stage in LIVE_STATUSES else []
    if not rows:
        raise Conflict("This client has no secret that could be revoked.", way_out=back)
    page.form = RevokeSecretForm(
        rows, request.POST if is_posted else kept_values(request, do="confirm", done="done")
    )
    if not is_posted:
        return page.show(request)
    if LEAVES in request.POST:
        return leave(request, page.form, request.path, to=back[0])
    if not page.form.is_valid():
        return page.show(request, status=422)
    try:
        page.form.save(uuid, by=request.user)
    except (Conflict, Gone) as refusal:
        page.conflict = refusal.reason
        return page.show(request, status=409)
    messages.success(request, "The secret is revoked. The partner will see your reason.")
    return redirect(review_url(registration))


def urls(site: AdminSite) -> list[URLPattern]:
    """The page; it keeps what was typed by somebody who was signed out."""
    view, name = keeps_what_is_typed(site.admin_view(revoke_secret)), "registrations_registration"
    return [path("<any_uuid:uuid>/revoke-secret/", view, name=f"{name}_revoke_secret")]
