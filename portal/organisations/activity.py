"""What happened in an organisation, as its members read it: from the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from portal.accounts.events import AccountEvent
from portal.accounts.models import Invitation, Membership, Organisation, Role, User
from portal.audit.events import SYSTEM
from portal.audit.models import Event, Outcome

_SHOWN: Final = frozenset(event for event in AccountEvent if event.partner)
_NEWEST: Final = 100
_MEMBER, _INVITATION = "member:", "invitation:"


class ActivityEntry(NamedTuple):
    """One entry of the list."""

    at: datetime
    text: str


def activity_of(organisation: Organisation, *, reader: Membership) -> list[ActivityEntry]:
    """The newest entries first: three statements.

    Staff are Pleo, and whoever was erased is somebody. Only admins read the addresses that were invited.
    """
    rows = Event.objects.filter(stream=organisation.uuid, outcome=Outcome.DONE, verb__in=_SHOWN)
    events = list(rows.order_by("-pk")[:_NEWEST])
    names = _people_of(events)
    if reader.role == Role.ADMIN:
        names |= _invited_by(events)
    entries = []
    for event in events:
        about = [*_named(event, _MEMBER), *_named(event, _INVITATION)]
        words = {
            "who": "You" if event.actor == str(reader.user.pseudonym) else names.get(event.actor, "Somebody"),
            "whom": next((names[name] for name in about if name in names), "somebody"),
            "role": str(event.detail.get("role", "")),
        }
        text = AccountEvent.named(event.verb).partner.format(**words)
        entries.append(ActivityEntry(event.at, text))
    return entries


def _named(event: Event, kind: str) -> Sequence[str]:
    """What stands behind ``kind`` in the names of the objects of the event."""
    return [name.removeprefix(kind) for name in event.moved if name.startswith(kind)]


def _people_of(events: Iterable[Event]) -> dict[str, str]:
    """The names of those who acted and of those whom it was about, by pseudonym."""
    pseudonyms = {name for event in events for name in (event.actor, *_named(event, _MEMBER))} - {SYSTEM}
    found = User.objects.filter(pseudonym__in=pseudonyms)
    return {SYSTEM: "Pleo"} | {
        str(one.pseudonym): "Pleo" if one.is_staff else one.get_full_name() for one in found
    }


def _invited_by(events: Iterable[Event]) -> dict[str, str]:
    """The addresses of the invitations that the events name."""
    uuids = {name for event in events for name in _named(event, _INVITATION)}
    found = Invitation.objects.filter(uuid__in=uuids)
    return {str(uuid): address for uuid, address in found.values_list("uuid", "address")}
