"""Who somebody is at the provider: the way there, and what it says of them, checked before it is believed.

OpenID Connect Core 1.0 by the authorization code flow, with PKCE. allauth's own code for it does not look at
the signature of an ID token that came over TLS, takes whatever issuer the discovery document names, and sends
no nonce; so all of section 3.1.3.7 is checked here.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

import jwt
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from portal.staff_provider.calls import Answer, Calls, ProviderFailed
from portal.staff_provider.configuration import Provider

ALGORITHMS: Final = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
)
"""Signatures with a public key: with a shared one, or none, the token would prove nothing."""
REQUIRED: Final = ["iss", "sub", "aud", "exp", "iat"]
LEEWAY: Final = timedelta(minutes=1)
"""How far two clocks may be apart."""
LONGEST_SUBJECT: Final = 191
"""What allauth's table holds; OpenID Connect allows 255."""
UNREADABLE: Final = (
    jwt.PyJWTError,
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    OverflowError,
)
"""What PyJWT raises for tokens and keys that are none."""


@dataclass(frozen=True)
class Endpoints:
    """The addresses of the provider, from its discovery document; ``userinfo`` is empty if it has none."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    takes_secret_in_form: bool


@dataclass(frozen=True)
class Identity:
    """Who somebody is: ``subject`` at ``issuer``, and the ``claims`` about them.

    ``signed_in_at`` is when they last proved that to the provider; None where it does not say. Only what the
    signed token holds says how they did.
    """

    issuer: str
    subject: str
    claims: Mapping[str, Any]
    signed_in_at: datetime | None
    is_second_factor: bool

    def values(self, claim: str) -> frozenset[str]:
        """The values of a claim, which is a text, a truth value or a list of them."""
        found = self.claims.get(claim)
        several = found if isinstance(found, list) else [found]
        words = {True: "true", False: "false"}
        return frozenset(
            words[one] if isinstance(one, bool) else str(one) for one in several if one is not None
        )


def discover(provider: Provider, calls: Calls) -> Endpoints:
    """Read the discovery document. Raises ProviderFailed where it is another issuer's, or incomplete."""
    document = calls.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != provider.issuer:
        raise ProviderFailed("the discovery document is another issuer's")
    methods = document.get("token_endpoint_auth_methods_supported")
    return Endpoints(
        authorization=_endpoint(document, "authorization_endpoint", provider),
        token=_endpoint(document, "token_endpoint", provider),
        keys=_endpoint(document, "jwks_uri", provider),
        userinfo=_endpoint(document, "userinfo_endpoint", provider)
        if "userinfo_endpoint" in document
        else "",
        takes_secret_in_form=isinstance(methods, list) and "client_secret_basic" not in methods,
    )


def authorization_url(provider: Provider, endpoints: Endpoints, **parameters: str) -> str:
    """Where the browser goes to sign in there; ``parameters`` come beside those of every such request."""
    common = {"response_type": "code", "client_id": provider.client_id, "scope": " ".join(provider.scopes)}
    if provider.acr:
        common["acr_values"] = " ".join(provider.acr)
    parts = urlsplit(endpoints.authorization)
    queries = [query for query in (parts.query, urlencode({**common, **parameters})) if query]
    return urlunsplit(parts._replace(query="&".join(queries)))


def redeem(
    provider: Provider, code: str, *, verifier: str, nonce: str, redirect_uri: str, calls: Calls
) -> Identity:
    """Exchange the code for an ID token, and return who it is about. Raises ProviderFailed."""
    endpoints = discover(provider, calls)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    secret, headers = _client_authentication(provider, endpoints)
    answer = calls.post(endpoints.token, {**form, "code_verifier": verifier, **secret}, headers)
    token = _verified(answer.get("id_token"), provider, calls.get(endpoints.keys))
    if not constant_time_compare(str(token.get("nonce")), nonce):
        raise ProviderFailed("the ID token is of another sign-in")
    subject = token["sub"]
    if not (0 < len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable()):
        raise ProviderFailed("the ID token has no usable subject")
    return Identity(
        issuer=provider.issuer,
        subject=subject,
        claims={**_userinfo(answer, token, provider, endpoints, calls), **token},
        signed_in_at=_time_of_sign_in(token),
        is_second_factor=_is_second_factor(token, provider),
    )


