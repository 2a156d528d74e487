"""The search of the queue: any part of what a colleague or a partner would quote.

On PostgreSQL each kind of text has a trigram index (``models/search_indexes.py``). Such an index finds three
letters or digits in a row, so a shorter term is looked for at the beginnings only, which other indexes find.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from portal.accounts.models import User
from portal.paging import parse_uuid
from registrations.models import ClientSecret, RedirectUri, Registration, Revision
from registrations.rules.redirect_uris.hosts import ACE_PREFIX, unicode_label

HELP: Final = (
    "Any part of a client name, organisation, email address, host or client id. "
    "Or a whole secret hint, reference or id."
)
SEARCHED: Final = (
    "client names and websites, also of earlier revisions",
    "organisation names",
    "email addresses of those who submitted and of the organisation’s members",
    "hosts of redirect URIs, in Unicode or in punycode",
    "client ids",
    "the last four characters of a secret, references and ids, in full",
)
"""What the page of an empty answer says that it looked at."""
SHORTEST: Final = 2
LONGEST: Final = 200
MOST_MATCHES: Final = 2000
"""The most matches looked at; only a term that is too general has more."""
MOST_PEOPLE: Final = 50
"""The most people whose registrations are looked for."""
MOST_INTERNATIONAL: Final = 5000
"""The most international hosts that are read to compare them in Unicode."""

_HAS_TRIGRAM: Final = re.compile(r"[^\W_]{3}")
_HINT: Final = re.compile(r"[0-9a-f]{4}")
_PART_OF_ID: Final = re.compile(r"[0-9a-f-]{4,}")

Rows = QuerySet[Any, Any]


class Found(NamedTuple):
    """The result of a search; ``problem`` says why it may be incomplete."""

    rows: Q
    problem: str = ""


EVERYTHING: Final = Found(Q())
"""What a search without a term finds."""


def matching(term: str) -> Found:
    """The registrations that match a term: two queries, none for an id.

    The names and hosts of earlier revisions count too. A host may come in a whole address.
    """
    if identifier := parse_uuid(term):
        return Found(Q(client_id=identifier) | Q(uuid=identifier))
    if not SHORTEST <= len(term) <= LONGEST:
        return Found(Q(pk__in=[]), f"Enter {SHORTEST} to {LONGEST} characters to search.")
    arms = [arm.order_by() for arm in _arms(term)]
    rows = list(arms[0].union(*arms[1:], all=True)[: MOST_MATCHES + 1])
    more = f"More than {MOST_MATCHES} matches, so only some are listed. Enter a longer search term."
    return Found(Q(pk__in={pk for (pk,) in rows}), more if len(rows) > MOST_MATCHES else "")


def _arms(term: str) -> Iterator[Rows]:
    """A query for each kind of text, of the primary keys of registrations."""
    lower = term.lower()
    any_part = bool(_HAS_TRIGRAM.search(term))
    ignoring_case, as_stored = ("icontains", "contains") if any_part else ("istartswith", "startswith")
    yield Revision.objects.filter(**{f"client_name__{ignoring_case}": term}).values_list("registration_id")
    yield Registration.objects.filter(**{f"organisation__name__{ignoring_case}": term}).values_list("pk")
    if people := _people(lower, as_stored):
        members = Registration.objects.filter(organisation__memberships__user__in=people)
        yield members.values_list("pk")
        yield Revision.objects.filter(submitted_by__in=people).values_list("registration_id")
    yield from _by_host(_host_in(lower), as_stored)
    yield Registration.objects.with_reference(term).values_list("pk")
    if _HINT.fullmatch(lower):
        yield ClientSecret.objects.filter(hint=lower).values_list("registration_id")
    if _PART_OF_ID.fullmatch(lower):
        part = lower if connection.vendor == "postgresql" else lower.replace("-", "")
        ids = Registration.objects.alias(text=Cast("client_id", TextField()))
        yield ids.filter(text__contains=part).values_list("pk")


def _people(part: str, as_stored: str) -> list[int]:
    """The people with this part in their email address; read first, so that indexes find what is theirs."""
    if not part.isascii():
        return []
    found = User.objects.filter(**{f"email__{as_stored}": part}).order_by("pk")
    return list(found.values_list("pk", flat=True)[:MOST_PEOPLE])


def _host_in(term: str) -> str:
    """The host of a whole address; any other text as it is."""
    return term.rpartition("://")[2].partition("/")[0]


def _by_host(host: str, as_stored: str) -> Iterator[Rows]:
    page = host if as_stored == "contains" else f"https://{host}"
    pages: dict[str, object] = {f"client_uri__{as_stored}": page}
    hosts: dict[str, object] = {f"host__{as_stored}": host}
    if not host.isascii():
        found = _international(host)
        pages, hosts = {"client_uri__in": found}, {"host__in": found}
    yield Revision.objects.filter(**pages).values_list("registration_id")
    yield RedirectUri.objects.filter(**hosts).values_list("revision__registration_id")


def _international(part: str) -> list[str]:
    """The stored hosts and websites with this part in Unicode: they are stored in punycode."""
    hosts = RedirectUri.objects.filter(host__contains=ACE_PREFIX).values_list("host")
    pages = Revision.objects.filter(client_uri__contains=ACE_PREFIX).values_list("client_uri")
    stored = hosts.order_by().union(pages.order_by())[:MOST_INTERNATIONAL]
    part = unicodedata.normalize("NFC", part)
    return [text for (text,) in stored if part in _in_unicode(_host_in(text))]


def _in_unicode(host: str) -> str:
    return ".".join(unicode_label(label) or label for label in host.lower().split("."))
