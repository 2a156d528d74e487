"""One of the forty requests while it is made: its partner and the desk act on it, in the past."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from registrations.demo.partners import Partner
from registrations.demo.people import People
from registrations.demo.registrations import draft_data, later
from registrations.models import Draft, Registration
from registrations.workflow import drafting, review


@dataclass(frozen=True)
class Case:
    """A request of ``partner`` for the client ``name``, which waits since so many ``days``."""

    people: People
    partner: Partner
    name: str
    days: float

    @property
    def key(self) -> UUID:
        """The key of the page that starts it: the same at every run, so that it is started once."""
        return uuid5(NAMESPACE_URL, f"https://{self.partner.host}/{self.name}")

    @property
    def is_made(self) -> bool:
        """Whether it is there already, whatever has become of it."""
        own = drafting.start_key(self.key, self.partner.organisation.uuid, by=self.partner.user)
        return Registration.objects.filter(start_key=own).exists()

    def past(self, *, before: float = 0) -> AbstractContextManager[Any]:
        """The time of the submission that waits, or so many days before it; a negative number is after it."""
        return later(days=-(self.days + before))

    def uris(self, *paths: str) -> list[str]:
        """Addresses on the partner's host."""
        return [f"https://{self.partner.host}/{path}" for path in paths]

    def start(self, **changes: Any) -> Registration:
        """Start it with these answers."""
        data = draft_data(self.name, host=self.partner.host, **changes)
        return drafting.start(self.partner.organisation.uuid, by=self.partner.user, data=data, key=self.key)

    def submit(self, registration: Registration) -> Registration:
        """Submit it as it is."""
        drafting.submit(registration.uuid, by=self.partner.user)
        return registration

    def change(self, registration: Registration, **changes: Any) -> None:
        """Save its draft with these answers, and the others as they are in the draft or usually are."""
        draft = Draft.objects.filter(registration=registration).first()
        data = draft.data if draft else draft_data(self.name, host=self.partner.host)
        drafting.save(
            registration.uuid,
            by=self.partner.user,
            draft_version=draft.version if draft else 0,
            data={**data, **changes},
            logo=None,
        )

    def live(self, *, before: float = 14, **changes: Any) -> Registration:
        """A client that was approved so many days before the request."""
        with self.past(before=before + 1):
            registration = self.submit(self.start(**changes))
        with self.past(before=before):
            review.approve(
                registration.uuid, by=self.people.reviewer, seen_version=1, signed_in_at=timezone.now()
            )
        return registration

    def submit_again(self, registration: Registration, **changes: Any) -> None:
        """Submit it with these answers: the request that waits."""
        with self.past():
            self.change(registration, **changes)
            self.submit(registration)
