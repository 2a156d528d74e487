"""What a document looks like that is no client's metadata, and what to paste in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from registrations.rules.member_names import is_registration

PASTE_INSTEAD: Final = (
    "Paste the metadata of one client: a JSON object with members such as `client_name` and `redirect_uris`."
)
_OPEN_IT: Final = "We do not open addresses. Open it yourself, and paste the document that you see."
_AS_JSON: Final = "Convert it to JSON, and paste that."
_NOT_WITH_SECRETS: Final = f"It holds a secret, so do not paste it anywhere. {PASTE_INSTEAD}"
_SETTINGS: Final = f"Settings of a program do not describe a client. {PASTE_INSTEAD}"
_ONE_CLIENT: Final = "Paste one of its entries, from its `{` to its `}`."


class Kind(NamedTuple):
    """A kind of document: its name with an article, and what to do instead of pasting it."""

    title: str
    advice: str

    @property
    def says(self) -> str:
        return f"This looks like {self.title}. {self.advice}"


class Shape(NamedTuple):
    """A kind of JSON object, and the members that show it: all of ``all``, one of ``any``."""

    kind: Kind
    all: frozenset[str]
    any: frozenset[str] = frozenset()

    def fits(self, names: frozenset[str]) -> bool:
        """Whether a document with members of these names is of that kind."""
        return self.all <= names and (not self.any or bool(self.any & names))


def _shape(title: str, advice: str, all_: str, any_: str = "") -> Shape:
    return Shape(Kind(title, advice), frozenset(all_.split()), frozenset(any_.split()))


_OF_A_SERVER: Final = f"It describes an authorization server, not a client. {PASTE_INSTEAD}"
_SHAPES: Final = (
    _shape(
        "an OpenID provider’s discovery document",
        _OF_A_SERVER,
        "issuer",
        "authorization_endpoint token_endpoint jwks_uri",
    ),
    _shape("the metadata of a protected resource", _OF_A_SERVER, "resource authorization_servers"),
    _shape("a set of keys (JWKS)", f"Keys are not needed. {PASTE_INSTEAD}", "keys"),
    _shape("a key (JWK)", f"Keys are not needed. {PASTE_INSTEAD}", "kty"),
    _shape("the answer of a token endpoint", _NOT_WITH_SECRETS, "", "access_token id_token refresh_token"),
    _shape("the key of a Google service account", _NOT_WITH_SECRETS, "private_key client_email"),
    _shape("the answer of a token introspection", PASTE_INSTEAD, "active", "exp token_type username sub"),
    _shape("the claims of a token", PASTE_INSTEAD, "sub", "iss exp iat email name"),
    _shape("an error message", PASTE_INSTEAD, "error"),
    _shape("an authorization request", PASTE_INSTEAD, "response_type client_id"),
    _shape("an OpenAPI description", f"It describes an API. {PASTE_INSTEAD}", "", "openapi swagger"),
    _shape("a Postman collection", "Paste the environment, or the metadata of one client.", "info item"),
    _shape("a JSON schema", PASTE_INSTEAD, "$schema properties"),
    _shape("a web app’s manifest", PASTE_INSTEAD, "start_url", "icons display short_name scope"),
    _shape("a lock file of packages", _SETTINGS, "lockfileVersion"),
    _shape("a package.json", _SETTINGS, "name version", "scripts main license private type author"),
    _shape("a package.json", _SETTINGS, "", "dependencies devDependencies"),
    _shape("a tsconfig.json", _SETTINGS, "compilerOptions"),
    _shape("a Keycloak realm", "Export one client, and paste that.", "realm", "clients enabled users"),
    _shape(
        "the settings of a Keycloak adapter",
        "Export the client in Keycloak, and paste that.",
        "auth-server-url",
    ),
    _shape("a map (GeoJSON)", PASTE_INSTEAD, "type", "features coordinates geometry"),
)
"""The first shape that fits is said."""

_TEXTS: Final = (
    (r"(?i)<(?:!doctype html|html|head|body)\b", Kind("a web page (HTML)", PASTE_INSTEAD)),
    (r"<", Kind("XML", f"Metadata in XML, such as SAML’s, cannot be read. {PASTE_INSTEAD}")),
    (r"-----BEGIN", Kind("a key or a certificate", f"Keys are not needed. {PASTE_INSTEAD}")),
    (r"(?:(?i:bearer)\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*\s*\Z", Kind("a token (JWT)", _NOT_WITH_SECRETS)),
    (r"[a-z][a-z0-9+.-]*://\S+\s*\Z", Kind("an address", _OPEN_IT)),
    (r"```|~~~", Kind("Markdown", "Remove the lines with the marks around the JSON document.")),
    (r"(?:\$\s+)?(?:curl|wget|http)\s", Kind("a command", "Paste only the JSON document that it sends.")),
    (
        r"(?:const|let|var|export|import|module\.exports|function)\b",
        Kind("JavaScript", f"{_AS_JSON} {PASTE_INSTEAD}"),
    ),
    (r"(?:resource|variable|provider|terraform)\s+[\"{]", Kind("Terraform", PASTE_INSTEAD)),
    (r"(?:POST|PUT|GET|HTTP/\d[.\d]*)\s", Kind("an HTTP message", "Paste only the JSON document in it.")),
    (r"[\w.%-]+=[^\s&]*(?:&[\w.%-]+=[^\s&]*)+\s*\Z", Kind("a query string", PASTE_INSTEAD)),
    (
        r"(?:#[^\n]*\n\s*)*(?:export\s+)?\w+\s?=",
        Kind("a file of settings, such as `.env`", PASTE_INSTEAD),
    ),
    (r"\[[\w.\"' -]+\]\s*\n", Kind("a file of settings", PASTE_INSTEAD)),
    (r"(?:#[^\n]*\n\s*)*(?:---\s|[\w-]+:(?:\s|\Z)|- )", Kind("YAML", f"{_AS_JSON} {PASTE_INSTEAD}")),
    (r"[\w ]+(?:[,;\t][\w @.:/-]*){2,}\n", Kind("a table (CSV)", PASTE_INSTEAD)),
)
"""What a text that is not JSON begins with."""

_BYTES: Final = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"SQLite format", "a database"),
)


_LISTED: Final = {"client_name", "redirect_uris", "redirectUris", "clientId"}
"""Members that an entry of a list of clients has."""


def kind_of(document: Mapping[str, Any]) -> Kind | None:
    """The kind of a JSON object that is no client's metadata; ``None`` if it may be some."""
    if is_registration(document):
        return None
    names = frozenset(name for name, value in document.items() if value not in (None, False))
    lists = [value for value in document.values() if isinstance(value, list)]
    entries = [entry for value in lists for entry in value if isinstance(entry, dict)]
    found = [shape.kind for shape in _SHAPES if shape.fits(names)]
    if not found and any(entry.keys() & _LISTED for entry in entries):
        return Kind("a list of clients", _ONE_CLIENT)
    return next(iter(found), None)


def kind_of_text(text: str) -> Kind | None:
    """The kind of a text that is not JSON; ``None`` for what is likely to be meant as JSON."""
    start = text.lstrip("\ufeff \t\r\n")
    return next((kind for pattern, kind in _TEXTS if re.match(pattern, start)), None)


def kind_of_bytes(content: bytes) -> Kind | None:
    """The kind of a file that is no text at all."""
    return next((Kind(title, PASTE_INSTEAD) for start, title in _BYTES if content.startswith(start)), None)


def kind_of_value(value: Any) -> str:
    """What to say of a JSON document that is no object."""
    if not isinstance(value, list):
        return f"This is JSON, but only one value. A JSON object is expected. {PASTE_INSTEAD}"
    if not value:
        return f"This is an empty list. A JSON object is expected. {PASTE_INSTEAD}"
    what = "entry" if len(value) == 1 else "entries"
    advice = _ONE_CLIENT if any(isinstance(entry, dict) for entry in value) else PASTE_INSTEAD
    return f"This is a list of {len(value)} {what}. A JSON object is expected. {advice}"
