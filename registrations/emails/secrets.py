"""Emails about a client secret: revealed, not revealed in time, or void after a restore.

None of them contains the secret.
"""

from __future__ import annotations

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from portal.outbox.emails import Email, Ids, Recipient
from registrations.emails.base import compose, known_version, members_of
from registrations.models import ClientSecret, Registration

CREDENTIALS = "registrations:credentials"


def secret_revealed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Who revealed the secret, and what to do if that was not intended."""
    secret = _secret(ids)
    return compose(
        "secret_revealed",
        recipient,
        secret.registration,
        known_version(secret.registration),
        page=CREDENTIALS,
        hint=secret.hint,
        by=secret.revealed_by,
        at=secret.revealed_at,
    )


def secret_lapsed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Nobody revealed the secret in time; how to get another."""
    client = _secret(ids).registration
    return compose("secret_lapsed", recipient, client, known_version(client), page=CREDENTIALS)


def secret_voided(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A restore destroyed the secret that waited to be revealed; how to get another."""
    client = _secret(ids).registration
    return compose("secret_voided", recipient, client, known_version(client), page=CREDENTIALS)


def partners_of_secret(ids: Ids) -> list[Recipient]:
    """The submitter, the admins, and the person who revealed it, so that they notice if it was not them.

    There is a live version, because secrets are issued from the first approval on.
    """
    secret = _secret(ids)
    live = secret.registration.revisions.live().get()
    return members_of(secret.registration, live.submitted_by_id, secret.revealed_by_id)


def reveal_until(registration: Registration) -> datetime | None:
    """When the secret that waits to be revealed lapses; None where none waits."""
    waiting = registration.secrets.sealed().filter(reveal_until__gt=timezone.now())
    return waiting.values_list("reveal_until", flat=True).first()


def _secret(ids: Ids) -> ClientSecret:
    secrets = ClientSecret.objects.select_related("registration__organisation", "revealed_by")
    return secrets.get(pk=ids["secret_id"])


EMAILS = (
    Email("secret_revealed", partners_of_secret, secret_revealed),
    Email("secret_lapsed", partners_of_secret, secret_lapsed),
    Email("secret_voided", partners_of_secret, secret_voided),
)
