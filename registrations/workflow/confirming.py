"""Confirmation of restricted scopes by a second person: the verb, and the check that approval makes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations import permissions
from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.events import RegistrationEvent
from registrations.models import Registration, Revision, ScopeConfirmation
from registrations.rules.vocabulary import Tier
from registrations.workflow import desk
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb


@verb(
    "revision.confirm_scopes",
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    records_refusals=True,
    about="revision:{seen_version}",
)
def confirm_scopes(registration: Registration, *, by: User, seen_version: int) -> ScopeConfirmation:
    """Confirm, as the second person, the restricted scopes of the revision that was seen.

    Raises ``StaleVersion`` and ``Conflict`` as every decision does, ``Conflict`` also where the revision
    asks for no restricted scope or all of them are confirmed already; ``NotAllowed`` for everyone who may
    not review this one.
    """
    revision = desk.revision_seen(registration, seen_version, by=by)
    names = restricted(revision)
    if not names:
        raise Conflict("The revision asks for no restricted scope.")
    if set(names) <= _named(valid_confirmations(revision)):
        raise Conflict("Its restricted scopes are confirmed already.")
    confirmation, _ = ScopeConfirmation.objects.update_or_create(
        revision=revision,
        confirmed_by=by,
        defaults={"scopes": names, "confirmed_at": timezone.now()},
    )
    events.record(
        RegistrationEvent.REVISION_SCOPES_CONFIRMED,
        by=by,
        stream=registration.uuid,
        objects=[f"revision:{seen_version}"],
        detail={"scopes": names},
    )
    return confirmation


def restricted(revision: Revision) -> list[str]:
    """The names of the restricted scopes that the revision asks for."""
    rows = revision.requested_scopes.filter(scope__tier=Tier.RESTRICTED)
    return [child.scope_id for child in rows]


def valid_confirmations(revision: Revision) -> list[ScopeConfirmation]:
    """The confirmations by people who may still review: losing that right voids them."""
    said = revision.scope_confirmations.select_related("confirmed_by").order_by("confirmed_at", "pk")
    return [one for one in said if permissions.can_review(one.confirmed_by, revision.registration)]


def require_second_person(revision: Revision, granted: Collection[str], *, by: User) -> None:
    """Raise ``Conflict`` where a restricted scope would be granted that only ``by``, or nobody,
    confirmed."""
    needed = set(restricted(revision)) & set(granted)
    said = valid_confirmations(revision) if needed else []
    if needed <= _named(one for one in said if one.confirmed_by != by):
        return
    if needed <= _named(said):
        raise Conflict(
            "You confirmed the restricted scopes yourself, so somebody else has to approve it. "
            "Or approve it without them."
        )
    raise Conflict(
        "It needs a second person: another reviewer has to confirm the restricted scopes first. "
        "Or approve it without them."
    )


def _named(said: Iterable[ScopeConfirmation]) -> set[str]:
    return {name for one in said for name in one.scopes}
