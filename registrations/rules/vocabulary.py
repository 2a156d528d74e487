"""The words of the record: field names, fixed choices and limits.

Names are RFC 7591 section 2's wherever it has one; the rest are Pleo's own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Environment(StrEnum):
    """Which authorization server a client is registered with."""

    STAGING = "staging"
    PRODUCTION = "production"


class PkceSupport(StrEnum):
    """Rules P-01 and P-03: support is the default, the rest is a request."""

    SUPPORTED = "supported"
    EXCEPTION_REQUESTED = "exception_requested"


class Tier(StrEnum):
    """How much a scope opens: above normal the partner says why (rule S-07), and a restricted one
    takes a second reviewer."""

    NORMAL = "normal"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"


HUMAN_FIELDS: Final = (
    "client_name",
    "client_uri",
    "logo",
    "tos_uri",
    "policy_uri",
    "contacts",
    "initiation_uri",
    "configuration_uri",
)
TECHNICAL_FIELDS: Final = (
    "environment",
    "redirect_uris",
    "scope",
    "pkce_support",
    "pkce_justification",
    "pkce_controls",
    "subject_type_preference",
)
ATTESTATION_FIELDS: Final = ("confidential",)
FIELDS: Final = HUMAN_FIELDS + TECHNICAL_FIELDS + ATTESTATION_FIELDS
"""Every field of a registration, in the order of the form."""

WEB_URI_FIELDS: Final = (
    "client_uri",
    "tos_uri",
    "policy_uri",
    "initiation_uri",
    "configuration_uri",
)
OPTIONAL_FIELDS: Final = frozenset(
    {"logo", "initiation_uri", "configuration_uri", "pkce_controls", "subject_type_preference"}
)
"""Rule G-07: the document's own example leaves these out. (The justification is required
only where an exception is requested.)"""

LABELS: Final = {
    "client_name": "Client name",
    "client_uri": "Client URI",
    "logo": "Logo",
    "tos_uri": "Terms of service",
    "policy_uri": "Privacy policy",
    "contacts": "Contacts",
    "initiation_uri": "Initiation URI",
    "configuration_uri": "Configuration URI",
    "environment": "Environment",
    "redirect_uris": "Redirect URIs",
    "scope": "Scopes",
    "pkce_support": "PKCE support",
    "pkce_justification": "Why PKCE cannot be supported",
    "pkce_controls": "What protects the flow instead",
    "subject_type_preference": "Subject type preference",
    "confidential": "The client can keep a secret",
}

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
"""Three letters for each of a name's: what a Hangul syllable comes apart into."""
MAX_SCOPE_LENGTH: Final = 1000
MIN_JUSTIFICATION_LENGTH: Final = 20
MIN_SCOPE_REASON_LENGTH: Final = 20
MAX_SCOPE_REASON_LENGTH: Final = 1000
MAX_TEXT_LENGTH: Final = 4000
"""Characters of a free text: justification, controls, a note."""
