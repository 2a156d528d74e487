"""The email that asks somebody whom a partner names as a contact to confirm it."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from portal.accounts.models import User
from portal.outbox.emails import Email, Ids, Recipient, absolute, render
from registrations.domain.lifecycle import ContactStatus
from registrations.models import ContactConfirmation


def contact_confirm(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Who names the address and for which clients, with the link to confirm it or to say *not me*.

    The subject quotes nothing: somebody who has never heard of the partner may get it.
    """
    contact = _contact(ids)
    context = {
        "organisation": contact.organisation.name,
        "address": contact.address,
        "clients": contact.clients(),
        "link": absolute(reverse("registrations:contact", args=[contact.token])),
    }
    return render("contact_confirm", context, recipient.address or "")


def to_unconfirmed(ids: Ids) -> list[Recipient]:
    """The address, unless its owner has answered since, no client names it any more, or it is that of an
    account that is deactivated."""
    contact = _contact(ids)
    is_waiting = contact.stage is ContactStatus.UNCONFIRMED
    if not is_waiting or User.objects.filter(email=contact.address, is_active=False).exists():
        return []
    return [Recipient(None, contact.address)] if contact.named_in() else []


def _contact(ids: Ids) -> ContactConfirmation:
    return ContactConfirmation.objects.select_related("organisation").get(pk=ids["contact_id"])


EMAILS = (Email("contact_confirm", to_unconfirmed, contact_confirm),)
