"""Section 2 of the rules: the pages that end users open from inside Pleo's products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from registrations.rules import public_suffixes
from registrations.rules.data.web_words import DOWNLOAD_EXTENSIONS
from registrations.rules.fields import LABELS, OPTIONAL_FIELDS
from registrations.rules.findings import Finding, Waived, quote
from registrations.rules.redirect_uris import hosts
from registrations.rules.redirect_uris import shape as uri_shape
from registrations.rules.redirect_uris import spelling as uri_spelling
from registrations.rules.redirect_uris import text as uri_text
from registrations.rules.redirect_uris import warnings as uri_warnings
from registrations.rules.redirect_uris.checks import WAIVABLE, Rule, first
from registrations.rules.redirect_uris.findings import reject, settled, warn
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.shape import ParsedUri

_RAW: Final = {"R-06": "U-12", "R-07": "U-12"}
_SYNTAX: Final[tuple[Rule, ...]] = (
    uri_spelling.spelling,
    uri_spelling.dot_segment,
    uri_spelling.encoded_delimiter,
    uri_spelling.one_per_entry,
    hosts.idn_invalid,
)
_UNREACHABLE: Final[tuple[Rule, ...]] = (
    hosts.loopback_alias,
    hosts.not_public_ip,
    hosts.single_label,
    hosts.special_tld,
    hosts.public_suffix,
)
_LOOK: Final[tuple[Rule, ...]] = (
    uri_warnings.idn,
    uri_warnings.unknown_tld,
    uri_warnings.platform_root,
    uri_warnings.tunnel,
    uri_warnings.inspector,
    uri_warnings.host_placeholder,
    uri_warnings.path_placeholder,
    uri_warnings.public_client,
)


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

    def recheck(better: str) -> Finding | None:
        return _first_rejection(field, better, redirect_uris)

    found = recheck(uri)
    findings = list(_warnings(field, uri, client_uri)) if found is None else [settled(found, recheck)]
    return [finding.at(field) for finding in findings]


def _first_rejection(
    field: str, uri: str, redirect_uris: Sequence[str], waived: Waived = ()
) -> Finding | None:
    if not uri:
        return reject("U-02", f"Enter an address for “{LABELS[field]}”, for example https://client.example/.")
    if found := uri_text.flaw(uri, page=True):
        return replace(found, rule=_RAW.get(found.rule, "U-02"))
    if found := uri_shape.scheme_flaw(uri, page=True):
        return _not_https(found) if found.rule == "R-13" else replace(found, rule="U-02")
    parsed = uri_shape.split(uri)
    return _parsed_rejection(parsed, waived) or _misplaced(field, parsed, redirect_uris, waived)


def _not_https(found: Finding) -> Finding:
    return replace(found, rule="U-03", message="Links shown to your users must start with https://.")


def _parsed_rejection(parsed: ParsedUri, waived: Waived) -> Finding | None:
    """U-03, U-06, U-02, U-04 and U-05: the rules that apply to a page's address in any field."""
    flaw = uri_shape.authority_flaw(parsed)
    host = None if flaw else hosts.read(parsed.host)
    if found := _plain_http(host, parsed):
        return found
    if host is None:
        return flaw and replace(flaw, rule="U-06" if flaw.rule == "R-16" else "U-02")
    if found := first(_SYNTAX, host, parsed, waived):
        return replace(found, rule="U-02")
    return _unreachable(host, parsed, waived)


def _plain_http(host: Host | None, parsed: ParsedUri) -> Finding | None:
    """U-03: plain http, except for local hosts, which get the graver U-04: nobody else can open them."""
    is_local = host is not None and (host.is_loopback or hosts.loopback_alias(host, parsed) is not None)
    if is_local or parsed.scheme.lower() != "http":
        return None
    port = None if parsed.port == "80" else parsed.port
    better = parsed._replace(scheme="https", port=port).text()
    return _not_https(reject("U-03", "", excerpt=parsed.scheme, suggestion=better))


def _unreachable(host: Host, parsed: ParsedUri, waived: Waived) -> Finding | None:
    """U-04 for what only the partner can open, U-05 for a public IP address."""
    if host.is_loopback or first(_UNREACHABLE, host, parsed, waived):
        message = f"Your users cannot open “{quote(host.text)}”."
        return reject("U-04", message, excerpt=host.text)
    if host.address is not None:
        return reject("U-05", "Use your host name.", excerpt=host.text)
    return None


def _misplaced(field: str, parsed: ParsedUri, redirect_uris: Sequence[str], waived: Waived) -> Finding | None:
    """U-07, U-09 and U-11: an address of Pleo's, a download or a callback instead of a page."""
    if found := first((hosts.pleo_host,), hosts.read(parsed.host), parsed, waived):
        return replace(found, rule="U-07", message=_own_page(field, found.message))
    if extension := _download(parsed.path):
        return reject("U-09", "Link to a web page or PDF.", excerpt="." + extension)
    if field == "initiation_uri" and parsed._replace(fragment=None).text() in redirect_uris:
        return reject("U-11", "Enter the page where users start, not the callback.")
    return None


def _own_page(field: str, otherwise: str) -> str:
    """The advice to link to a page of the partner's own instead of Pleo's, worded for the field."""
    return "Link to the page in your app where connecting starts." if field == "initiation_uri" else otherwise


def _download(path: str) -> str | None:
    """The extension of the last path segment if it is that of a download (rule U-09)."""
    name = unquote(path.rpartition("/")[2]).partition(";")[0].rstrip(". ").lower()
    extension = name.rpartition(".")[2] if "." in name else ""
    return extension if extension in DOWNLOAD_EXTENSIONS else None


def _warnings(field: str, uri: str, client_uri: str | None) -> Iterator[Finding]:
    parsed = uri_shape.split(uri)
    host = hosts.read(parsed.host)
    if field != "client_uri" and _is_other_site(host, client_uri):
        message = "This is another site than the client URI: the reviewer checks that the page is yours."
        yield warn("U-08", message, excerpt=host.text)
    if found := uri_warnings.shortener(host, parsed):
        yield replace(found, rule="U-10", message="Link to the final page.")
    if found := uri_warnings.forwards(host, parsed):
        yield replace(found, rule="U-13")
    yield from (replace(found, rule="U-14") for rule in _LOOK if (found := rule(host, parsed)))


def _is_other_site(host: Host, client_uri: str | None) -> bool:
    """Whether the registrable domains differ; false if the client URI is itself rejected."""
    if not client_uri or _first_rejection("client_uri", client_uri, (), WAIVABLE):
        return False
    home = uri_shape.split(client_uri).host
    return public_suffixes.registrable(host.lower) != public_suffixes.registrable(home)
