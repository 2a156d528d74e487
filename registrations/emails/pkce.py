"""Emails about a PKCE exception: refused, granted after all, ends soon, has lapsed, was revoked."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from portal.outbox.emails import Email, Ids, Recipient
from registrations.domain.lifecycle import PkceStatus
from registrations.emails.base import compose, known_version, partners_of_client, with_contacts
from registrations.models import PkceException


def pkce_refused(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception that a submission requests was refused, and why."""
    refused = _exception(ids)
    return compose(
        "pkce_refused",
        recipient,
        refused.registration,
        refused.revision,
        reason=refused.note,
        is_correction=_corrections(ids) > 0,
    )


def pkce_granted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception is granted after it had been refused, and until when."""
    granted = _exception(ids)
    until = granted.expires_on
    return compose("pkce_granted", recipient, granted.registration, granted.revision, expires_on=until)


def pkce_ending(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception ends soon; what to do before its last day."""
    exception = _exception(ids)
    client = exception.registration
    return compose("pkce_ending", recipient, client, known_version(client), expires_on=exception.expires_on)


def pkce_lapsed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception has ended: PKCE is required."""
    exception = _exception(ids)
    client = exception.registration
    return compose("pkce_lapsed", recipient, client, known_version(client), expires_on=exception.expires_on)


def pkce_revoked(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception was ended before its time, and why."""
    exception = _exception(ids)
    client = exception.registration
    return compose(
        "pkce_revoked",
        recipient,
        client,
        known_version(client),
        reason=exception.revoked_reason,
        is_leak=client.secrets.filter(leaked=True, revoked_at=exception.over_since).exists(),
    )


def partners_of_excepted(ids: Ids) -> list[Recipient]:
    """The partner's people, and the confirmed contacts of the client, which may stop working without PKCE."""
    client = _exception(ids).registration
    return with_contacts(partners_of_client(client), client)


def partners_of_refused(ids: Ids) -> list[Recipient]:
    """The partner's people, or nobody where the refusal was corrected since."""
    return _partners_if(PkceStatus.REFUSED, ids)


def partners_of_granted(ids: Ids) -> list[Recipient]:
    """The partner's people, or nobody where the grant was corrected since, or is in force already: then the
    email about the approval says so."""
    return _partners_if(PkceStatus.GRANTED, ids)


def partners_to_remind(ids: Ids) -> list[Recipient]:
    """The same people, or nobody where the exception has ended since the reminder was queued."""
    return partners_of_excepted(ids) if _exception(ids).runs_on(timezone.now().date()) else []


def _partners_if(status: PkceStatus, ids: Ids) -> list[Recipient]:
    """The partner's people, if the decision that the email is about still stands."""
    exception = _exception(ids)
    stands = exception.status == status and exception.corrected_decisions.count() == _corrections(ids)
    return partners_of_client(exception.registration) if stands else []


def _corrections(ids: Ids) -> int:
    """How many earlier decisions there were; the release before this one did not say, since it made one."""
    return int(ids.get("corrections", 0))


def _exception(ids: Ids) -> PkceException:
    exceptions = PkceException.objects.select_related("registration__organisation", "revision")
    return exceptions.get(pk=ids["exception_id"])


EMAILS = (
    Email("pkce_refused", partners_of_refused, pkce_refused),
    Email("pkce_granted", partners_of_granted, pkce_granted),
    Email("pkce_ending", partners_to_remind, pkce_ending),
    Email("pkce_lapsed", partners_of_excepted, pkce_lapsed),
    Email("pkce_revoked", partners_of_excepted, pkce_revoked),
)
