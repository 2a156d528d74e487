"""The verb that leads a client from staging to production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations.domain.draft_data import draft_data_from
from registrations.domain.lifecycle import RegistrationStatus
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
    """The registration for production, and the redirect URIs of the staging client that its draft lacks."""

    registration: Registration
    left_out: Sequence[str]


@verb(lock=lock_for_partner, statuses=_WORKING)
def promote(registration: Registration, *, by: User, key: UUID | None = None) -> Promoted:
    """Start a registration for production with the answers of this live staging client.

    Its draft has the logo, the reasons for scopes and the attestation, too, and no address that is for
    development alone. ``key`` was made with the page, which starts one registration however often it is
    posted. Raises ``Conflict`` where the client is not live in staging.
    """
    live = registration.revisions.live().first()
    if live is None or not registration.can_be_promoted:
        raise Conflict("Only a client that is live in staging can be registered for production.")
    is_excepted = registration.pkce_exceptions.running_on(timezone.now().date()).exists()
    record, left_out = for_production(baseline(live.metadata(), is_excepted=is_excepted))
    own_key = start_key(key, registration.uuid, by=by) if key else None
    if own_key and (before := Registration.objects.filter(start_key=own_key).first()):
        return Promoted(before, left_out)
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
    return Promoted(started, left_out)


def for_production(record: Metadata) -> tuple[Metadata, tuple[str, ...]]:
    """The record for production, and the redirect URIs that it leaves out."""
    kept = tuple(uri for uri in record.redirect_uris if not _is_for_development(uri))
    left_out = tuple(uri for uri in record.redirect_uris if uri not in kept)
    return replace(record, environment=Environment.PRODUCTION.value, redirect_uris=kept), left_out


def _is_for_development(uri: str) -> bool:
    found = redirect_uris.check(uri, environment=Environment.PRODUCTION)
    return any(finding.rule in _FOR_DEVELOPMENT for finding in found)
