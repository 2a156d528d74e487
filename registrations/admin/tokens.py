"""The desk's page about authorization servers: their tokens, and clients that they do not
serve as they are or that come with many wrong secrets.

A token is shown in the answer to the post that creates it, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.recent_sign_in import last_sign_in
from portal.admin_site import ReadOnly
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict
from registrations import permissions
from registrations.admin.forms import CHOOSE, problems
from registrations.admin.pages import verb_view
from registrations.domain.api_rights import ABOUT, Right
from registrations.models import ApiToken
from registrations.models.api_token import ENDS_SOON, LONGEST_NAME
from registrations.queries.served import last_inventories, late_clients
from registrations.queries.wrong_secrets import many_wrong
from registrations.rules.vocabulary import Environment
from registrations.workflow import api_tokens
from registrations.workflow.wrong_secrets import MANY

_PAGE: Final = "registrations_apitoken_changelist"
_LONGEST_KEY: Final = 18
_ONE_MORE: Final = (
    "A token of this server was created after this page was loaded; it is in the list. If you need another "
    "one, press “Create the token” again."
)
_WHAT_DAYS: Final = f"Enter a number from 1 to {api_tokens.MOST_DAYS}."


class TokenForm(forms.Form):
    """What a new token is for."""

    use_required_attribute = False

    server = forms.CharField(
        label="Server",
        max_length=LONGEST_NAME,
        error_messages={"required": "Name the server."},
        help_text="A name for people, such as login.example. Two tokens of one server work at once.",
    )
    environment = forms.ChoiceField(
        label="Environment",
        choices=[(one.value, one.value.capitalize()) for one in Environment],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    rights = forms.MultipleChoiceField(
        label="Rights",
        choices=[(right.value, f"{right}: {words}") for right, words in ABOUT.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one right.", "invalid_choice": CHOOSE["invalid_choice"]},
    )
    days = forms.IntegerField(
        label="Days that it works",
        min_value=1,
        max_value=api_tokens.MOST_DAYS,
        initial=api_tokens.DEFAULT_DAYS,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _WHAT_DAYS),
    )

    def clean(self) -> dict[str, Any]:
        """A page that is loaded again posts once more, and has not seen the token that it created."""
        given = super().clean() or self.cleaned_data
        seen = self.data.get("seen", "")
        if seen.isascii() and seen.isdigit() and len(seen) <= _LONGEST_KEY and "server" in given:
            server = " ".join(given["server"].split())
            if ApiToken.objects.filter(server=server, pk__gt=int(seen)).exists():
                self.add_error("server", _ONE_MORE)
        return given

    def save(self, *, by: Any, signed_in_at: datetime | None) -> tuple[ApiToken, str]:
        """Call the verb. Raises what that raises."""
        given = self.cleaned_data
        return api_tokens.create(
            given["server"],
            by=by,
            signed_in_at=signed_in_at,
            environment=given["environment"],
            rights={Right(right) for right in given["rights"]},
            days=given["days"],
        )


@dataclass(frozen=True)
class TokenRow:
    """A token, as the page lists it."""

    token: ApiToken
    now: datetime

    @property
    def works(self) -> bool:
        return self.token.works_at(self.now)

    @property
    def ends_soon(self) -> bool:
        return self.works and self.token.expires_at - self.now < ENDS_SOON

    @property
    def ending(self) -> str:
        """Why it does not work any more."""
        return "Revoked" if self.token.revoked_at else "Expired"


def _rows() -> Sequence[TokenRow]:
    """The tokens, those that work first."""
    now = timezone.now()
    rows = [TokenRow(token, now) for token in ApiToken.objects.select_related("created_by", "revoked_by")]
    return sorted(rows, key=lambda row: not row.works)


@sensitive_variables()
@asks_for_password(f"admin:{_PAGE}")
def tokens(request: SignedInRequest) -> HttpResponse:
    """List the tokens; create one, and show it in this answer, because a redirect could not carry it."""
    if not permissions.may_manage_tokens(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, TokenForm(kept_values(request, do="create", done="created")))
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        token, text = form.save(by=request.user, signed_in_at=last_sign_in(request))
    except Conflict as conflict:
        form.add_error("server", conflict.reason)
        return _show(request, form, status=409)
    return _show(request, TokenForm(), created=token, text=text)


@require_POST
def revoke(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Stop a token at once."""
    token = api_tokens.revoke(uuid, by=request.user)
    messages.success(request, f"The token {token.hint}… of {token.server} is revoked. It no longer works.")
    return redirect(f"admin:{_PAGE}")


def _show(
    request: SignedInRequest, form: TokenForm, *, status: int = 200, **created: ApiToken | str
) -> HttpResponse:
    rows = _rows()
    context = {
        **admin.site.each_context(request),
        "title": ApiTokenAdmin.index_name,
        "rows": rows,
        "seen": max((row.token.pk for row in rows), default=0),
        "form": form,
        "errors": problems(form),
        "late": late_clients(),
        "inventories": last_inventories(),
        "many_wrong": many_wrong(MANY),
        **created,
    }
    template = "admin/registrations/apitoken/tokens.html"
    return render(request, template, context, status=status)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    """The page in the navigation, for those who manage tokens."""

    index_name = "Authorization servers"

    def get_urls(self) -> list[URLPattern]:
        """The page and its verb; tokens have no page of their own."""
        return [
            path("", self.admin_site.admin_view(tokens), name=_PAGE),
            path(
                "<any_uuid:uuid>/revoke/",
                verb_view(self.admin_site, revoke, _PAGE, lists_all=True),
                name="registrations_apitoken_revoke",
            ),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_manage_tokens(request.user)  # type: ignore[arg-type]
