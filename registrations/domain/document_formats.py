"""Recognises the format of a client's metadata by its shape, and gives its members RFC 7591's names.

A member without a certain equivalent gets no name, and a value is changed only as the member's note says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, NamedTuple

from registrations.domain.json_documents import UnreadableDocument
from registrations.domain.secret_members import names_secret
from registrations.rules.findings import quote
from registrations.rules.member_names import RECORD_MEMBERS, is_registration, right_name

Path = tuple[str, ...]
Document = Mapping[str, Any]

REGISTRATION: Final = "a client registration (RFC 7591 or OpenID Connect)"
METADATA_DOCUMENT: Final = "a client metadata document"
_MAX_WRAPPERS: Final = 3
_SECRET: Final = "This is a secret. We did not read or store it."  # noqa: S105 - words about secrets
_PUBLIC: Final = "Pleo supports only clients that keep their secret on a server, so these are not taken."
_OTHERS_SCOPES: Final = "These are scopes of another service. Choose Pleo’s scopes in the form."
_UPLOAD: Final = "Upload the logo instead: addresses are never fetched."
_ISSUED: Final = "The portal issues this. A value from elsewhere cannot be used."


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a document: where it stands, and the name that RFC 7591 has for it.

    Without a ``name`` it is not taken, and ``note`` is the reason, empty for a setting of the other service
    alone. With a name, ``note`` is how the value was changed.
    """

    path: str
    name: str
    value: Any
    note: str = ""

    def inside(self, wrapper: str) -> Member:
        """The same member, seen from the document that wraps its own."""
        return replace(self, path=f"{wrapper}.{self.path}")


class Opened(NamedTuple):
    """A document whose format was recognised; ``title`` is what partners call it, with its article."""

    title: str
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of another service; ``read`` gives the members of a document that ``fits``."""

    title: str
    fits: Callable[[Document], bool]
    read: Callable[[Document], list[Member]]


def opened(document: Document, wrappers: int = 0) -> Opened:
    """The members of a document in any of the formats, also inside wrappers such as ``{"client": {…}}``.

    Raises :class:`UnreadableDocument` where more than one client is wrapped.
    """
    is_itself = is_registration(document)
    for each in FORMATS:
        if not is_itself and each.fits(document):
            return Opened(each.title, each.read(document))
    inner = {} if is_itself or wrappers == _MAX_WRAPPERS else wrapped(document)
    if len(inner) > 1:
        names = " and ".join(f"`{quote(name)}`" for name in inner)
        raise UnreadableDocument(
            f"There is more than one client in this document: {names}. Paste one of them."
        )
    for name, content in inner.items():
        found = opened(content, wrappers + 1)
        rest = [Member(other, "", value) for other, value in document.items() if other != name]
        return Opened(found.title, [member.inside(name) for member in found.members] + rest)
    identifier = document.get("client_id")
    is_address = isinstance(identifier, str) and identifier.startswith("https://")
    members = [Member(name, name, value) for name, value in document.items()]
    return Opened(METADATA_DOCUMENT if is_address else REGISTRATION, members)


def wrapped(document: Document, depth: int = 1) -> dict[str, Document]:
    """The members that hold a client's metadata themselves."""
    objects = {name: value for name, value in document.items() if isinstance(value, dict)}
    return {
        name: value
        for name, value in objects.items()
        if is_registration(value)
        or any(each.fits(value) for each in FORMATS)
        or (depth < _MAX_WRAPPERS and wrapped(value, depth + 1))
    }


def translated(document: Document, names: Mapping[Path, str], reasons: Mapping[Path, str]) -> list[Member]:
    """The members of a document of another service, as far into its objects as names or reasons go."""
    known = {path[:length] for path in chain(names, reasons) for length in range(1, len(path))}
    members: list[Member] = []
    left: list[tuple[Path, Any]] = [((name,), value) for name, value in document.items()]
    while left:
        path, value = left.pop(0)
        if path in known and isinstance(value, dict):
            left[:0] = [((*path, name), inner) for name, inner in value.items()]
            continue
        reason = reasons.get(path, _SECRET if names_secret(path[-1]) else "")
        members.append(Member(".".join(path), names.get(path, ""), value, "" if path in names else reason))
    return members


