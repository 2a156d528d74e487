"""Which addresses of a record are checked, and how far: decided from the text alone."""

from __future__ import annotations

from typing import Final, NamedTuple

from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import WEB_URI_FIELDS
from registrations.rules.redirect_uris import hosts, text
from registrations.rules.redirect_uris.shape import authority_flaw, scheme_flaw, split

CALLBACKS: Final = "redirect_uris"
FIELDS: Final = (*WEB_URI_FIELDS, CALLBACKS)
_NOT_PUBLIC: Final = (hosts.loopback_alias, hosts.not_public_ip, hosts.single_label, hosts.special_tld)
"""The rules that find somebody's own machine or network: R-24, R-25, R-27 and R-28."""


class Target(NamedTuple):
    """One address to check.

    ``host`` is a name or an IP address without brackets. ``resource`` is the path and query to request;
    with None nothing is requested and the check ends after TLS. A host whose name shows that it is not
    public (``is_public``) is not even looked up.
    """

    host: str
    resource: str | None
    is_public: bool


class Planned(NamedTuple):
    """An address of a record that can be checked."""

    field: str
    uri: str


def plan(record: Metadata) -> list[Planned]:
    """Every address of the record that can be checked, in the order of the form."""
    pages = [Planned(field, getattr(record, field)) for field in WEB_URI_FIELDS]
    callbacks = [Planned(CALLBACKS, uri) for uri in record.redirect_uris]
    return [address for address in pages + callbacks if target_of(*address) is not None]


def target_of(field: str, uri: str) -> Target | None:
    """What to check at an address; None where it is not to be checked.

    That is loopback, plain http, a port other than 443, and text that the rules do not read as an address.
    A redirect URI is never requested: a callback may act on what it receives.
    """
    if text.flaw(uri, page=True) or scheme_flaw(uri):
        return None
    parsed = split(uri)
    if parsed.scheme != "https" or parsed.port not in (None, "443") or authority_flaw(parsed):
        return None
    host = hosts.read(parsed.host)
    if host.is_loopback:
        return None
    resource = None
    if field != CALLBACKS:  # in origin form (RFC 9112 section 3.2.1); a fragment is never sent
        resource = (parsed.path or "/") + ("" if parsed.query is None else f"?{parsed.query}")
    is_public = not any(rule(host, parsed) for rule in _NOT_PUBLIC)
    return Target(parsed.host.strip("[]"), resource, is_public)
