"""Emails about a whole client (suspended, reinstated, closed) and about the end of its PKCE exception."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from portal.outbox.emails import Email, Ids, Recipient, render
from registrations.domain.lifecycle import RevisionStatus
from registrations.emails.review import address_of, link_to, members_of
from registrations.models import PkceException, Registration, Revision, Suspension


def suspended(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Why staff suspended the client, and what the partner can do meanwhile."""
    suspension = _suspension(ids)
    return about_client(suspension.registration, "suspended", recipient, reason=suspension.reason)


def reinstated(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is active again."""
    suspension = _suspension(ids)
    return about_client(suspension.registration, "reinstated", recipient, note=suspension.note)


def closed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The client is closed: by staff where there is a reason, else by its partner."""
    registration = _registration(ids)
    return about_client(registration, "closed", recipient, reason=registration.closed_reason)


def pkce_ending(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception ends soon; what to do before its last day."""
    return _about_exception(ids, "pkce_ending", recipient)


def pkce_lapsed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception has ended: PKCE is required."""
    return _about_exception(ids, "pkce_lapsed", recipient)


def pkce_revoked(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The exception was ended before its time, and why."""
    return _about_exception(ids, "pkce_revoked", recipient)


def partners_of(registration: Registration) -> list[Recipient]:
    """The newest submitter, or else who started the registration, and the organisation's admins."""
    newest = _newest(registration)
    return members_of(registration, newest.submitted_by_id if newest else registration.created_by_id)


def about_client(
    registration: Registration, template: str, recipient: Recipient, **context: object
) -> EmailMultiAlternatives:
    """Compose an email that links to the registration."""
    known = _known_as(registration)
    names = {
        "client_name": known.client_name if known else "Client without a name",
        "environment": known.environment if known else "",
        "organisation": registration.organisation.name,
        "link": link_to("registrations:detail", registration),
    }
    return render(template, {**names, **context}, address_of(recipient))


def _suspension(ids: Ids) -> Suspension:
    return Suspension.objects.select_related("registration__organisation").get(pk=ids["suspension_id"])


def _registration(ids: Ids) -> Registration:
    return Registration.objects.select_related("organisation").get(pk=ids["registration_id"])


def _newest(registration: Registration) -> Revision | None:
    return registration.revisions.order_by("-number").first()


def _known_as(registration: Registration) -> Revision | None:
    """The live revision, else the newest."""
    live = registration.revisions.filter(status=RevisionStatus.APPROVED).first()
    return live or _newest(registration)


def _exception(ids: Ids) -> PkceException:
    rows = PkceException.objects.select_related("registration__organisation")
    return rows.get(pk=ids["exception_id"])


def _about_exception(ids: Ids, template: str, recipient: Recipient) -> EmailMultiAlternatives:
    exception = _exception(ids)
    return about_client(
        exception.registration,
        template,
        recipient,
        expires_on=exception.expires_on,
        reason=exception.revoked_reason,
    )


def _of_exception(ids: Ids) -> list[Recipient]:
    return partners_of(_exception(ids).registration)


def _of_exception_in_force(ids: Ids) -> list[Recipient]:
    """The partner's people, or nobody where the exception has ended since the reminder was queued."""
    exception = _exception(ids)
    runs = exception.runs_on(timezone.now().date())
    return partners_of(exception.registration) if runs else []


def _of_suspension(ids: Ids) -> list[Recipient]:
    return partners_of(_suspension(ids).registration)


def _of_registration(ids: Ids) -> list[Recipient]:
    return partners_of(_registration(ids))


EMAILS: dict[str, Email] = {
    email.name: email
    for email in (
        Email("suspended", _of_suspension, suspended),
        Email("reinstated", _of_suspension, reinstated),
        Email("closed", _of_registration, closed),
        Email("pkce_ending", _of_exception_in_force, pkce_ending),
        Email("pkce_lapsed", _of_exception, pkce_lapsed),
        Email("pkce_revoked", _of_exception, pkce_revoked),
    )
}
"""The emails of this module by name, for the worker."""
