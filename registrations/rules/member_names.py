"""The names of a registration's members, and which of them a name that is nearly right stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from registrations.rules.record_fields import FIELDS, Kind

RECORD_MEMBERS: Final = {
    field.json_member: field for field in FIELDS.values() if field.json_member and field.kind is not Kind.FILE
}
"""The field that each member fills. The logo is not among them: addresses are never fetched."""

CERTAIN_MEMBERS: Final = RECORD_MEMBERS.keys() - {"contacts", "environment", "scope"}
"""The members that only a client's metadata has; the others occur in documents of other kinds as well."""

_OTHER_NAMES: Final = {
    "redirect_uris": (
        "callback callbacks callback_uri callback_uris callback_url callback_urls allowed_callback_urls "
        "oauth_callback redirect redirects redirect_uri redirect_url redirect_urls oauth_redirect_uri "
        "reply_urls return_url return_urls registered_redirect_uri"
    ),
    "scope": "scopes oauth_scope oauth_scopes default_scope default_scopes",
    "client_name": "name app_name application_name display_name product_name",
    "client_uri": "client_url home_page homepage home_page_uri home_page_url website website_url",
    "policy_uri": (
        "policy_url privacy privacy_policy privacy_policy_uri privacy_policy_url privacy_statement_url "
        "privacy_uri privacy_url"
    ),
    "tos_uri": (
        "terms terms_of_service terms_of_service_uri terms_of_service_url terms_uri terms_url tos tos_url"
    ),
    "contacts": "contact contact_email contact_emails email emails support_email",
    "logo_uri": "icon icon_url logo logo_url",
    "initiation_uri": "initiation_url start_url",
    "configuration_uri": "configuration_url settings_uri settings_url",
    "token_endpoint_auth_method": "auth_method token_auth_method token_endpoint_auth_methods",
    "grant_types": "grant_type grants",
    "response_types": "response_type",
}
_LEAST_LIKENESS: Final = 0.86


def is_registration(document: Mapping[str, Any]) -> bool:
    """Whether the document has a member that only a client's metadata has, under RFC 7591's name."""
    return any(name.partition("#")[0] in CERTAIN_MEMBERS for name in document)


def folded(name: str) -> str:
    """The name without what tells ``redirect_uris`` from ``redirectUris``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


_RIGHT_NAMES: Final = {
    folded(other): right for right, others in _OTHER_NAMES.items() for other in (right, *others.split())
} | {folded(name): name for name in RECORD_MEMBERS}


def right_name(name: str) -> str:
    """The member that the name stands for under another spelling, empty if that is not certain."""
    return _RIGHT_NAMES.get(folded(name), "")


def similar_name(name: str) -> str:
    """The member that the name may have been meant for, also where it is misspelt; empty without one."""
    key = folded(name[:60])
    near = get_close_matches(key, _RIGHT_NAMES, n=1, cutoff=_LEAST_LIKENESS)
    return right_name(name) or (_RIGHT_NAMES[near[0]] if near else "")
