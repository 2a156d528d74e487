"""Emails about a whole client: suspended, reinstated, closed."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives

from portal.outbox.emails import Email, Ids, Recipient
from registrations.emails.base import compose, known_version, partners_of_client
from registrations.models import Registration, Suspension


def suspended(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Why staff suspended the client, and what the partner can do meanwhile."""
    suspension = _suspension(ids)
    client = suspension.registration
    return compose("suspended", recipient, client, known_version(client), reason=suspension.reason)


def reinstated(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is active again."""
    suspension = _suspension(ids)
    client = suspension.registration
    return compose("reinstated", recipient, client, known_version(client), note=suspension.note)


def closed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is closed: by staff where there is a reason, else by its partner."""
    client = Registration.objects.select_related("organisation").get(pk=ids["registration_id"])
    return compose("closed", recipient, client, known_version(client), reason=client.closed_reason)


def partners_of_suspended(ids: Ids) -> list[Recipient]:
    """The partner's people of a client that is or was suspended."""
    return partners_of_client(_suspension(ids).registration)


def partners_of_closed(ids: Ids) -> list[Recipient]:
    """The partner's people of a client that is closed."""
    return partners_of_client(Registration.objects.get(pk=ids["registration_id"]))


def _suspension(ids: Ids) -> Suspension:
    return Suspension.objects.select_related("registration__organisation").get(pk=ids["suspension_id"])


EMAILS = (
    Email("suspended", partners_of_suspended, suspended),
    Email("reinstated", partners_of_suspended, reinstated),
    Email("closed", partners_of_closed, closed),
)
