"""The verb that leads a client from staging to production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.audit.models import Event, Outcome
from portal.refusals import Conflict
from registrations.domain.draft_data import draft_data_from
from registrations.domain.lifecycle import OPEN_STATUSES, RegistrationStatus
from registrations.domain.rereview import baseline
from registrations.draft_checks import DraftChecks
from registrations.events import RegistrationEvent
from registrations.models import Draft, Registration
from registrations.rules import redirect_uris
from registrations.rules.metadata import Metadata
from registrations.rules.vocabulary import Environment
from registrations.workflow.drafting import start_key
from registrations.workflow.locking import lock_for_partner
from registrations.workflow.verbs import verb

_FOR_DEVELOPMENT: Final = frozenset({"R-63", "R-64"})
"""Rules about addresses that production refuses, or warns about, because they are for testing."""

_WORKING: Final = frozenset({RegistrationStatus.ACTIVE})


class Promoted(NamedTuple):
    """The registration for production, and what its draft lacks of the staging client's answers.

    ``left_out`` are redirect URIs, ``refused`` the scopes that a reviewer refused.
    """

    registration: Registration
    left_out: Sequence[str]
    refused: Sequence[str]


@verb(lock=lock_for_partner, statuses=_WORKING)
def promote(registration: Registration, *, by: User, key: UUID | None = None) -> Promoted:
    """Start a registration for production with the answers of this live staging client.

    Its draft has the logo, the reasons for scopes and the attestation, too, and no address that is for
    development alone. ``key`` was made with the page, which starts one registration however often it is
    posted. Raises ``Conflict`` where the client is not live in staging, and where a registration that is not
    closed was started from it on another page.
    """
    live = registration.revisions.live().first()
    if live is None or not registration.can_be_promoted:
        raise Conflict("Only a client that is live in staging can be registered for production.")
    is_excepted = registration.pkce_exceptions.running_on(timezone.now().date()).exists()
    record, left_out = for_production(baseline(live.metadata(), is_excepted=is_excepted))
    refused = [asked.scope_id for asked in live.requested_scopes.all() if asked.granted is False]
    own_key = start_key(key, registration.uuid, by=by) if key else None
    if own_key and (before := Registration.objects.filter(start_key=own_key).first()):
        return Promoted(before, left_out, refused)
    if promoted_from(registration):
        raise Conflict("A registration for production was started from this client already.")
    started = Registration.objects.create(
        organisation=registration.organisation, created_by=by, start_key=own_key
    )
    data = {**draft_data_from(record), "review_asked": live.review_asked}
    Draft.objects.create(
        registration=started,
        data=DraftChecks.for_new(registration.organisation_id).to_keep(data),
        logo=live.logo,
        updated_at=timezone.now(),
        updated_by=by,
    )
    events.record(
        RegistrationEvent.REGISTRATION_PROMOTED,
        by=by,
        stream=started.uuid,
        objects=[started.audit_name],
        detail={"from": str(registration.uuid), "version": live.number},
    )
    return Promoted(started, left_out, refused)


def promoted_from(registration: Registration) -> Registration | None:
    """The newest registration for production that was started from this client and is not closed."""
    done = Event.objects.filter(verb=RegistrationEvent.REGISTRATION_PROMOTED, outcome=Outcome.DONE)
    started = done.filter(detail__from=str(registration.uuid))
    of_organisation = Registration.objects.filter(organisation=registration.organisation_id)
    open_ones = of_organisation.filter(status__in=sorted(OPEN_STATUSES))
    return open_ones.filter(uuid__in=started.values("stream")).first()


def for_production(record: Metadata) -> tuple[Metadata, tuple[str, ...]]:
    """The record for production, and the redirect URIs that it leaves out."""
    kept = tuple(uri for uri in record.redirect_uris if not _is_for_development(uri))
    left_out = tuple(uri for uri in record.redirect_uris if uri not in kept)
    return replace(record, environment=Environment.PRODUCTION.value, redirect_uris=kept), left_out


def _is_for_development(uri: str) -> bool:
    found = redirect_uris.check(uri, environment=Environment.PRODUCTION)
    return any(finding.rule in _FOR_DEVELOPMENT for finding in found)
