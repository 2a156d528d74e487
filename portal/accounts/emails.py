"""Emails about accounts. Each is queued with ids only; its text, keys and tokens are made when it is sent."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from portal.accounts.models import User
from portal.outbox.emails import Email, Ids, Recipient, absolute, render


def _link(name: str, **parts: str) -> str:
    return absolute(reverse(name, kwargs=parts))


def _to_unconfirmed(ids: Ids) -> list[Recipient]:
    """The owner of the address, unless it was confirmed or removed since the email was queued."""
    waiting = EmailAddress.objects.filter(pk=ids["email_address"], verified=False)
    return [Recipient(user_id) for user_id in waiting.values_list("user_id", flat=True)]


def _to_user(ids: Ids) -> list[Recipient]:
    people = User.objects.filter(pk=ids["user"], is_active=True)
    return [Recipient(user_id) for user_id in people.values_list("pk", flat=True)]


def _to_bare_address(ids: Ids) -> list[Recipient]:
    return [Recipient(None, ids["address"])]


def _confirm(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Compose the confirmation email, which always goes to the address that its key confirms."""
    address = EmailAddress.objects.get(pk=ids["email_address"])
    key = EmailConfirmationHMAC.create(address).key
    return _compose("account_confirm", address.email, link=_link("account_confirm_email", key=key))


def _exists(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Compose the email about an existing account; an unconfirmed account gets the confirmation instead.

    A stranger may have opened an unconfirmed account, so the owner of the address confirms it first.
    """
    waiting = EmailAddress.objects.filter(user=ids["user"], verified=False).first()
    if waiting:
        return _confirm({"email_address": waiting.pk}, recipient)
    return _compose("account_exists", recipient.address, link=_link("account_login"))


def _unknown(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    return _compose("account_unknown", recipient.address, link=_link("account_signup"))


def _password_reset(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    user = User.objects.get(pk=ids["user"])
    token = default_token_generator.make_token(user)
    link = _link("account_reset_password_from_key", uidb36=user_pk_to_url_str(user), key=token)
    return _compose("account_password_reset", recipient.address, link=link)


def _password_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    return _compose("account_password_changed", recipient.address, link=_link("account_reset_password"))


def _compose(name: str, to: str | None, *, link: str) -> EmailMultiAlternatives:
    address = to or ""
    return render(name, {"address": address, "link": link}, address)


EMAILS: dict[str, Email] = {
    email.name: email
    for email in (
        Email("account_confirm", _to_unconfirmed, _confirm),
        Email("account_exists", _to_user, _exists),
        Email("account_unknown", _to_bare_address, _unknown),
        Email("account_password_reset", _to_user, _password_reset),
        Email("account_password_changed", _to_user, _password_changed),
    )
}
"""The emails by name, for the outbox worker."""
