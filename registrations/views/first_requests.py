"""A client's first authorization request and token request, with its own values, ready to copy."""

from __future__ import annotations

import shlex
from typing import NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from registrations.models import Revision


class FirstRequests(NamedTuple):
    """The two requests of a client; ``live`` is its live revision.

    They return to the first redirect URI. Where a value is made anew for each request, a name in capitals
    stands for it.
    """

    authorize: str
    token: str
    client_id: UUID
    live: Revision

    @property
    def redirect_uri(self) -> str:
        return self.live.uris()[0]

    @property
    def has_other_uris(self) -> bool:
        return len(self.live.uris()) > 1

    @property
    def authorization(self) -> str:
        """The URL that the user's browser is sent to (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.live.scopes()),
            "state": "STATE",
            "code_challenge": "CODE_CHALLENGE",
            "code_challenge_method": "S256",
        }
        return f"{self.authorize}?{urlencode(parameters, quote_via=quote)}"

    @property
    def token_parameter(self) -> str:
        """The redirect URI as a parameter of the token request, quoted for a shell."""
        return shlex.quote(f"redirect_uri={self.redirect_uri}")
