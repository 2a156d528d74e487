"""What all emails about a client share: who belongs to the partner, and how an email is composed."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.urls import reverse

from portal.accounts.models import Membership, Role, User
from portal.outbox.emails import Recipient, absolute, render
from registrations.models import Registration, Revision


def compose(
    template: str,
    recipient: Recipient,
    registration: Registration,
    version: Revision | None,
    *,
    page: str = "registrations:detail",
    **context: object,
) -> EmailMultiAlternatives:
    """Compose an email about a client that links to one of the client's pages.

    It names the client as ``version`` does, which is None for a client that was never submitted.
    """
    if recipient.address is None:
        raise ValueError("The outbox hands over the address when the email is sent.")
    names = {
        "client_name": version.client_name if version else "Client without a name",
        "environment": version.environment if version else "",
        "organisation": registration.organisation.name,
        "link": absolute(reverse(page, args=[registration.uuid])),
    }
    return render(template, {**names, **context}, recipient.address)


def known_version(registration: Registration) -> Revision | None:
    """The version that people know the client by: the live one, else the newest."""
    return registration.revisions.live().first() or registration.revisions.newest()


def partners_of_client(registration: Registration) -> list[Recipient]:
    """Whoever submitted the newest version, or else started the registration, and the admins."""
    newest = registration.revisions.newest()
    return members_of(registration, newest.submitted_by_id if newest else registration.created_by_id)


def members_of(registration: Registration, *people: int | None) -> list[Recipient]:
    """Those of the people who still belong to the organisation, and its admins."""
    named = Q(user_id__in=[person for person in people if person is not None])
    members = Membership.objects.filter(
        named | Q(role=Role.ADMIN), organisation=registration.organisation_id, user__is_active=True
    )
    return [Recipient(user_id) for user_id in members.order_by("user_id").values_list("user_id", flat=True)]


def names_of(recipients: list[Recipient]) -> list[str]:
    """The names of the recipients who have an account, ordered: one statement."""
    reached = [one.user_id for one in recipients if one.user_id is not None]
    people = User.objects.filter(pk__in=reached).order_by("full_name", "email")
    return [person.get_full_name() for person in people]
