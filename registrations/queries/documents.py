"""A registration as an RFC 7591 document: what ``metadata.json`` and the export write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch

from registrations.domain.client_metadata import as_json
from registrations.domain.lifecycle import RegistrationStatus
from registrations.domain.rereview import in_effect
from registrations.models import Draft, PkceException, Registration, Revision
from registrations.queries.answers import logo_url
from registrations.rules.metadata import Metadata

CHUNK: Final = 500
"""How many registrations the export reads at a time."""

_STOPPED: Final = frozenset({RegistrationStatus.SUSPENDED, RegistrationStatus.CLOSED})

Document = dict[str, Any]


def live_document(
    registration: Registration, live: Revision, exceptions: Iterable[PkceException], *, today: date
) -> Document:
    """The document of the live revision as it is in effect: with the scopes that were granted, and with an
    exception only while one is in force."""
    running = _running(exceptions, today)
    granted = tuple(child.scope_id for child in live.requested_scopes.all() if child.granted)
    record = in_effect(live.metadata(), is_excepted=running is not None)
    return _document(registration, replace(record, scope=granted), running)


def open_document(
    registration: Registration, begun: Draft | Revision, exceptions: Iterable[PkceException], *, today: date
) -> Document:
    """The document of a draft or revision that nobody has approved yet, valid or not."""
    return _document(registration, begun.metadata(), _running(exceptions, today))


def live_documents(*, today: date) -> Iterator[Document]:
    """The documents of all active clients, oldest first; five statements for each chunk.

    Suspended and closed clients are left out, so that an authorization server which treats this as the
    complete list stops serving them.
    """
    live = Revision.objects.live().prefetch_related("redirect_uris", "requested_scopes")
    in_force = PkceException.objects.in_force()
    active = Registration.objects.filter(status=RegistrationStatus.ACTIVE).order_by("pk")
    rows = active.prefetch_related(Prefetch("revisions", live), Prefetch("pkce_exceptions", in_force))
    for registration in rows.iterator(chunk_size=CHUNK):
        for revision in registration.revisions.all():
            yield live_document(registration, revision, registration.pkce_exceptions.all(), today=today)


def _running(exceptions: Iterable[PkceException], today: date) -> PkceException | None:
    return next((one for one in exceptions if one.runs_on(today)), None)


def _document(registration: Registration, record: Metadata, running: PkceException | None) -> Document:
    logo = logo_url(record.logo_digest)
    return as_json(
        record,
        client_id=str(registration.client_id or ""),
        logo_uri=f"{settings.PORTAL_BASE_URL}{logo}" if logo else "",
        pkce_required=running is None,
        registration_status=registration.status if registration.stage in _STOPPED else "",
        pkce_exception_expires_on=running.expires_on.isoformat() if running and running.expires_on else "",
    )
