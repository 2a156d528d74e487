"""Why clients were suspended, reinstated and closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from portal.audit.models import Event
from registrations.domain.lifecycle import RegistrationStatus
from registrations.events import RegistrationEvent
from registrations.models import Registration
from registrations.queries.organisation_history import closers_of

_SUSPENDED = RegistrationEvent.REGISTRATION_SUSPENDED
_REINSTATED = RegistrationEvent.REGISTRATION_REINSTATED
_CLOSED = RegistrationEvent.REGISTRATION_CLOSED


class Stop(NamedTuple):
    """A suspension in force or a closing.

    ``by`` is the name of the person, empty where nobody is known. ``reason`` is what staff wrote to the
    partner, empty where the partner closed it.
    """

    status: RegistrationStatus
    at: datetime
    by: str
    reason: str

    @property
    def is_final(self) -> bool:
        return self.status is RegistrationStatus.CLOSED


def stop_of(registration: Registration) -> Stop | None:
    """What stopped the client, if it is suspended or closed: two statements at most, none while it works."""
    status = registration.stage
    if status is RegistrationStatus.SUSPENDED:
        one = registration.suspensions.in_force().select_related("suspended_by").first()
        if one is None:  # somebody reinstated it after the registration was read
            return None
        return Stop(status, one.suspended_at, one.suspended_by.get_full_name(), one.reason)
    if registration.closed_at is not None:
        by = closers_of([registration.uuid]).get(registration.uuid, "")
        return Stop(status, registration.closed_at, by, registration.closed_reason)
    return None


def words_of_staff(registration: Registration, verbs: Collection[str]) -> dict[tuple[str, str], str]:
    """What staff wrote to the partner about stopping the client, by event and the name of its object.

    ``verbs`` are those of the events that are shown. The name is empty for the registration itself. One
    statement where a suspension is among them.
    """
    words: dict[tuple[str, str], str] = {(_CLOSED, ""): registration.closed_reason}
    if _SUSPENDED in verbs or _REINSTATED in verbs:
        for pk, reason, note in registration.suspensions.values_list("pk", "reason", "note"):
            name = f"suspension:{pk}"
            words |= {(_SUSPENDED, name): reason, (_REINSTATED, name): note}
    return words


def written_with(event: Event, words: Mapping[tuple[str, str], str]) -> str:
    """Which of the words belong to the event; empty if none do."""
    named = [(event.verb, str(name)) for name in ("", *event.moved)]
    return next((words[one] for one in named if one in words), "")
