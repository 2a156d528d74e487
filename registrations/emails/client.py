"""Emails about a whole client: suspended, reinstated, closed."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from portal.outbox.emails import Email, Ids, Recipient
from registrations.emails.base import compose, known_version, partners_of_client, with_contacts
from registrations.models import Registration, Suspension


class Stopping(NamedTuple):
    """The email about a verb on the client: its template, and what the template calls the words of staff."""

    template: str
    words: str


STOPPING: Final = {
    "suspend": Stopping("suspended", "reason"),
    "reinstate": Stopping("reinstated", "note"),
    "close": Stopping("closed", "reason"),
}
"""By verb, for the emails and for their preview."""


def suspended(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Why staff suspended the client, and what the partner can do meanwhile."""
    suspension = _suspension(ids)
    return _about("suspend", suspension.registration, recipient, suspension.reason)


def reinstated(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is active again."""
    suspension = _suspension(ids)
    return _about("reinstate", suspension.registration, recipient, suspension.note)


def closed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is closed: by staff where there is a reason, else by its partner."""
    client = Registration.objects.select_related("organisation").get(pk=ids["registration_id"])
    return _about("close", client, recipient, client.closed_reason)


def stopping_preview(verb: str, client: Registration, words: str) -> EmailMultiAlternatives:
    """The email that the partner would get about a verb of staff with these words; nothing is stored or
    sent."""
    return _about(verb, client, Recipient(None, ""), words)


def _about(verb: str, client: Registration, recipient: Recipient, words: str) -> EmailMultiAlternatives:
    about = STOPPING[verb]
    works = client.secrets.working_at(timezone.now()).exists()
    return compose(
        about.template, recipient, client, known_version(client), works=works, **{about.words: words}
    )


def partners_of_suspended(ids: Ids) -> list[Recipient]:
    """The partner's people of a client that is or was suspended, and its confirmed contacts."""
    client = _suspension(ids).registration
    return with_contacts(partners_of_client(client), client)


def partners_of_closed(ids: Ids) -> list[Recipient]:
    """The partner's people of a client that is closed, and its confirmed contacts."""
    client = Registration.objects.get(pk=ids["registration_id"])
    return with_contacts(partners_of_client(client), client)


def _suspension(ids: Ids) -> Suspension:
    return Suspension.objects.select_related("registration__organisation").get(pk=ids["suspension_id"])


EMAILS = (
    Email("suspended", partners_of_suspended, suspended),
    Email("reinstated", partners_of_suspended, reinstated),
    Email("closed", partners_of_closed, closed),
)
