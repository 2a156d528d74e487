"""Rules R-12 to R-21: a small strict grammar for web addresses, and what breaks it.

The grammar is RFC 3986's, reduced to what may be registered. Parsing never repairs: each part is an exact
piece of the text.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from registrations.rules.addresses import ends_in_number, parse_ipv4, parse_ipv6
from registrations.rules.data.known_hosts import NO_APP_SCHEMES, TYPED_SCHEMES
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.data.ports import BLOCKED_PORTS
from registrations.rules.findings import Finding, quote
from registrations.rules.redirect_uris.text import did_you_mean, percent, reject
from registrations.rules.vocabulary import MAX_HOST_LENGTH

DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_WHOLE: Final = tuple(f"{scheme}://" for scheme in DEFAULT_PORTS)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?")
_NAME: Final = re.compile(rf"{_LABEL.pattern}(?:\.{_LABEL.pattern})*")
_LABEL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9.\-]*")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_TYPED: Final = re.compile(r"([A-Za-z]+)(?::[:/]*|[;.,]:?/+|//+:?/*)")
_DIGITS: Final = re.compile(r"[0-9]{1,5}")
_HEX_AND_COLONS: Final = re.compile(r"[0-9A-Fa-f:.]*")
_BRACKETS: Final = re.compile(r"[\[\]]")
_AUTHORITY_END: Final = re.compile(r"[/?#]")
_OPAQUE_SCHEMES: Final = frozenset({"about", "data", "javascript", "mailto", "sms", "tel", "urn", "vbscript"})
_MAX_PORT: Final = 65535


class ParsedUri(NamedTuple):
    """The exact parts of an address; ``None`` means absent, which differs from empty.

    ``host`` keeps the brackets of an IPv6 address; ``path`` begins with its slash.
    """

    scheme: str
    userinfo: str | None
    host: str
    port: str | None
    path: str
    query: str | None
    fragment: str | None

    def text(self) -> str:
        """The address, assembled from its parts (RFC 3986 section 5.3)."""
        userinfo = "" if self.userinfo is None else self.userinfo + "@"
        port = "" if self.port is None else ":" + self.port
        query = "" if self.query is None else "?" + self.query
        fragment = "" if self.fragment is None else "#" + self.fragment
        return f"{self.scheme}://{userinfo}{self.host}{port}{self.path}{query}{fragment}"


def scheme_flaw(uri: str, *, page: bool = False) -> Finding | None:
    """R-12 and R-13: a whole address over http or https.

    For a ``page`` no address on the partner's own machine is suggested (U-04).
    """
    if uri.startswith(_WHOLE):
        return None
    scheme, colon, rest = uri.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        return _not_absolute(uri, page)
    if scheme.lower() in DEFAULT_PORTS:
        return None if rest.startswith("//") else _not_absolute(uri, page)
    return _not_absolute(uri, page) if _is_host_and_port(scheme, rest) else _other_scheme(scheme, uri, page)


def _is_host_and_port(scheme: str, rest: str) -> bool:
    """Whether this is a host: ``localhost:8080/cb`` parses as a scheme, but means a host and a port."""
    port = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    has_port = scheme.lower() not in _OPAQUE_SCHEMES and _DIGITS.fullmatch(port) is not None
    return has_port or scheme.lower() == "localhost"


def _not_absolute(uri: str, page: bool) -> Finding:
    better = _whole(uri, page)
    beginning = "http:// or https://" if better and better.startswith("http:") else "https://"
    return reject(
        "R-12",
        f"Write the whole address, starting with {beginning}.{did_you_mean(better)}",
        suggestion=better,
    )


def _whole(uri: str, page: bool) -> str | None:
    """The whole address that was probably meant; http only for the partner's own machine."""
    scheme, tail = _typed_scheme(uri)
    host = _host_and_port(_AUTHORITY_END.split(tail, maxsplit=1)[0])[0]
    if host in LOOPBACK_HOSTS:
        return None if page else f"{scheme or 'http'}://{tail}"
    return f"https://{tail}" if "." in host and not _is_path(uri) else None


def _typed_scheme(uri: str) -> tuple[str, str]:
    """The intended scheme, empty if none was typed, and the text after its slashes."""
    typed = _TYPED.match(uri)
    scheme = _meant_scheme(typed[1].lower()) if typed else ""
    if typed and scheme:
        return scheme, uri[typed.end() :]
    return "", uri.removeprefix(":").lstrip("/")


def _meant_scheme(typed: str) -> str:
    """``https`` or ``http``, also for a typing error of either; else empty."""
    if typed not in DEFAULT_PORTS and typed not in TYPED_SCHEMES:
        return ""
    return "https" if "s" in typed else "http"


def _is_path(uri: str) -> bool:
    return uri.startswith("/") and not uri.startswith("//")


_OF_AN_APP: Final = (
    " Apps on phones and desktops cannot keep a secret; send the callback to your server over https."
)
_OF_NO_APP: Final = " Enter the https address at your server that receives the callback."


def _other_scheme(scheme: str, uri: str, page: bool) -> Finding:
    better = _whole(uri, page) if scheme.lower() in TYPED_SCHEMES else None
    advice = did_you_mean(better) or (_OF_NO_APP if scheme.lower() in NO_APP_SCHEMES else _OF_AN_APP)
    return reject("R-13", f"“{quote(scheme)}:” is not supported.{advice}", excerpt=scheme, suggestion=better)


