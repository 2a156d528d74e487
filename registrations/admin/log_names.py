"""What stands for the ids of events: the names of people and clients, and the hints of secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from portal.accounts.models import User
from portal.audit.events import SYSTEM
from portal.audit.models import Event
from registrations.models import Revision
from registrations.queries.secret_hints import SecretHints


def names_of(events: Iterable[Event]) -> dict[str, str]:
    """The names of those who acted, by pseudonym; somebody who was erased has none."""
    people = User.objects.filter(pseudonym__in={event.actor for event in events} - {SYSTEM})
    return {str(person.pseudonym): person.get_full_name() for person in people}


class LogNames:
    """The names that some events need: one statement for each kind."""

    def __init__(self, events: Collection[Event]) -> None:
        self._people, self.hints = names_of(events), SecretHints(events)
        revisions = Revision.objects.filter(registration__uuid__in={event.stream for event in events})
        submitted = revisions.filter(beside=None).order_by("number")
        self._clients = dict(submitted.values_list("registration__uuid", "client_name"))

    def person(self, event: Event) -> str:
        """Who acted; without a name, the pseudonym."""
        return self._people.get(event.actor, event.actor)

    def client(self, event: Event) -> str:
        """The client's name as last submitted; empty for events about something else."""
        return str(self._clients.get(event.stream, ""))
