"""The search of the queue: beginnings, references and ids, because other parts would scan the tables."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db.models import Q

from portal.paging import parse_uuid
from registrations.models import RedirectUri, Registration, Revision

HELP: Final = "Enter the start of a client name, organisation name or host, a reference or a full id."
SHORTEST: Final = 2
LONGEST: Final = 200
MOST_MATCHES: Final = 2000
"""The most matches looked at; only a term that is too general has more."""


class Found(NamedTuple):
    """The result of a search; ``problem`` says why it may be incomplete."""

    rows: Q
    problem: str = ""


def matching(term: str) -> Found:
    """The registrations that match a term; one query, none for an id.

    The names and hosts of earlier revisions count too. A host may come in a whole address.
    """
    if identifier := parse_uuid(term):
        return Found(Q(client_id=identifier) | Q(uuid=identifier))
    if not SHORTEST <= len(term) <= LONGEST:
        return Found(Q(pk__in=[]), f"Enter {SHORTEST} to {LONGEST} characters to search.")
    host = term.lower().rpartition("://")[2].partition("/")[0]  # hosts are stored in lower case
    names = Revision.objects.filter(client_name__istartswith=term).values_list("registration_id")
    pages = Revision.objects.filter(client_uri__startswith=f"https://{host}").values_list("registration_id")
    hosts = RedirectUri.objects.filter(host__startswith=host).values_list("revision__registration_id")
    homes = Registration.objects.filter(organisation__name__istartswith=term).values_list("pk")
    quoted = Registration.objects.with_reference(term).values_list("pk")
    arms = [arm.order_by() for arm in (names, homes, pages, hosts, quoted)]
    rows = list(arms[0].union(*arms[1:], all=True)[: MOST_MATCHES + 1])
    more = f"More than {MOST_MATCHES} matches, so only some are listed. Enter a longer search term."
    return Found(Q(pk__in={pk for (pk,) in rows}), more if len(rows) > MOST_MATCHES else "")
