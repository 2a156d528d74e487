"""Section 2 of the rules: the pages that end users open from inside Pleo's products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import unquote

from registrations.rules import public_suffixes
from registrations.rules.copied import PAGES
from registrations.rules.data.web_words import DOWNLOAD_EXTENSIONS
from registrations.rules.findings import LINE_END, Finding, Waived, quote
from registrations.rules.record_fields import LABELS, OPTIONAL_FIELDS
from registrations.rules.redirect_uris import hosts, paths, spelling, text
from registrations.rules.redirect_uris.checks import WAIVABLE, first
from registrations.rules.redirect_uris.findings import reject, settled, warn
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.shape import ParsedUri, authority_flaw, scheme_flaw, split

_SYNTAX: Final = (
    spelling.spelling,
    spelling.dot_segment,
    spelling.encoded_delimiter,
    spelling.one_per_entry,
    hosts.idn_invalid,
)
_UNREACHABLE: Final = (
    hosts.loopback_alias,
    hosts.not_public_ip,
    hosts.single_label,
    hosts.special_tld,
    hosts.public_suffix,
)
_LOOK: Final = (
    hosts.idn,
    hosts.unknown_tld,
    hosts.platform_root,
    hosts.tunnel,
    hosts.inspector,
    paths.host_placeholder,
    paths.path_placeholder,
)
_OF_THE_CLIENT: Final = ("client_uri", "initiation_uri", "configuration_uri")
"""Pages of the client itself, where R-62 asks; a policy on a documentation host asks nobody for a secret."""
_NOT_HTTPS: Final = "Links shown to your users must start with https://."


class Page(NamedTuple):
    """The address of a page whose host and port are well-formed, and what it is compared with."""

    field: str
    host: Host
    uri: ParsedUri
    redirect_uris: Sequence[str]
    waived: Waived


def check(
    field: str,
    uri: str,
    *,
    client_uri: str | None = None,
    redirect_uris: Sequence[str] = (),
) -> list[Finding]:
    """The first rejection of the address in ``field``, or else every warning about it.

    An empty optional field has no findings. ``client_uri`` shows which site is the partner's (U-08); the
    initiation URI may not be one of ``redirect_uris`` (U-11). Rules about pages cannot be overridden (G-06),
    even if an override is requested for the same address as a redirect URI.
    """
    if not uri and field in OPTIONAL_FIELDS:
        return []

    def left_to_correct(better: str) -> Finding | None:
        return _rejection(field, better, redirect_uris) or _placeholder(better)

    found = _rejection(field, uri, redirect_uris)
    if found:
        return [settled(found, uri, PAGES[field], left_to_correct).at(field)]
    return [finding.at(field) for finding in _warnings(field, uri, client_uri, left_to_correct)]


def _rejection(field: str, uri: str, redirect_uris: Sequence[str], waived: Waived = ()) -> Finding | None:
    """The first rejection of an address; those of redirect URIs come under the id of the rule for pages."""
    if not uri:
        return reject("U-02", f"Enter an address for “{LABELS[field]}”, for example https://client.example/.")
    if found := text.flaw(uri, page=True):
        return replace(found, rule="U-12" if found.rule in ("R-06", "R-07") else "U-02")
    if found := scheme_flaw(uri, page=True):
        if found.rule == "R-13":
            return replace(found, rule="U-03", message=_NOT_HTTPS)
        return replace(found, rule="U-02")
    parsed = split(uri)
    if found := authority_flaw(parsed):
        return _plain_http(parsed) or replace(found, rule="U-06" if found.rule == "R-16" else "U-02")
    page = Page(field, hosts.read(parsed.host), parsed, redirect_uris, waived)
    for rule in _REJECTING:
        if found := rule(page):
            return found
    return None


def _plain_http(uri: ParsedUri) -> Finding | None:
    if uri.scheme.lower() != "http":
        return None
    better = uri._replace(scheme="https", port=None if uri.port == "80" else uri.port).text()
    return reject("U-03", _NOT_HTTPS, excerpt=uri.scheme, suggestion=better)


def https_required(page: Page) -> Finding | None:
    """U-03: plain http, except for local hosts, which get the graver U-04: nobody else can open them."""
    is_local = page.host.is_loopback or hosts.loopback_alias(page.host, page.uri)
    return None if is_local else _plain_http(page.uri)


def syntax(page: Page) -> Finding | None:
    """U-02: an address with a second spelling, as for redirect URIs."""
    found = first(_SYNTAX, page.host, page.uri, page.waived)
    if found and found.suggestion and LINE_END in found.suggestion:
        found = replace(found, suggestion=None)
    return found and replace(found, rule="U-02")


def public(page: Page) -> Finding | None:
    """U-04: a host that only the partner can open."""
    if not page.host.is_loopback and not first(_UNREACHABLE, page.host, page.uri, page.waived):
        return None
    return reject("U-04", f"Your users cannot open “{quote(page.host.text)}”.", excerpt=page.host.text)


def ip_literal(page: Page) -> Finding | None:
    """U-05: a public IP address."""
    return reject("U-05", "Use your host name.", excerpt=page.host.text) if page.host.address else None


def pleo_host(page: Page) -> Finding | None:
    """U-07: a page of Pleo's instead of one of the partner's own."""
    found = first((hosts.pleo_host,), page.host, page.uri, page.waived)
    if found and page.field == "initiation_uri":
        found = replace(found, message="Link to the page in your app where connecting starts.")
    return found and replace(found, rule="U-07")


def download(page: Page) -> Finding | None:
    """U-09: a last path segment with the extension of a download."""
    name = unquote(page.uri.path.rpartition("/")[2]).partition(";")[0].rstrip(". ").lower()
    extension = name.rpartition(".")[2] if "." in name else ""
    if extension not in DOWNLOAD_EXTENSIONS:
        return None
    return reject("U-09", "Link to a web page or PDF.", excerpt="." + extension)


def initiation_is_callback(page: Page) -> Finding | None:
    """U-11: one of the redirect URIs as the page where users start."""
    if page.field != "initiation_uri" or page.uri._replace(fragment=None).text() not in page.redirect_uris:
        return None
    return reject("U-11", "Enter the page where users start, not the callback.")


_REJECTING: Final[tuple[Callable[[Page], Finding | None], ...]] = (
    https_required,
    syntax,
    public,
    ip_literal,
    pleo_host,
    download,
    initiation_is_callback,
)


def _warnings(
    field: str, uri: str, client_uri: str | None, left_to_correct: Callable[[str], Finding | None]
) -> Iterator[Finding]:
    parsed = split(uri)
    host = hosts.read(parsed.host)
    if field != "client_uri" and _is_other_site(host, client_uri):
        message = "This is another site than the client URI: Pleo checks that the page is yours."
        yield warn("U-08", message, excerpt=host.text)
    if found := hosts.shortener(host, parsed):
        yield replace(found, rule="U-10", message="Link to the final page.")
    if found := paths.forwards(host, parsed):
        yield replace(settled(found, uri, PAGES[field], left_to_correct), rule="U-13")
    yield from (replace(found, rule="U-14") for rule in _LOOK if (found := rule(host, parsed)))
    if found := paths.odd_escape(host, parsed):
        yield replace(settled(found, uri, PAGES[field], left_to_correct), rule="U-14")
    if field in _OF_THE_CLIENT and (found := hosts.public_client(host, parsed)):
        yield replace(found, rule="U-14")


def _placeholder(uri: str) -> Finding | None:
    """A placeholder in an address that no rule rejects: it would be registered as it stands."""
    parsed = split(uri)
    host = hosts.read(parsed.host)
    return paths.host_placeholder(host, parsed) or paths.path_placeholder(host, parsed)


def _is_other_site(host: Host, client_uri: str | None) -> bool:
    """Whether the registrable domains differ; false if the client URI is itself rejected."""
    if not client_uri or _rejection("client_uri", client_uri, (), WAIVABLE):
        return False
    home = split(client_uri).host
    return public_suffixes.registrable(host.lower) != public_suffixes.registrable(home)