# Google

_GOOGLE_KINDS: Final = ("web", "installed")


def is_google(document: Document) -> bool:
    kinds = [document[name] for name in _GOOGLE_KINDS if isinstance(document.get(name), dict)]
    return len(kinds) == 1 and any(kinds[0].keys() & {"auth_uri", "token_uri", "project_id", "client_secret"})


def google(document: Document) -> list[Member]:
    """Google's file of credentials for a web or a desktop client."""
    (kind,) = (name for name in _GOOGLE_KINDS if isinstance(document.get(name), dict))
    reasons: dict[Path, str] = {(kind, "client_id"): _ISSUED, (kind, "client_secret"): _ISSUED}
    members = translated(document, {(kind, "redirect_uris"): "redirect_uris"}, reasons)
    if kind == "installed":
        members.append(Member(kind, "", None, "This is a desktop client of Google. " + _ONLY_SERVERS))
    return members


_ONLY_SERVERS: Final = "Pleo supports only clients that keep their secret on a server."


# Keycloak

_KEYCLOAK_SIGNS: Final = {
    *("redirectUris", "rootUrl", "baseUrl", "protocol", "publicClient", "standardFlowEnabled"),
    *("clientAuthenticatorType", "webOrigins", "registrationAccessToken"),
}
_KEYCLOAK_NAMES: Final[Mapping[Path, str]] = {
    ("name",): "client_name",
    ("baseUrl",): "client_uri",
    ("redirectUris",): "redirect_uris",
    ("attributes", "tosUri"): "tos_uri",
    ("attributes", "policyUri"): "policy_uri",
}
_KEYCLOAK_REASONS: Final[Mapping[Path, str]] = {
    ("clientId",): _ISSUED,
    ("secret",): _ISSUED,
    ("registrationAccessToken",): _ISSUED,
    ("rootUrl",): "It only completes the addresses that start with `/`.",
    ("defaultClientScopes",): _OTHERS_SCOPES,
    ("optionalClientScopes",): _OTHERS_SCOPES,
    ("attributes", "logoUri"): _UPLOAD,
}
_ROOT: Final = re.compile(r"https?://[^\s/${}?#]+(?:/[^\s/${}?#]+)*+")
"""A root that a path can be appended to with certainty: no variables, and no slash at the end."""


def is_keycloak(document: Document) -> bool:
    return isinstance(document.get("clientId"), str) and bool(document.keys() & _KEYCLOAK_SIGNS)


def keycloak(document: Document) -> list[Member]:
    """A client as Keycloak's console exports it; its root URL completes addresses that start with a slash."""
    members = translated(document, _KEYCLOAK_NAMES, _KEYCLOAK_REASONS)
    if document.get("publicClient") is True:
        members = [each for each in members if each.path != "publicClient"]
        members.append(Member("publicClient", "", None, _ONLY_SERVERS))
    root = document.get("rootUrl")
    if not isinstance(root, str) or not _ROOT.fullmatch(root):
        return members
    return [
        completed(each, root) if each.name in ("redirect_uris", "client_uri") else each for each in members
    ]


def completed(member: Member, root: str) -> Member:
    """The member with the root in front of each address that is only a path."""
    values = member.value if isinstance(member.value, list) else [member.value]
    paths = [value for value in values if isinstance(value, str) and re.match(r"/(?!/)", value)]
    whole = [root + value if value in paths else value for value in values]
    if not paths:
        return member
    note = "Addresses that start with `/` were completed with `rootUrl`."
    return replace(member, value=whole if isinstance(member.value, list) else whole[0], note=note)


# Slack

_SLACK_NAMES: Final[Mapping[Path, str]] = {
    ("display_information", "name"): "client_name",
    ("oauth_config", "redirect_urls"): "redirect_uris",
}
_SLACK_REASONS: Final[Mapping[Path, str]] = {("oauth_config", "scopes"): _OTHERS_SCOPES}


