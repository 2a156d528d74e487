"""Rules R-12 to R-21: a small strict grammar for web addresses, and what breaks it.

The grammar is RFC 3986's, reduced to what may be registered. Parsing never repairs: each part is an exact
piece of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote

from registrations.rules.addresses import ends_in_number, parse_ipv4, parse_ipv6
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.data.ports import BLOCKED_PORTS
from registrations.rules.data.tunnels_and_platforms import NO_APP_SCHEMES, TYPED_SCHEMES
from registrations.rules.findings import Finding, quote
from registrations.rules.redirect_uris import placeholders
from registrations.rules.redirect_uris.findings import did_you_mean, reject, replace_it
from registrations.rules.redirect_uris.text import percent_encoded
from registrations.rules.vocabulary import MAX_HOST_LENGTH

DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_BEGINNINGS: Final = tuple(f"{scheme}://" for scheme in DEFAULT_PORTS)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_SCHEME_LIKE: Final = re.compile(r"[A-Za-z0-9+.\-_~!$]+")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?")
_NAME: Final = re.compile(rf"{_LABEL.pattern}(?:\.{_LABEL.pattern})*")
_ORDINARY_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
"""Most hosts: none of the rules about hosts and ports has anything to say about them."""
_LABEL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9.\-]*")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_TYPED: Final = re.compile(r"([A-Za-z]+)(?::[:/]*|[;.,]:?/+|//+:?/*)")
_DIGITS: Final = re.compile(r"[0-9]{1,5}")
_BRACKETS: Final = re.compile(r"[\[\]]")
_AUTHORITY_END: Final = re.compile(r"[/?#]")
_OPAQUE_SCHEMES: Final = frozenset({"about", "data", "javascript", "mailto", "sms", "tel", "urn", "vbscript"})
_MAX_PORT: Final = 65535
_MAX_LABEL_LENGTH: Final = 63


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

    def pieces(self) -> tuple[str, str, str, str, str]:
        """The address in five pieces: scheme and user info, host, port, path, query and fragment."""
        userinfo = "" if self.userinfo is None else self.userinfo + "@"
        port = "" if self.port is None else ":" + self.port
        query = "" if self.query is None else "?" + self.query
        fragment = "" if self.fragment is None else "#" + self.fragment
        return f"{self.scheme}://{userinfo}", self.host, port, self.path, query + fragment

    def text(self) -> str:
        """The address, assembled from its parts (RFC 3986 section 5.3)."""
        return "".join(self.pieces())


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
    if text.count(":") > 1 and parse_ipv6(text) is not None:
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None


def scheme_flaw(uri: str, *, page: bool = False) -> Finding | None:
    """R-12 and R-13: a whole address over http or https.

    For a ``page`` no address on the partner's own machine is suggested (U-04).
    """
    if uri.startswith(_BEGINNINGS):
        return None
    return not_absolute(uri, page=page) or scheme(uri, page=page)


def not_absolute(uri: str, *, page: bool = False) -> Finding | None:
    """R-12: text that begins with no scheme, or with http or https but no two slashes.

    ``localhost:8080/cb`` parses as a scheme, but means a host and a port. ``my.app_x://`` is no scheme to RFC
    3986, but meant as one.
    """
    name, colon, rest = uri.partition(":")
    if not colon or not _SCHEME.fullmatch(name):
        is_absolute = rest.startswith("//") and _SCHEME_LIKE.fullmatch(name) is not None
    elif name.lower() in DEFAULT_PORTS:
        is_absolute = rest.startswith("//")
    else:
        has_port = _DIGITS.fullmatch(_AUTHORITY_END.split(rest, maxsplit=1)[0]) is not None
        is_absolute = name.lower() in _OPAQUE_SCHEMES or not (has_port or name.lower() == "localhost")
    if is_absolute:
        return None
    better = _whole(uri, page)
    beginning = "http:// or https://" if better and better.startswith("http:") else "https://"
    message = f"Write the whole address, starting with {beginning}.{did_you_mean(better)}"
    return reject("R-12", message, suggestion=better)


def scheme(uri: str, *, page: bool = False) -> Finding | None:
    """R-13: a scheme other than http and https."""
    name = uri.partition(":")[0]
    if name.lower() in DEFAULT_PORTS:
        return None
    better = _whole(uri, page) if name.lower() in TYPED_SCHEMES else None
    if better:
        advice = did_you_mean(better)
    elif name.lower() in NO_APP_SCHEMES:
        advice = " Enter the https address at your server that receives the callback."
    else:
        advice = (
            " Apps on phones and desktops cannot keep a secret; send the callback to your server over https."
        )
    return reject("R-13", f"“{quote(name)}:” is not supported.{advice}", excerpt=name, suggestion=better)


def _whole(uri: str, page: bool) -> str | None:
    """The whole address that was probably meant, also with a typing error in its scheme.

    It has http only on the partner's own machine, which no ``page`` may be on.
    """
    typed = _TYPED.match(uri)
    word = typed[1].lower() if typed else ""
    if typed and (word in DEFAULT_PORTS or word in TYPED_SCHEMES):
        meant, rest = "https" if "s" in word else "http", uri[typed.end() :]
    else:
        meant, rest = "http", uri.removeprefix(":").lstrip("/")
    host, _ = _host_and_port(_AUTHORITY_END.split(rest, maxsplit=1)[0])
    if host in LOOPBACK_HOSTS:
        return None if page else f"{meant}://{rest}"
    is_path = uri.startswith("/") and not uri.startswith("//")
    return f"https://{rest}" if "." in host and not is_path else None


def userinfo(uri: ParsedUri) -> Finding | None:
    """R-16: a user name or password before the host."""
    if uri.userinfo is None:
        return None
    message = f"Remove “{quote(uri.userinfo)}@”. If it is part of the path, put it after the first /."
    return reject("R-16", message, excerpt=uri.userinfo + "@")


def no_host(uri: ParsedUri) -> Finding | None:
    """R-15: nothing where the host belongs."""
    return None if uri.host else reject("R-15", "The host name is missing.")


def ipv6_host(uri: ParsedUri) -> Finding | None:
    """R-20 for IPv6: an address without brackets, or brackets round something else."""
    host = uri.host
    if host[0] == "[":
        if host[-1] == "]" and parse_ipv6(host[1:-1]):
            return None
        reason, better = "only an IPv6 address without a zone stands in square brackets", None
    elif ":" in host:
        reason, better = "an IPv6 address stands in square brackets", uri._replace(host=f"[{host}]").text()
    else:
        return None
    message = f"“{quote(host)}” is not a valid host name: {reason}."
    return reject("R-20", message, excerpt=host, suggestion=better)


def brackets(uri: ParsedUri) -> Finding | None:
    """R-09 for square brackets, which stand round an IPv6 host and nowhere else."""
    authority = ("" if uri.host[0] == "[" else uri.host) + (uri.port or "")
    if found := _BRACKETS.search(authority):
        message = f"The character “{found.group()}” is not allowed here. Remove it."
        return reject("R-09", message, excerpt=found.group())
    found = _BRACKETS.search(uri.path + (uri.query or "") + (uri.fragment or ""))
    if found is None:
        return None
    if placeholder := placeholders.bracketed(uri.text()):
        return reject("R-09", replace_it(placeholder), excerpt=placeholder)
    character, escape = found.group(), percent_encoded(found.group())
    message = f"The character “{character}” is not allowed in an address. Write it as {escape}."
    path, query, fragment = (
        None if part is None else part.replace("[", "%5B").replace("]", "%5D")
        for part in (uri.path, uri.query, uri.fragment)
    )
    better = uri._replace(path=path or "", query=query, fragment=fragment).text()
    return reject("R-09", message, excerpt=character, suggestion=better)


def port(uri: ParsedUri) -> Finding | None:
    """R-17: what follows the colon is not a port number."""
    number = uri.port
    if number is None or (_PORT.fullmatch(number) and int(number) <= _MAX_PORT):
        return None
    subject, plain = f"“{quote(number)}” is", number.lstrip("0")
    better: str | None = None
    if not number:
        subject, better = "What follows the colon is", uri._replace(port=None).text()
    elif _PORT.fullmatch(plain):
        better = uri._replace(port=plain).text()
    message = f"{subject} not a port number between 1 and 65535."
    return reject("R-17", message, excerpt=":" + number, suggestion=better)


def blocked_port(uri: ParsedUri) -> Finding | None:
    """R-18: a port that browsers refuse to open."""
    if uri.port is None or int(uri.port) not in BLOCKED_PORTS:
        return None
    message = f"Browsers refuse to open port {uri.port}. Choose another one."
    return reject("R-18", message, excerpt=uri.port)


def host_percent(uri: ParsedUri) -> Finding | None:
    """R-19: an escape in the host."""
    if "%" not in uri.host:
        return None
    plain = unquote(uri.host)
    better = uri._replace(host=plain).text() if _LABEL_CHARACTERS.fullmatch(plain) else None
    return reject("R-19", "Write the host name plainly, without %.", excerpt=uri.host, suggestion=better)


def host_syntax(uri: ParsedUri) -> Finding | None:
    """R-20: a name that is not made of letters, digits and hyphens between dots."""
    host = uri.host
    if host[0] == "[" or (len(host) <= MAX_HOST_LENGTH and _NAME.fullmatch(host)):
        return None
    label = next((label for label in host.split(".") if not _LABEL.fullmatch(label)), "")
    if len(host) > MAX_HOST_LENGTH:
        reason = f"it has {len(host)} characters, the limit is {MAX_HOST_LENGTH}"
    elif not label and host.endswith(".") and ".." not in host:
        reason = "it ends in a dot"
    elif not label:
        reason = "a part between dots is empty"
    elif not _LABEL_CHARACTERS.fullmatch(label):
        reason = "only letters a–z, digits and hyphens may stand between its dots"
    elif len(label) > _MAX_LABEL_LENGTH:
        reason = f"“{quote(label, 20)}” is longer than {_MAX_LABEL_LENGTH} characters"
    else:
        reason = f"“{quote(label)}” begins or ends with a hyphen"
    message = f"“{quote(host)}” is not a valid host name: {reason}."
    better = uri._replace(host=host[:-1]).text() if host.endswith(".") else None
    return reject("R-20", message, excerpt=host, suggestion=better)


def ipv4_form(uri: ParsedUri) -> Finding | None:
    """R-21: an IPv4 address that is not written as four decimal numbers."""
    if not ends_in_number(uri.host) or parse_ipv4(uri.host):
        return None
    message = "Write the IP address as four plain numbers, such as 127.0.0.1."
    return reject("R-21", message, excerpt=uri.host)


_AUTHORITY: Final[tuple[Callable[[ParsedUri], Finding | None], ...]] = (
    userinfo,
    no_host,
    ipv6_host,
    brackets,
    port,
    blocked_port,
    host_percent,
    host_syntax,
    ipv4_form,
)


def authority_flaw(uri: ParsedUri) -> Finding | None:
    """The first of R-15 to R-21 that the user info, host or port breaks, or R-09 for square brackets."""
    is_name = len(uri.host) <= MAX_HOST_LENGTH and _ORDINARY_NAME.fullmatch(uri.host)
    if is_name and uri.userinfo is None and uri.port is None:
        return brackets(uri)
    for rule in _AUTHORITY:
        if found := rule(uri):
            return found
    return None
