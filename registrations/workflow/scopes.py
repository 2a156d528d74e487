"""The scopes of a revision: granted by an approval, the restricted ones confirmed by a second person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations import permissions
from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.events import RegistrationEvent
from registrations.models import Registration, RequestedScope, Revision, ScopeConfirmation
from registrations.rules.vocabulary import Tier
from registrations.workflow import desk
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb


@verb(
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.REVISION_CONFIRM_SCOPES,
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
    if not second_person(revision).lacking:
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
        objects=[revision.audit_name],
        detail={"scopes": names},
    )
    return confirmation


def restricted(revision: Revision) -> list[str]:
    """The names of the restricted scopes that the revision asks for."""
    rows = revision.requested_scopes.filter(scope__tier=Tier.RESTRICTED)
    return [child.scope_id for child in rows]


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """What people besides the approver said about the restricted scopes that a revision asks for.

    ``granted`` were granted before, after one person had confirmed them and another approved. ``confirmed``
    are the confirmations that count for this revision, each with the names for which it does: whoever gave it
    may still review.
    """

    restricted: frozenset[str]
    granted: frozenset[str]
    confirmed: Sequence[tuple[ScopeConfirmation, frozenset[str]]]

    @property
    def lacking(self) -> frozenset[str]:
        """The names that nobody has confirmed."""
        return self.restricted - self.granted - {name for _, names in self.confirmed for name in names}

    def lacking_besides(self, by: User) -> frozenset[str]:
        """The names that nobody but ``by`` has confirmed."""
        others = {name for said, names in self.confirmed if said.confirmed_by != by for name in names}
        return self.restricted - self.granted - others


def second_person(revision: Revision) -> SecondPerson:
    """The confirmations that count for the revision: two statements, one where no scope is restricted.

    A confirmation is about a scope and the partner's reason for it. It counts on later revisions with both,
    until a reviewer refuses the scope.
    """
    names = frozenset(restricted(revision))
    if not names:
        return SecondPerson(names, names, ())
    registration = revision.registration
    rows = RequestedScope.objects.filter(revision__registration=registration, scope_id__in=names)
    asked = {(row.revision.number, row.scope_id): row for row in rows.select_related("revision")}
    refused = {
        name: max((n for (n, of), row in asked.items() if of == name and row.granted is False), default=0)
        for name in names
    }
    granted: set[str] = set()
    confirmed = []
    said = ScopeConfirmation.objects.filter(revision__registration=registration)
    for one in said.select_related("confirmed_by", "revision").order_by("confirmed_at", "pk"):
        number = one.revision.number
        same = {
            name
            for name in names & set(one.scopes)
            if number > refused[name] and asked[number, name].reason == asked[revision.number, name].reason
        }
        granted |= {name for name in same if asked[number, name].granted}
        if same and permissions.can_review(one.confirmed_by, registration):
            confirmed.append((one, frozenset(same)))
    return SecondPerson(names, frozenset(granted), confirmed)


def grant(
    revision: Revision, wanted: Collection[str] | None, *, by: User, refused_because: str = ""
) -> dict[str, list[str]]:
    """Grant the wanted scopes and refuse the others: part of ``review.approve``.

    None grants what nobody had to choose: all but those that were refused before (rule S-07).

    Returns the granted and refused names for the event. Raises ``Conflict`` where nothing would be
    granted, or a scope that the revision does not ask for, or a restricted scope that only ``by``, or
    nobody, confirmed, or where ``refused_because`` breaks rule F-01.
    """
    requested = set(revision.scopes())
    granted = granted_unasked(revision) if wanted is None else set(wanted)
    if not granted <= requested:
        raise Conflict("The revision asks for no such scope. Reload the page and choose again.")
    if not granted:
        raise Conflict("Grant at least one scope, or request changes or reject it.")
    _require_second_person(revision, granted, by=by)
    revision.requested_scopes.filter(scope_id__in=granted).update(granted=True)
    refused = revision.requested_scopes.filter(scope_id__in=requested - granted)
    refused.update(granted=False, refused_because=desk.checked_text(refused_because))
    return {"granted": sorted(granted), "refused": sorted(requested - granted)}


def granted_unasked(revision: Revision) -> set[str]:
    """The scopes that an approval grants where it names none: all that the revision asks for, but those that
    were refused before (rule S-07)."""
    return set(revision.scopes()) - RequestedScope.objects.refused_in(revision.registration).keys()


def _require_second_person(revision: Revision, granted: Collection[str], *, by: User) -> None:
    said = second_person(revision)
    if not said.lacking_besides(by) & set(granted):
        return
    if not said.lacking & set(granted):
        raise Conflict(
            "You confirmed the restricted scopes yourself, so somebody else has to approve it. "
            "Or approve it without them."
        )
    raise Conflict(
        "It needs a second person: another reviewer has to confirm the restricted scopes first. "
        "Or approve it without them."
    )