def _endpoint(document: Answer, name: str, provider: Provider) -> str:
    """An address in the document: https, or whatever the issuer itself speaks."""
    value = document.get(name)
    try:
        parts = urlsplit(value if isinstance(value, str) and value.isascii() and value.isprintable() else "")
        is_usable = bool(parts.hostname) and parts.port != 0 and " " not in parts.geturl()
    except ValueError:
        is_usable = False
    if not is_usable or parts.scheme not in ("https", urlsplit(provider.issuer).scheme):
        raise ProviderFailed(f"{name} is no address that can be used")
    return parts._replace(fragment="").geturl()


def _client_authentication(provider: Provider, endpoints: Endpoints) -> tuple[dict[str, str], dict[str, str]]:
    """The client's secret, in fields of the form or in a header (RFC 6749, section 2.3.1)."""
    if endpoints.takes_secret_in_form:
        return {"client_id": provider.client_id, "client_secret": provider.client_secret}, {}
    pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _verified(token: object, provider: Provider, keys: Answer) -> Answer:
    """The claims of an ID token: signed by the provider, for the portal, and not expired."""
    try:
        claims = _claims_signed(str(token), provider, keys)
    except UNREADABLE as error:
        raise ProviderFailed(f"the ID token is not valid: {type(error).__name__}") from error
    audience = claims["aud"]
    is_for_several = isinstance(audience, list) and len(audience) > 1
    if (is_for_several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise ProviderFailed("the ID token was issued to another client")
    return claims


def _claims_signed(token: str, provider: Provider, keys: Answer) -> Answer:
    """Try the keys that may have signed it. Raises one of UNREADABLE where none did, or a claim is wrong."""
    header = jwt.get_unverified_header(token)
    algorithm, name = header["alg"], header.get("kid")
    if algorithm not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    for key in keys["keys"]:
        if key.get("alg", algorithm) != algorithm or key.get("use", "sig") != "sig":
            continue
        if name is not None and key.get("kid") != name:
            continue
        try:
            claims: Answer = jwt.decode(
                token,
                jwt.PyJWK(key, algorithm).key,
                algorithms=[algorithm],
                audience=provider.client_id,
                issuer=provider.issuer,
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
            continue
        return claims
    raise jwt.InvalidSignatureError


def _userinfo(
    answer: Answer, token: Answer, provider: Provider, endpoints: Endpoints, calls: Calls
) -> Answer:
    """What the provider says about the person elsewhere, if the token leaves out what is needed."""
    needed = {"email", "email_verified", provider.groups_claim, *(provider.claim or ())[:1]}
    if needed <= token.keys() or not endpoints.userinfo:
        return {}
    found = calls.get(endpoints.userinfo, {"Authorization": f"Bearer {answer.get('access_token', '')}"})
    if found.get("sub") != token["sub"]:  # section 5.3.4: an answer about somebody else
        raise ProviderFailed("the userinfo is about somebody else")
    return found


def _time_of_sign_in(token: Answer) -> datetime | None:
    found = token.get("auth_time")
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    now = timezone.now()
    if not 0 < found <= (now + LEEWAY).timestamp() or not math.isfinite(found):
        raise ProviderFailed("auth_time is no time in the past")
    return min(datetime.fromtimestamp(found, UTC), now)


def _is_second_factor(token: Answer, provider: Provider) -> bool:
    methods = token.get("amr")
    used = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return token.get("acr") in provider.acr or not used.isdisjoint(provider.amr)
