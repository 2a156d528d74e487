"""The way to the provider and back: to sign in, and to prove again who one is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import clear_authentication_records, record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.accounts.provider_accounts import BY_PROVIDER, subject_of
from portal.accounts.second_factor import PROVIDER as FACTOR_OF_PROVIDER
from portal.limits import PROVIDER, client_network, spend
from portal.refusals import Refusal
from portal.sessions.models import STAFF
from portal.staff_provider.admission import SIGN_IN, SignInRefused, admit
from portal.staff_provider.calls import Calls, ProviderFailed
from portal.staff_provider.configuration import Provider
from portal.staff_provider.identities import LEEWAY, Identity, authorization_url, discover, redeem

AGAIN: Final = timedelta(minutes=5)
"""How long ago somebody may have signed in at the provider who was sent there to do so again."""
Begun = dict[str, Any]
"""What the session keeps of a sign-in at the provider: nonce, verifier, the page to go on to, and who it is
who signs in again, if so."""
log = structlog.stdlib.get_logger("portal.staff_provider")


class ProviderUnavailable(Refusal):
    """503: the provider does not answer as it should."""

    status = 503
    heading = "We cannot sign you in this way right now"


class SignInExpired(Refusal):
    """400: nobody began this sign-in here, or too long ago, or it was used already."""

    status = 400
    heading = "This sign-in has expired"


class NotProven(Refusal):
    """403: the provider sent somebody back who did not sign in there, or not now, or as somebody else."""

    status = 403
    heading = "You did not sign in"


@require_http_methods(["GET"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the provider. A link on another site leads to the sign-in page instead, which asks first."""
    provider, wanted = _configured(), get_next_redirect_url(request)
    if request.user.is_authenticated:
        return redirect(wanted or get_adapter().get_login_redirect_url(request))
    if _comes_from_elsewhere(request):
        return redirect(_with_next("account_login", wanted))
    # A sign-in there may be as old as the sessions of staff become here.
    oldest = str(int(STAFF.longest.total_seconds()))
    return _leave(request, provider, wanted, max_age=oldest)


@require_http_methods(["GET"])
@never_cache
def again(request: HttpRequest) -> HttpResponse:
    """Lead somebody who is connected to the provider, to sign in there again."""
    provider, wanted = _configured(), get_next_redirect_url(request)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    if not subject_of(request.user):
        raise Http404
    if _comes_from_elsewhere(request):
        return redirect(_with_next("account_reauthenticate", wanted))
    return _leave(request, provider, wanted, person=request.user, prompt="login", max_age="0")


