"""Emails about lost second factors, to the person and to those who decide."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from portal.lost_factors.models import FactorReset
from portal.lost_factors.resetting import deciders
from portal.outbox.emails import Email, Ids, Recipient, absolute, render


def lost_factor_reported(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody asked for a second factor to be taken off, and what to do if that was not its owner."""
    return _about("lost_factor_reported", ids, recipient)


def lost_factor_reset(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A second factor was taken off."""
    return _about("lost_factor_reset", ids, recipient)


def lost_factor_refused(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A request was refused or taken back."""
    return _about("lost_factor_refused", ids, recipient)


def to_person_and_deciders(ids: Ids) -> list[Recipient]:
    """The owner of the account, and everybody who may or could have decided."""
    asked = FactorReset.objects.select_related("user").get(pk=ids["reset"])
    people = [asked.user_id] if asked.user.is_active else []
    return [Recipient(pk) for pk in [*people, *deciders(asked).order_by("pk").values_list("pk", flat=True)]]


def _about(name: str, ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    asked = FactorReset.objects.select_related("user").get(pk=ids["reset"])
    about = {
        "name": asked.user.get_full_name(),
        "address": asked.user.email,
        "needs_two": asked.needs_two,
        "not_before": asked.not_before,
        "link": absolute(reverse("lost_factors")),
    }
    return render(name, about, recipient.address or "")


EMAILS: dict[str, Email] = {
    email.name: email
    for email in (
        Email("lost_factor_reported", to_person_and_deciders, lost_factor_reported),
        Email("lost_factor_reset", to_person_and_deciders, lost_factor_reset),
        Email("lost_factor_refused", to_person_and_deciders, lost_factor_refused),
    )
}
"""The emails by name, for the outbox worker."""
