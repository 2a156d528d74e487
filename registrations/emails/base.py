"""What all emails about a client share: who belongs to the partner, and how an email is composed."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from portal.accounts.models import Membership, Notifications, Role, User
from portal.outbox.emails import Recipient, absolute, render
from registrations.domain.lifecycle import ContactStatus
from registrations.models import ContactConfirmation, Registration, Revision


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

    It names the client as ``version`` does, which is None for a client that was never submitted. To a contact
    who is no member it says that the link needs an account.
    """
    if recipient.address is None:
        raise ValueError("The outbox hands over the address when the email is sent.")
    names = {
        "client_name": version.client_name if version else "Client without a name",
        "environment": version.environment if version else "",
        "organisation": registration.organisation.name,
        "is_contact": recipient.user_id is None and recipient.address != "",
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


def members_of(
    registration: Registration, *people: int | None, about_security: bool = False
) -> list[Recipient]:
    """Those of the people who still belong to the organisation, and its admins, as they chose.

    What is ``about_security`` comes whatever somebody chose. A client counts as theirs if they are one of
    ``people``, or started it.
    """
    own = {registration.created_by_id, *people} - {None}
    named = Q(user_id__in=[person for person in people if person is not None])
    members = Membership.objects.filter(
        named | Q(role=Role.ADMIN), organisation=registration.organisation_id, user__is_active=True
    )
    if not about_security:
        chosen = Q(user__notifications=Notifications.MINE, user_id__in=own)
        members = members.filter(chosen | Q(user__notifications=Notifications.ALL))
    return [Recipient(user_id) for user_id in members.order_by("user_id").values_list("user_id", flat=True)]


def with_contacts(
    readers: list[Recipient],
    registration: Registration,
    version: Revision | None = None,
    *,
    about_security: bool = False,
) -> list[Recipient]:
    """The readers, and the confirmed contacts of the client, each of them once.

    ``version`` is the one that names them, by default the one by which people know the client. They hear of
    what changes how the client works, or whether it does; not of what only those who edit it can do something
    about. A contact who is a member is reached by their account, as they chose there: being named is no way
    round that, except for what is ``about_security``. One whose account is deactivated is not reached at all.
    Somebody who left the organisation is a contact like any other, once they have confirmed it.
    """
    shown = version or known_version(registration)
    contacts = ContactConfirmation.objects.of(
        registration.organisation_id, shown.addresses() if shown else []
    )
    confirmed = contacts.filter(status=ContactStatus.CONFIRMED).order_by("address")
    addresses = list(confirmed.values_list("address", flat=True))
    own = Membership.objects.filter(user=OuterRef("pk"), organisation=registration.organisation_id)
    people = User.objects.filter(email__in=addresses).annotate(belongs=Exists(own)).order_by("pk")
    accounts = {person.email: person for person in people}
    reached = [*readers]
    for address in addresses:
        person = accounts.get(address)
        if person is None or (person.is_active and not vars(person)["belongs"]):
            reached.append(Recipient(None, address))
        elif person.is_active and (about_security or _wants(person, registration, shown)):
            reached.append(Recipient(person.pk))
    return list(dict.fromkeys(reached))


def _wants(person: User, registration: Registration, version: Revision | None) -> bool:
    """Whether a member chose to hear of this client, of which the version is shown."""
    if person.notifications == Notifications.MINE:
        return person.pk in {registration.created_by_id, version.submitted_by_id if version else None}
    return person.notifications == Notifications.ALL


def names_of(recipients: list[Recipient]) -> list[str]:
    """The names of the recipients who have an account, ordered, and the addresses of the others: one
    statement."""
    reached = [one.user_id for one in recipients if one.user_id is not None]
    people = User.objects.filter(pk__in=reached).order_by("full_name", "email")
    names = [person.get_full_name() for person in people]
    return names + [one.address for one in recipients if one.user_id is None and one.address]
