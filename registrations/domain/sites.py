"""Compares a record's hosts, and its submitter's email domain, with the client's own site."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from registrations.rules import public_suffixes
from registrations.rules.data.local_names import ADDRESS_IN_NAME
from registrations.rules.data.mail_domains import FORWARDING, FREE_MAIL, THROW_AWAY
from registrations.rules.data.shared_hosts import SHARED_HOSTS, SHARED_ROOTS
from registrations.rules.data.tunnels_and_platforms import INSPECTORS, SHORTENERS, TUNNELS
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import LABELS, WEB_URI_FIELDS
from registrations.rules.redirect_uris.shape import split

_SHARED: Final = SHARED_HOSTS | SHORTENERS | INSPECTORS | TUNNELS | ADDRESS_IN_NAME
_OPEN_TO_ANYONE: Final = FREE_MAIL | THROW_AWAY | FORWARDING


class HostUse(NamedTuple):
    """A host of the record, and the labels of the fields that name it.

    ``is_own_site`` says whether it is on the client's site, ``is_shared`` whether many publish there.
    """

    host: str
    labels: tuple[str, ...]
    is_own_site: bool
    is_shared: bool


class Mail(StrEnum):
    """How the domain of an email address relates to the client."""

    SAME_SITE = "same_site"
    FREE = "free"
    """Anyone can get an address there."""
    OTHER = "other"


def site_of(uri: str) -> str:
    """The registrable domain of an address's host."""
    return public_suffixes.registrable(split(uri).host.lower())


def hosts_of(record: Metadata) -> list[HostUse]:
    """Every host of a complete record, each once, in the order of the form."""
    pages = [(LABELS[field], getattr(record, field)) for field in WEB_URI_FIELDS]
    addresses = [page for page in pages if page[1]]
    addresses += [(LABELS["redirect_uris"], uri) for uri in record.redirect_uris]
    uses: dict[str, list[str]] = {}
    for label, uri in addresses:
        labels = uses.setdefault(split(uri).host, [])
        labels.extend([label] if label not in labels else [])
    return [
        HostUse(host, tuple(labels), _is_on_site(host, record.client_uri), is_shared(host))
        for host, labels in uses.items()
    ]


def is_shared(host: str) -> bool:
    """Whether many publish on the host, so that a page there may be anybody's."""
    host = host.lower()
    is_root = host.removeprefix("www.") in SHARED_ROOTS
    return is_root or _is_below(host, _SHARED) or public_suffixes.is_platform(host)


def _is_on_site(host: str, client_uri: str) -> bool:
    """Whether the host is on the site of the client URI; a shared host is nobody's site."""
    home = split(client_uri).host
    return site_of(client_uri) == public_suffixes.registrable(host.lower()) and not (
        is_shared(home) or is_shared(host)
    )


def _is_below(host: str, names: frozenset[str]) -> bool:
    labels = host.split(".")
    return not names.isdisjoint(".".join(labels[at:]) for at in range(len(labels)))


def mail_of(email: str, client_uri: str) -> Mail:
    """Relate an email address to the client's site."""
    domain = domain_of(email)
    if anyone_can_have(domain):
        return Mail.FREE
    return Mail.SAME_SITE if _is_on_site(domain, client_uri) else Mail.OTHER


def anyone_can_have(domain: str) -> bool:
    """Whether anyone can get an email address there, so that it says nothing about its owner."""
    return _is_below(domain, _OPEN_TO_ANYONE)


def domain_of(email: str) -> str:
    """The domain of an email address, in lower case."""
    return email.rpartition("@")[2].lower()
