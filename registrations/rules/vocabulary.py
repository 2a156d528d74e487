"""The fixed choices and limits of the record."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Environment(StrEnum):
    """Which authorization server a client is registered with."""

    STAGING = "staging"
    PRODUCTION = "production"


class PkceSupport(StrEnum):
    """Whether a client supports PKCE, the default, or requests an exception (rules P-01 and P-03)."""

    SUPPORTED = "supported"
    EXCEPTION_REQUESTED = "exception_requested"


class Tier(StrEnum):
    """How much access a scope gives.

    Above normal, the partner gives a reason (rule S-07); a restricted scope also needs a second reviewer.
    """

    NORMAL = "normal"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"


GRANT_TYPES: Final = ("authorization_code", "refresh_token")
RESPONSE_TYPES: Final = ("code",)
TOKEN_ENDPOINT_AUTH_METHOD: Final = "client_secret_basic"  # noqa: S105 - RFC 7591's name of a method
CODE_CHALLENGE_METHOD: Final = "S256"

MAX_URI_LENGTH: Final = 2048
MAX_HOST_LENGTH: Final = 253
MAX_REDIRECT_URIS: Final = 20
MAX_CONTACTS: Final = 10
MIN_NAME_LENGTH: Final = 2
MAX_NAME_LENGTH: Final = 80
MAX_SKELETON_LENGTH: Final = 240
"""Three times the limit of a name, because a Hangul syllable decomposes into up to three letters."""
MAX_SCOPE_LENGTH: Final = 1000
MIN_JUSTIFICATION_LENGTH: Final = 20
MIN_SCOPE_REASON_LENGTH: Final = 20
MAX_SCOPE_REASON_LENGTH: Final = 1000
MAX_TEXT_LENGTH: Final = 4000
"""Characters of a free text: justification, controls, a note."""
