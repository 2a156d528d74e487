"""Compares a record's hosts, and its submitter's email domain, with the client's own site."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from registrations.rules import public_suffixes
from registrations.rules.data.mail_domains import FORWARDING, FREE_MAIL, THROW_AWAY
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import LABELS, WEB_URI_FIELDS
from registrations.rules.redirect_uris.shape import split

_OPEN_TO_ANYONE: Final = FREE_MAIL | THROW_AWAY | FORWARDING


class HostUse(NamedTuple):
    """A host of the record: the labels of the fields that name it, and whether it is on the client's site."""

    host: str
    labels: tuple[str, ...]
    is_own_site: bool


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
    home = site_of(record.client_uri)
    return [
        HostUse(host, tuple(labels), public_suffixes.registrable(host.lower()) == home)
        for host, labels in uses.items()
    ]


def mail_of(email: str, client_uri: str) -> Mail:
    """Relate an email address to the client's site."""
    domain = domain_of(email)
    labels = domain.split(".")
    if not _OPEN_TO_ANYONE.isdisjoint(".".join(labels[at:]) for at in range(len(labels))):
        return Mail.FREE
    return Mail.SAME_SITE if public_suffixes.registrable(domain) == site_of(client_uri) else Mail.OTHER


def domain_of(email: str) -> str:
    """The domain of an email address, in lower case."""
    return email.rpartition("@")[2].lower()