@require_http_methods(["GET"])
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the provider sends the browser back with, once and in the session that left for it."""
    provider = _configured()
    begun = statekit.unstash_state(
        request, provider_id=provider.issuer, state_id=request.GET.get("state", "")
    )
    if begun is None:
        raise SignInExpired("Begin again on the sign-in page.", way_out=SIGN_IN)
    if not request.GET.get("code"):
        raise NotProven(f"{provider.name} did not sign you in.", way_out=_way_back(begun))
    with _page_for_failures(provider, begun):
        if request.GET.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
            raise ProviderFailed("the answer is another issuer's")
        identity = redeem(
            provider,
            request.GET["code"],
            verifier=begun["verifier"],
            nonce=begun["nonce"],
            redirect_uri=_redirect_uri(),
            calls=Calls(),
        )
    _require_new_enough(identity, provider, begun)
    return (_confirm if begun["person"] else _enter)(request, identity, provider, begun)


def _configured() -> Provider:
    """The provider of the settings. Raises Http404 where there is none."""
    if settings.PORTAL_OIDC is None:
        raise Http404
    provider: Provider = settings.PORTAL_OIDC
    return provider


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that no page of the portal led here. Old browsers say nothing."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def _with_next(page: str, wanted: str | None) -> str:
    return reverse(page, query={"next": wanted} if wanted else None)


def _redirect_uri() -> str:
    return f"{settings.PORTAL_BASE_URL}{reverse('provider_callback')}"


def _way_back(begun: Begun) -> tuple[str, str]:
    if not begun["person"]:
        return SIGN_IN
    return _with_next("account_reauthenticate", begun["next"]), "Try again"


@contextmanager
def _page_for_failures(provider: Provider, begun: Begun) -> Iterator[None]:
    """Turn a failure of the provider into a page, and log what it was."""
    try:
        yield
    except ProviderFailed as failure:
        log.warning("sign_in_provider_failed", reason=str(failure))
        raise ProviderUnavailable(
            f"{provider.name} does not answer as it should. Try again in a few minutes. If your account here"
            " has a password, you can sign in with it meanwhile.",
            way_out=_way_back(begun),
        ) from failure


def _leave(
    request: HttpRequest,
    provider: Provider,
    wanted: str | None,
    *,
    person: User | None = None,
    **parameters: str,
) -> HttpResponse:
    """Remember the sign-in in the session, and redirect to the provider."""
    spend(PROVIDER, client_network(request))
    proof = generate_code_challenge()
    begun = {
        "nonce": secrets.token_urlsafe(32),
        "verifier": proof["code_verifier"],
        "next": wanted or "",
        "person": person.pk if person else None,
    }
    with _page_for_failures(provider, begun):
        endpoints = discover(provider, Calls())
    return HttpResponseRedirect(
        authorization_url(
            provider,
            endpoints,
            redirect_uri=_redirect_uri(),
            state=statekit.stash_state(request, provider_id=provider.issuer, state=begun),
            nonce=begun["nonce"],
            code_challenge=proof["code_challenge"].decode(),
            code_challenge_method=proof["code_challenge_method"],
            **parameters,
        )
    )


def _require_new_enough(identity: Identity, provider: Provider, begun: Begun) -> None:
    """Raise NotProven where somebody signed in at the provider longer ago than the portal allows.

    At a normal sign-in the provider need not say when that was; it is then never a recent one.
    """
    longest = AGAIN if begun["person"] else STAFF.longest + LEEWAY
    at = identity.signed_in_at
    is_missing = at is None and begun["person"]
    if is_missing or (at is not None and timezone.now() - at > longest):
        raise NotProven(
            f"{provider.name} says that you signed in there too long ago, or does not say when.",
            way_out=_way_back(begun),
        )


def _enter(request: HttpRequest, identity: Identity, provider: Provider, begun: Begun) -> HttpResponse:
    """Sign in whom the provider vouches for."""
    person = _admitted(request, identity, provider)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    clear_authentication_records(request)
    with transaction.atomic():
        _record(request, person, identity)
        response: HttpResponse = perform_login(
            request, person, redirect_url=begun["next"] or None, email=person.email
        )
    return response


def _confirm(request: HttpRequest, identity: Identity, provider: Provider, begun: Begun) -> HttpResponse:
    """Note that the person of this session has signed in again, and go on to the page they wanted."""
    person = request.user
    if not isinstance(person, User) or person.pk != begun["person"] or subject_of(person) != identity.subject:
        raise NotProven(
            f"You signed in with {provider.name} as somebody else than here.", way_out=_way_back(begun)
        )
    _admitted(request, identity, provider)
    if not request.session.exists(request.session.session_key or ""):
        logout(request)
        return redirect(_with_next("account_login", begun["next"]))
    _record(request, person, identity, reauthenticated=True)
    return redirect(begun["next"] or resolve_url("account_email"))


def _admitted(request: HttpRequest, identity: Identity, provider: Provider) -> User:
    """The account, as `admit` has it; where that ended this very session, nothing of it is used any more."""
    try:
        return admit(identity, provider)
    except SignInRefused:
        if not request.session.exists(request.session.session_key or ""):
            logout(request)
        raise


def _record(request: HttpRequest, person: User, identity: Identity, **more: bool) -> None:
    """Note in the session how the person signed in, at the time when they did so at the provider."""
    at: datetime | None = identity.signed_in_at
    seconds = at.timestamp() if at else 0.0
    if identity.is_second_factor:
        record_authentication(request, person, "mfa", type=FACTOR_OF_PROVIDER, at=seconds, **more)
    about = {"provider": identity.issuer, "uid": identity.subject}
    record_authentication(request, person, BY_PROVIDER, at=seconds, **about, **more)
