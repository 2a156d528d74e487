"""Emails about accounts. Each is queued with ids only; its text, keys and tokens are made when it is sent."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.urls import reverse

from portal.accounts.confirmation import Confirmation
from portal.accounts.models import Membership, Organisation, Role, User
from portal.outbox.emails import Email, Ids, Recipient, absolute, render


def account_confirm(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The link that confirms an address. It always goes to the address that its key confirms."""
    address = EmailAddress.objects.get(pk=ids["email_address"])
    key = Confirmation(address).key
    return _compose("account_confirm", address.email, "account_confirm_email", key=key)


def account_exists(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody signed up again; an unconfirmed account gets the confirmation instead.

    A stranger may have opened an unconfirmed account, so the owner of the address confirms it first.
    """
    waiting = EmailAddress.objects.filter(user=ids["user"], verified=False).first()
    if waiting:
        return account_confirm({"email_address": waiting.pk}, recipient)
    return _compose("account_exists", recipient.address, "account_login")


def account_unknown(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody asked for a new password for an address without an account."""
    return _compose("account_unknown", recipient.address, "account_signup")


def account_added(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Staff added an account; its link sets the first password."""
    return _with_password_link("account_added", ids, recipient)


def account_password_reset(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The link that sets a new password, or the first one."""
    return _with_password_link("account_password_reset", ids, recipient)


def account_password_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The password was changed, and what to do if that was somebody else."""
    return _compose("account_password_changed", recipient.address, "account_reset_password")


def member_added(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Staff added somebody to an organisation."""
    return _about_membership("member_added", ids, recipient)


def member_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Staff changed somebody's role in an organisation."""
    return _about_membership("member_changed", ids, recipient)


def member_removed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody was removed from an organisation."""
    names = {
        "name": User.objects.get(pk=ids["user"]).get_full_name(),
        "organisation": Organisation.objects.get(pk=ids["organisation"]).name,
    }
    return _compose_with("member_removed", recipient.address, "home", names)


def to_member_and_admins(ids: Ids) -> list[Recipient]:
    """The member and the organisation's admins; nobody once the membership has ended."""
    membership = Membership.objects.filter(pk=ids["membership"]).first()
    return _and_admins(membership.user_id, membership.organisation_id) if membership else []


def to_former_member_and_admins(ids: Ids) -> list[Recipient]:
    """Whoever was removed, and the organisation's admins."""
    return _and_admins(ids["user"], ids["organisation"])


def to_unconfirmed(ids: Ids) -> list[Recipient]:
    """The owner of the address, unless it was confirmed or removed since the email was queued."""
    waiting = EmailAddress.objects.filter(pk=ids["email_address"], verified=False)
    return [Recipient(user_id) for user_id in waiting.values_list("user_id", flat=True)]


def to_user(ids: Ids) -> list[Recipient]:
    """The user, unless their account was deactivated since the email was queued."""
    people = User.objects.filter(pk=ids["user"], is_active=True)
    return [Recipient(user_id) for user_id in people.values_list("pk", flat=True)]


def to_bare_address(ids: Ids) -> list[Recipient]:
    """An address that has no account."""
    return [Recipient(None, ids["address"])]


def _compose(name: str, to: str | None, page: str, **parts: str) -> EmailMultiAlternatives:
    address = to or ""
    link = absolute(reverse(page, kwargs=parts))
    return render(name, {"address": address, "link": link}, address)


def _with_password_link(name: str, ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    user = User.objects.get(pk=ids["user"])
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    about = {
        "address": recipient.address or "",
        "has_password": user.has_usable_password(),
        "link": absolute(reverse("account_reset_password_from_key", kwargs=parts)),
    }
    return render(name, about, recipient.address or "")


def _about_membership(name: str, ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    membership = Membership.objects.select_related("user", "organisation").get(pk=ids["membership"])
    names = {
        "name": membership.user.get_full_name(),
        "organisation": membership.organisation.name,
        "role": membership.get_role_display().lower(),
    }
    return _compose_with(name, recipient.address, "organisation", names)


def _compose_with(name: str, to: str | None, page: str, names: dict[str, str]) -> EmailMultiAlternatives:
    return render(name, {**names, "link": absolute(reverse(page))}, to or "")


def _and_admins(user_id: int, organisation_id: int) -> list[Recipient]:
    """The person and the organisation's admins, without accounts that are deactivated."""
    admins = Q(memberships__organisation=organisation_id, memberships__role=Role.ADMIN)
    people = User.objects.filter(Q(pk=user_id) | admins, is_active=True).distinct().order_by("pk")
    return [Recipient(pk) for pk in people.values_list("pk", flat=True)]


EMAILS: dict[str, Email] = {
    email.name: email
    for email in (
        Email("account_confirm", to_unconfirmed, account_confirm),
        Email("account_exists", to_user, account_exists),
        Email("account_unknown", to_bare_address, account_unknown),
        Email("account_added", to_user, account_added),
        Email("account_password_reset", to_user, account_password_reset),
        Email("account_password_changed", to_user, account_password_changed),
        Email("member_added", to_member_and_admins, member_added),
        Email("member_changed", to_member_and_admins, member_changed),
        Email("member_removed", to_former_member_and_admins, member_removed),
    )
}
"""The emails by name, for the outbox worker."""
