"""Emails about a client secret, from its issue to its end. None of them contains the secret."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from portal.outbox.emails import Email, Ids, Recipient
from registrations.domain.lifecycle import RegistrationStatus, SecretStatus
from registrations.domain.rotation import GRACE_WORDS, NOW
from registrations.emails.base import compose, known_version, members_of, with_contacts
from registrations.models import ClientSecret, Registration
from registrations.models.secret import ClientSecretQuerySet

CREDENTIALS = "registrations:credentials"
_STOPPED: Final = {
    RegistrationStatus.SUSPENDED: (
        "The client is suspended. Until Pleo reinstates it, none of its secrets works, and none can be "
        "issued or revealed."
    ),
    RegistrationStatus.CLOSED: "The client is closed, so none of its secrets works.",
}
"""Why no secret works, by the status of the client."""


def secret_issued(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Who issued a new secret, until when it can be revealed, and how long the old one works."""
    secret = _secret(ids)
    return _about(
        "secret_issued",
        recipient,
        secret,
        by=secret.issued_by,
        reveal_until=secret.reveal_until,
        grace=GRACE_WORDS.get(str(ids["grace"]), ""),
        stops_old=ids["grace"] == NOW,
    )


def secret_revealed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Who revealed the secret, until when an old one works, and what to do if that was not intended."""
    secret = _secret(ids)
    return _about(
        "secret_revealed",
        recipient,
        secret,
        by=secret.revealed_by,
        at=secret.revealed_at,
        old=_beside(secret).working_at(timezone.now()).filter(expires_at__isnull=False).first(),
    )


def secret_revoked(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Who revoked the secret and why, and what came with that if it leaked."""
    secret = _secret(ids)
    return _about(
        "secret_revoked",
        recipient,
        secret,
        by=None if secret.revoked_at_desk else secret.revoked_by,
        at=secret.revoked_at,
        was_adopted=secret.adopted,
        was_revealed=secret.revealed_at is not None,
        leaked=secret.leaked,
        reason=secret.revoke_reason,
        ends_exception=secret.registration.pkce_exceptions.filter(over_since=secret.revoked_at).exists(),
    )


def secret_ending(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The old secret stops working soon."""
    secret = _secret(ids)
    return _about("secret_ending", recipient, secret, expires_at=secret.expires_at)


def secret_expired(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The old secret has stopped working."""
    secret = _secret(ids)
    return _about("secret_expired", recipient, secret, expires_at=secret.expires_at)


def secret_lapsed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Nobody revealed the secret in time; how to get another."""
    return _about("secret_lapsed", recipient, _secret(ids))


def secret_voided(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Why the secret that waited to be revealed was destroyed: a restore, or its key; how to get another."""
    return _about("secret_voided", recipient, _secret(ids), for_key=ids.get("why") == "key")


def partners_of_secret(ids: Ids) -> list[Recipient]:
    """The submitter, the admins, and whoever issued, revealed or revoked it, so that they notice if it was
    not them.

    There is a live version, because secrets are issued from the first approval on.
    """
    secret = _secret(ids)
    live = secret.registration.revisions.live().get()
    people = (secret.issued_by_id, secret.revealed_by_id, secret.revoked_by_id)
    return members_of(secret.registration, live.submitted_by_id, *people, about_security=True)


def partners_and_contacts_of_secret(ids: Ids) -> list[Recipient]:
    """The same people, and the confirmed contacts of the client, of what makes a secret work or stop."""
    return with_contacts(partners_of_secret(ids), _secret(ids).registration, about_security=True)


def partners_to_remind_of_secret(ids: Ids) -> list[Recipient]:
    """The same people, or nobody where the secret has ended since the reminder was queued."""
    is_ending = _secret(ids).status_at(timezone.now()) is SecretStatus.RETIRING
    return partners_and_contacts_of_secret(ids) if is_ending else []


def reveal_until(registration: Registration) -> datetime | None:
    """When the secret that waits to be revealed lapses; None where none waits."""
    waiting = registration.secrets.revealable_at(timezone.now())
    return waiting.values_list("reveal_until", flat=True).first()


def _about(
    template: str, recipient: Recipient, secret: ClientSecret, **context: object
) -> EmailMultiAlternatives:
    """Compose an email about the secret, with what is true of the client's other secrets when it is sent.

    ``stopped`` says why no secret works, if the client itself is stopped. ``works`` is whether another one
    does, ``works_until`` its end if it has one, and ``waiting`` the one that waits to be revealed.
    """
    client, now = secret.registration, timezone.now()
    others = _beside(secret)
    ends = list(others.working_at(now).values_list("expires_at", flat=True))
    return compose(
        template,
        recipient,
        client,
        known_version(client),
        page=CREDENTIALS,
        hint=secret.hint,
        stopped=_STOPPED.get(client.stage, ""),
        is_closed=client.stage is RegistrationStatus.CLOSED,
        works=bool(ends),
        works_until=None if None in ends else max(filter(None, ends), default=None),
        waiting=others.revealable_at(now).select_related("issued_by").first(),
        **context,
    )


def _beside(secret: ClientSecret) -> ClientSecretQuerySet:
    """The client's other secrets."""
    return ClientSecret.objects.filter(registration=secret.registration_id).exclude(pk=secret.pk)


def _secret(ids: Ids) -> ClientSecret:
    people = ("issued_by", "revealed_by", "revoked_by")
    secrets = ClientSecret.objects.select_related("registration__organisation", *people)
    return secrets.get(pk=ids["secret_id"])


EMAILS = (
    Email("secret_issued", partners_and_contacts_of_secret, secret_issued),
    Email("secret_revealed", partners_of_secret, secret_revealed),
    Email("secret_revoked", partners_and_contacts_of_secret, secret_revoked),
    Email("secret_ending", partners_to_remind_of_secret, secret_ending),
    Email("secret_expired", partners_and_contacts_of_secret, secret_expired),
    Email("secret_lapsed", partners_of_secret, secret_lapsed),
    Email("secret_voided", partners_of_secret, secret_voided),
)