def is_slack(document: Document) -> bool:
    return any(isinstance(document.get(name), dict) for name in ("display_information", "oauth_config"))


def slack(document: Document) -> list[Member]:
    """The manifest of a Slack app."""
    return translated(document, _SLACK_NAMES, _SLACK_REASONS)


# Microsoft

_MICROSOFT_NAMES: Final[Mapping[Path, str]] = {
    ("displayName",): "client_name",
    ("name",): "client_name",
    ("web", "homePageUrl"): "client_uri",
    ("signInUrl",): "client_uri",
    ("web", "redirectUris"): "redirect_uris",
    ("info", "termsOfServiceUrl"): "tos_uri",
    ("informationalUrls", "termsOfService"): "tos_uri",
    ("info", "privacyStatementUrl"): "policy_uri",
    ("informationalUrls", "privacy"): "policy_uri",
}
_MICROSOFT_REASONS: Final[Mapping[Path, str]] = {
    ("appId",): _ISSUED,
    ("spa", "redirectUris"): _PUBLIC,
    ("publicClient", "redirectUris"): _PUBLIC,
    ("info", "logoUrl"): _UPLOAD,
    ("logoUrl",): _UPLOAD,
    ("requiredResourceAccess",): _OTHERS_SCOPES,
}
_REPLY_URLS: Final = "replyUrlsWithType"


def is_microsoft(document: Document) -> bool:
    web = document.get("web")
    has_web = isinstance(web, dict) and "redirectUris" in web
    return _REPLY_URLS in document or has_web or {"appId", "displayName"} <= document.keys()


def microsoft(document: Document) -> list[Member]:
    """The manifest of a Microsoft Entra app, in either of its two formats."""
    rest = {name: value for name, value in document.items() if name != _REPLY_URLS}
    replies = document.get(_REPLY_URLS)
    members = translated(rest, _MICROSOFT_NAMES, _MICROSOFT_REASONS)
    if not isinstance(replies, list):
        return members
    typed = [reply for reply in replies if isinstance(reply, dict) and isinstance(reply.get("url"), str)]
    of_web = [reply["url"] for reply in typed if reply.get("type") == "Web"]
    note = (
        ""
        if len(of_web) == len(replies)
        else f"Those of another type than `Web` are left out: {_ONLY_SERVERS}"
    )
    return [*members, Member(_REPLY_URLS, "redirect_uris", of_web, note)]


# Postman

_AMBIGUOUS_VARIABLES: Final = {
    "name",
    "email",
    "emails",
    "contact",
    "start_url",
    "environment",
    "terms",
    "privacy",
}
"""Variables that stand for a client’s member nowhere else than in its registration."""


def is_postman(document: Document) -> bool:
    values = document.get("values")
    return isinstance(values, list) and any(isinstance(each, dict) and "key" in each for each in values)


def postman(document: Document) -> list[Member]:
    """A Postman environment: variables, of which some may have the name of a member."""
    variables = [each for each in document["values"] if isinstance(each, dict)]
    return [variable(each) for each in variables if isinstance(each.get("key"), str)]


def variable(entry: Document) -> Member:
    """A variable of a Postman environment as the member that its name stands for."""
    key = entry["key"]
    if entry.get("type") == "secret" or names_secret(key):
        return Member(key, "", None, _SECRET)
    if entry.get("enabled") is False:
        return Member(key, "", None, "It is switched off in Postman.")
    name = right_name(key) if key.lower() not in _AMBIGUOUS_VARIABLES else ""
    return Member(key, name if name in RECORD_MEMBERS else "", entry.get("value"))


FORMATS: Final = (
    Format("a Microsoft app manifest", is_microsoft, microsoft),
    Format("a Google credentials file", is_google, google),
    Format("a Keycloak client", is_keycloak, keycloak),
    Format("a Slack app manifest", is_slack, slack),
    Format("a Postman environment", is_postman, postman),
)