def split(uri: str) -> ParsedUri:
    """Split an address that :func:`scheme_flaw` accepts into its parts, without checking them."""
    scheme, _, rest = uri.partition("://")
    rest, hash_mark, fragment = rest.partition("#")
    rest, question_mark, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    userinfo, at, host_and_port = authority.rpartition("@")
    host, port = _host_and_port(host_and_port)
    return ParsedUri(
        scheme,
        userinfo if at else None,
        host,
        port,
        slash + path,
        query if question_mark else None,
        fragment if hash_mark else None,
    )


def _host_and_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        head, bracket, tail = text.partition("]")
        if bracket and (not tail or tail[0] == ":"):
            return head + bracket, tail[1:] if tail else None
        return text, None
    if _is_bare_ipv6(text):
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None


def _is_bare_ipv6(text: str) -> bool:
    return text.count(":") > 1 and parse_ipv6(text) is not None


def authority_flaw(uri: ParsedUri) -> Finding | None:
    """R-15 to R-21, in this order: user info, missing host, brackets, port, host."""
    if uri.userinfo is not None:
        return _userinfo(uri.userinfo)
    if not uri.host:
        return reject("R-15", "The host name is missing.")
    return _bracket_flaw(uri) or _port_flaw(uri) or _host_flaw(uri)


def _userinfo(userinfo: str) -> Finding:
    message = f"Remove “{quote(userinfo)}@”. If it is part of the path, put it after the first /."
    return reject("R-16", message, excerpt=userinfo + "@")


def _bracket_flaw(uri: ParsedUri) -> Finding | None:
    if uri.host[0] == "[" and (uri.host[-1] != "]" or parse_ipv6(uri.host[1:-1]) is None):
        return _bad_host(uri.host, "only an IPv6 address without a zone stands in square brackets")
    if ":" in uri.host and uri.host[0] != "[":
        better = uri._replace(host=f"[{uri.host}]").text()
        return _bad_host(uri.host, "an IPv6 address stands in square brackets", better)
    return _stray_bracket(uri)


def _stray_bracket(uri: ParsedUri) -> Finding | None:
    authority = ("" if uri.host[0] == "[" else uri.host) + (uri.port or "")
    behind = uri.path + (uri.query or "") + (uri.fragment or "")
    if found := _BRACKETS.search(authority):
        message = f"The character “{found.group()}” is not allowed here. Remove it."
        return reject("R-09", message, excerpt=found.group())
    if found := _BRACKETS.search(behind):
        character = found.group()
        message = (
            f"The character “{character}” is not allowed in an address. Write it as {percent(character)}."
        )
        return reject("R-09", message, excerpt=character, suggestion=_without_brackets(uri))
    return None


def _without_brackets(uri: ParsedUri) -> str:
    path, query, fragment = (
        None if part is None else _BRACKETS.sub(lambda found: percent(found.group()), part)
        for part in (uri.path, uri.query, uri.fragment)
    )
    return uri._replace(path=path or "", query=query, fragment=fragment).text()


def _port_flaw(uri: ParsedUri) -> Finding | None:
    port = uri.port
    if port is None:
        return None
    if not _PORT.fullmatch(port) or int(port) > _MAX_PORT:
        return _bad_port(uri, port)
    if int(port) in BLOCKED_PORTS:
        return reject("R-18", f"Browsers refuse to open port {port}. Choose another one.", excerpt=port)
    return None


def _bad_port(uri: ParsedUri, port: str) -> Finding:
    plain = port.lstrip("0")
    better = uri._replace(port=plain).text() if _PORT.fullmatch(plain) else None
    if not port:
        better = uri._replace(port=None).text()
    subject = f"“{quote(port)}” is" if port else "What follows the colon is"
    message = f"{subject} not a port number between 1 and 65535."
    return reject("R-17", message, excerpt=":" + port, suggestion=better)


def _host_flaw(uri: ParsedUri) -> Finding | None:
    host = uri.host
    if host[0] == "[":
        return None
    if "%" in host:
        return _percent_in_host(uri)
    if reason := _why_not_a_name(host):
        better = uri._replace(host=host[:-1]).text() if host.endswith(".") else None
        return _bad_host(host, reason, better)
    if ends_in_number(host) and parse_ipv4(host) is None:
        message = "Write the IP address as four plain numbers, such as 127.0.0.1."
        return reject("R-21", message, excerpt=host)
    return None


def _percent_in_host(uri: ParsedUri) -> Finding:
    plain = unquote(uri.host)
    better = uri._replace(host=plain).text() if _LABEL_CHARACTERS.fullmatch(plain) else None
    return reject("R-19", "Write the host name plainly, without %.", excerpt=uri.host, suggestion=better)


def _why_not_a_name(host: str) -> str | None:
    if len(host) > MAX_HOST_LENGTH:
        return f"it has {len(host)} characters, the limit is {MAX_HOST_LENGTH}"
    if _NAME.fullmatch(host):
        return None
    flawed = next(label for label in host.split(".") if not _LABEL.fullmatch(label))
    return _why_not_a_label(flawed, host)


def _why_not_a_label(label: str, host: str) -> str:
    if not label:
        return (
            "it ends in a dot" if host.endswith(".") and ".." not in host else "a part between dots is empty"
        )
    if not _LABEL_CHARACTERS.fullmatch(label):
        return "only letters a–z, digits and hyphens may stand between its dots"
    if len(label) > 63:
        return f"“{quote(label, 20)}” is longer than 63 characters"
    return f"“{quote(label)}” begins or ends with a hyphen"


def _bad_host(host: str, reason: str, better: str | None = None) -> Finding:
    message = f"“{quote(host)}” is not a valid host name: {reason}."
    return reject("R-20", message, excerpt=host, suggestion=better)
