"""Accounts whose owners sign in at the OpenID Connect provider of the settings.

A connected account may have a password, too. One without has no other way in, so that nobody who lost their
place at the provider comes back by an email or a passkey. A superuser's account never counts as connected.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from portal.refusals import Refusal

BY_PROVIDER: Final = "socialaccount"
"""What allauth calls such a sign-in in the records of a session, and we in the events."""


class ProviderSignInNeeded(Refusal):
    """403: this account is signed in to at the provider alone."""

    status = 403
    heading = "This account has another way to sign in"

    def __init__(self) -> None:
        super().__init__(
            f"Choose “Sign in with {provider_name()}” on the sign-in page.",
            way_out=("/accounts/login/", "To the sign-in page"),
        )


def provider_name() -> str:
    """What people call the provider; empty where none is set."""
    return settings.PORTAL_OIDC.name if settings.PORTAL_OIDC else ""


def subject_of(person: Any) -> str:
    """Who the person is at the provider; empty where they are not connected, and for superusers."""
    provider = settings.PORTAL_OIDC
    if provider is None or person.is_superuser:
        return ""
    connected = person.socialaccount_set.filter(provider=provider.issuer).order_by("pk")
    return "".join(connected.values_list("uid", flat=True)[:1])


def is_provider_only(person: Any) -> bool:
    """Whether the provider is the only way into the account."""
    return not person.has_usable_password() and bool(subject_of(person))


def require_provider_sign_in(request: HttpRequest, person: Any) -> None:
    """Raise ProviderSignInNeeded where somebody is about to get into such an account by another way."""
    if is_provider_only(person):
        records = get_authentication_records(request, person)
        if not records or records[-1]["method"] != BY_PROVIDER:
            raise ProviderSignInNeeded
