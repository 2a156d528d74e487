"""What a partner copies to connect a client: its own values, ready for a file, a shell and Postman."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote
from uuid import UUID

from registrations.domain.rotation import client_secret_expires_at
from registrations.models import Revision
from registrations.rules.vocabulary import GRANT_TYPES, RESPONSE_TYPES, TOKEN_ENDPOINT_AUTH_METHOD

SECRET: Final = "<your client secret>"  # noqa: S105 — what stands in its place
_POSTMAN: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


class Part(NamedTuple):
    """A part of a text to copy; ``place`` names what a script may put there instead."""

    text: str
    place: str = ""


class FirstRequests(NamedTuple):
    """The texts of one client; ``live`` is its live revision, ``expires_at`` the end of its secret, if it has
    one, and ``chosen`` the place of the redirect URI.

    Where a value is made anew for each request, a name in capitals stands for it. The secret is in none of
    them: on the page that reveals it, a script adds it to what is copied.
    """

    authorize: str
    token: str
    client_id: UUID
    live: Revision
    expires_at: datetime | None
    chosen: int = 0

    @property
    def uris(self) -> Sequence[str]:
        return self.live.uris()

    @property
    def redirect_uri(self) -> str:
        return self.uris[self.chosen]

    @property
    def scope(self) -> str:
        return " ".join(self.live.scopes())

    @property
    def env(self) -> Sequence[Part]:
        """The variables of the client."""
        return [
            Part(f"CLIENT_ID={self.client_id}\nCLIENT_SECRET="),
            Part(SECRET, "secret"),
            Part("\nREDIRECT_URI="),
            Part(shlex.quote(self.redirect_uri), "uri-shell"),
            Part(
                f"\nSCOPE={shlex.quote(self.scope)}\nAUTHORIZE_URL={self.authorize}\nTOKEN_URL={self.token}"
            ),
        ]

    @property
    def document(self) -> Sequence[Part]:
        """The client under the names of RFC 7591 section 3.2.1."""
        members = {
            "client_id": str(self.client_id),
            "client_secret": SECRET,
            "client_secret_expires_at": client_secret_expires_at(self.expires_at),
            "client_name": self.live.client_name,
            "redirect_uris": list(self.uris),
            "scope": self.scope,
            "token_endpoint_auth_method": TOKEN_ENDPOINT_AUTH_METHOD,
            "grant_types": list(GRANT_TYPES),
            "response_types": list(RESPONSE_TYPES),
        }
        before, _, after = json.dumps(members, indent=2, ensure_ascii=False).partition(SECRET)
        return [Part(before), Part(SECRET, "secret"), Part(after)]

    @property
    def curl(self) -> Sequence[Part]:
        """The token request (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""
        lines = (
            f"curl {self.token}",
            f'--user "{self.client_id}:$CLIENT_SECRET"',
            "--data grant_type=authorization_code",
            '--data-urlencode "code=$CODE"',
            '--data-urlencode "code_verifier=',
        )
        return [
            Part(" \\\n  ".join(lines)),
            Part("$CODE_VERIFIER", "verifier"),
            Part('" \\\n  --data-urlencode '),
            Part(shlex.quote(f"redirect_uri={self.redirect_uri}"), "uri-parameter"),
        ]

    @property
    def authorization(self) -> Sequence[Part]:
        """The URL that the user's browser is sent to (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
        return [
            Part(f"{self.authorize}?response_type=code&client_id={self.client_id}&redirect_uri="),
            Part(quote(self.redirect_uri, safe=""), "uri-encoded"),
            Part(f"&scope={quote(self.scope)}&state="),
            Part("STATE", "state"),
            Part("&code_challenge="),
            Part("CODE_CHALLENGE", "challenge"),
            Part("&code_challenge_method=S256"),
        ]

    @property
    def postman(self) -> Sequence[Part]:
        """A collection whose requests get their tokens as this client."""
        values = {
            "grant_type": "authorization_code_with_pkce",
            "authUrl": self.authorize,
            "accessTokenUrl": self.token,
            "clientId": str(self.client_id),
            "clientSecret": SECRET,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "challengeAlgorithm": "S256",
            "client_authentication": "header",
            "addTokenTo": "header",
        }
        settings = [{"key": key, "value": value, "type": "string"} for key, value in values.items()]
        collection = {
            "auth": {"type": "oauth2", "oauth2": settings},
            "item": [],
            "info": {"name": self.live.client_name, "schema": _POSTMAN},
        }
        written = json.dumps(collection, indent=2, ensure_ascii=False)
        before, _, rest = written.partition(SECRET)
        uri = json.dumps(self.redirect_uri, ensure_ascii=False)[1:-1]
        between, _, after = rest.partition(uri)
        return [Part(before), Part(SECRET, "secret"), Part(between), Part(uri, "uri-json"), Part(after)]
