"""Restricted scopes take a second person: the verb that says yes, and what approval asks of it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations.models import Revision, ScopeConfirmation
from registrations.rules.lifecycle import OPEN_STATUSES
from registrations.rules.vocabulary import Tier
from registrations.workflow import desk
from registrations.workflow.claims import attempt


def confirm_scopes(uuid: UUID, *, by: User, seen_version: int) -> ScopeConfirmation:
    """Say yes, as the second person, to the restricted scopes of the revision that was seen.

    Raises ``StaleVersion`` and ``Conflict`` as every decision does, ``Conflict`` also where it asks
    for no restricted scope or somebody confirmed them already; ``NotAllowed`` for everyone who may
    not review this one.
    """
    with attempt("revision.confirm_scopes", by=by, stream=uuid, objects=[f"revision:{seen_version}"]):
        registration = desk.claim_for_review(uuid, by=by, statuses=OPEN_STATUSES)
        revision = desk.revision_seen(registration, seen_version)
        names = restricted(revision)
        if not names:
            raise Conflict("The revision asks for no restricted scope.")
        if revision.scope_confirmations.exists():
            raise Conflict("Its restricted scopes are confirmed already.")
        confirmation = ScopeConfirmation.objects.create(
            revision=revision, confirmed_by=by, confirmed_at=timezone.now()
        )
        events.record(
            "revision.scopes_confirmed",
            by=by,
            stream=uuid,
            objects=[f"revision:{seen_version}"],
            detail={"scopes": names},
        )
        return confirmation


def restricted(revision: Revision) -> list[str]:
    """The restricted scopes it asks for, by name."""
    rows = revision.requested_scopes.filter(scope__tier=Tier.RESTRICTED)
    return [child.scope_id for child in rows]


def mind_second_person(revision: Revision, granted: Collection[str], *, by: User) -> None:
    """Raises ``Conflict`` where a restricted scope would be granted that nobody but ``by`` has seen."""
    if not set(restricted(revision)) & set(granted):
        return
    confirmation = revision.scope_confirmations.first()
    if confirmation is None:
        raise Conflict(
            "It needs a second person: another reviewer has to confirm the restricted scopes first. "
            "Or approve it without them."
        )
    if confirmation.confirmed_by == by:
        raise Conflict(
            "You confirmed the restricted scopes yourself, so somebody else has to approve it. "
            "Or approve it without them."
        )
