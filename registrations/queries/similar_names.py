"""Clients of other organisations whose names look like a revision's (rule N-10), for the desk alone."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db.models import Prefetch

from registrations.domain.lifecycle import RevisionStatus, shown_status
from registrations.models import Registration, Revision
from registrations.queries.secrets import has_working_secret, with_working_secret

MOST: Final = 10


class SimilarClient(NamedTuple):
    """A client with such a name now: live, or under review."""

    name: str
    organisation: str
    environment: str
    status: str
    registration: Registration


def similar_clients(revision: Revision) -> list[SimilarClient]:
    """At most ten such clients, the oldest first: two statements."""
    alike = Revision.objects.taking_name(revision.client_name, revision.registration.organisation_id)
    clients = with_working_secret(Registration.objects.select_related("organisation"))
    rows = alike.prefetch_related(Prefetch("registration", clients)).order_by("registration_id", "status")
    # Of two of a client the one under review tells more, also beside a restriction of the live one.
    telling = {row.registration_id: row for row in rows[: 2 * MOST]}
    return [
        SimilarClient(
            row.client_name,
            row.registration.organisation.name,
            row.environment,
            _status(row),
            row.registration,
        )
        for row in list(telling.values())[:MOST]
    ]


def _status(row: Revision) -> str:
    waits = row.stage is RevisionStatus.UNDER_REVIEW
    client = row.registration
    has_secret = has_working_secret(client)
    return shown_status(client.stage, row.stage, under_review=waits, has_secret=has_secret)[1]
