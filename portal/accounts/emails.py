"""Emails about accounts. Each is queued with ids only; its text, keys and tokens are made when it is sent."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.urls import reverse

from portal.accounts.confirmation import Confirmation
from portal.accounts.events import AccountEvent
from portal.accounts.invitations import token_of
from portal.accounts.models import (
    Invitation,
    JoinRequest,
    JoinRequestStatus,
    Membership,
    Organisation,
    PastMembership,
    Role,
    StaffRequest,
    StaffRequestKind,
    StaffRequestStatus,
    User,
)
from portal.accounts.own_account import email_token
from portal.accounts.password_tokens import SignInTokens
from portal.accounts.provider_accounts import is_provider_only, provider_name
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
    """Somebody asked for a new password, or for a link to sign in, for an address without an account."""
    return _compose("account_unknown", recipient.address, "account_signup")


def account_added(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Staff added an account; its link sets the first password."""
    return _with_password_link("account_added", ids, recipient)


def account_password_reset(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The link that sets a new password, or the first one; of the provider's accounts, where to sign in."""
    if is_provider_only(User.objects.get(pk=ids["user"])):
        return account_at_provider(ids, recipient)
    return _with_password_link("account_password_reset", ids, recipient)


def account_sign_in_link(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The link that signs in; an unconfirmed account gets the confirmation, as in `account_exists`."""
    user = User.objects.get(pk=ids["user"])
    if is_provider_only(user):
        return account_at_provider(ids, recipient)
    waiting = EmailAddress.objects.filter(user=user, verified=False).first()
    if waiting:
        return account_confirm({"email_address": waiting.pk}, recipient)
    parts = {"uidb36": user_pk_to_url_str(user), "key": SignInTokens().make_token(user)}
    return _compose("account_sign_in_link", recipient.address, "account_sign_in_by_link", **parts)


def account_at_provider(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """In place of a link: the account has no password, and is signed in to at the provider."""
    return _about_provider("account_at_provider", recipient, "account_login")


def account_provider_connected(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The account can be signed in to at the provider from now on, and what to do if that is wrong."""
    return _about_provider("account_provider_connected", recipient, "account_sessions")


def account_password_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The password was changed, and what to do if that was somebody else."""
    return _compose("account_password_changed", recipient.address, "account_reset_password")


def account_email_change(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The link that makes the new address the account's."""
    token = email_token(User.objects.get(pk=ids["user"]), recipient.address or "")
    return _compose("account_email_change", recipient.address, "account_confirm_new_email", token=token)


def account_email_change_asked(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """To the present address: somebody signed in asked for another one."""
    return _compose("account_email_change_asked", recipient.address, "account_change_password")


def account_email_taken(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """To the account that has the address: somebody wanted it for theirs."""
    return _compose("account_email_taken", recipient.address, "account_login")


def account_email_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """To the former address: it is the account's no more."""
    return _compose("account_email_changed", recipient.address, "home")


def account_deleted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """To the former owner: the account is deleted."""
    return _compose("account_deleted", recipient.address, "home")


def member_deleted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """To the admins: somebody of their organisation deleted their account."""
    names = {"organisation": Organisation.objects.get(pk=ids["organisation"]).name}
    return _compose_with("member_deleted", recipient.address, "organisation", names)


def account_guessed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody goes on entering wrong passwords for the account."""
    return _compose("account_guessed", recipient.address, "account_change_password")


def account_factor_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A second factor was added, removed or replaced, and what to do if that was somebody else."""
    about = {
        "address": recipient.address or "",
        "change": FACTOR_CHANGES[ids["change"], ids["factor"]],
        "link": absolute(reverse("account_reset_password")),
    }
    return render("account_factor_changed", about, recipient.address or "")


FACTOR_CHANGES = {
    ("factor_added", "totp"): "an authenticator app was set up",
    ("factor_added", "webauthn"): "a passkey was added",
    ("factor_removed", "totp"): "the authenticator app was removed",
    ("factor_removed", "webauthn"): "a passkey was removed",
    ("factor_replaced", "recovery_codes"): "the recovery codes were replaced",
}
"""What the email says, by event and kind of factor."""


def invited(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """The invitation into an organisation, with its link, to the address that it is for."""
    invitation = Invitation.objects.select_related("organisation", "invited_by").get(pk=ids["invitation"])
    about = {
        "by": invitation.invited_by.get_full_name() if invitation.invited_by else "Pleo",
        "organisation": invitation.organisation.name,
        "role": invitation.get_role_display().lower(),
        "link": absolute(reverse("invitation", args=[token_of(invitation)])),
    }
    return render("invited", about, invitation.address)


def member_joined(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody accepted an invitation into an organisation."""
    return _about_membership("member_joined", ids, recipient)


def member_added(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Staff added somebody to an organisation, in an earlier release."""
    return _about_membership("member_added", ids, recipient)


def member_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Staff changed somebody's role in an organisation, in an earlier release."""
    return _about_membership("member_changed", ids, recipient)


def member_removed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody was removed from an organisation."""
    return _about_former_member("member_removed", ids, recipient)


def member_left(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody left an organisation."""
    return _about_former_member("member_left", ids, recipient)


def second_factor_rule(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """An admin requires a second factor of the members, or leaves it to them."""
    about = {
        "organisation": Organisation.objects.get(pk=ids["organisation"]).name,
        "is_required": ids["rule"] == AccountEvent.SECOND_FACTOR_REQUIRED,
        "link": absolute(reverse("mfa_index")),
    }
    return render("second_factor_rule", about, recipient.address or "")


def organisation_closed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """An admin closed the organisation."""
    names = {"organisation": Organisation.objects.get(pk=ids["organisation"]).name}
    return _compose_with("organisation_closed", recipient.address, "home", names)


def role_changed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """An admin changed somebody's role in an organisation."""
    by = User.objects.filter(pk=ids["by"]).first()
    return _about_membership("role_changed", ids, recipient, by=by.get_full_name() if by else "An admin")


def join_requested(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """Somebody at the domain of a member asks to be let into an organisation."""
    asked = JoinRequest.objects.select_related("person", "organisation").get(pk=ids["request"])
    names = {
        "name": asked.person.get_full_name(),
        "person": asked.person.email,
        "organisation": asked.organisation.name,
    }
    return _compose_with("join_requested", recipient.address, "organisation", names)


def join_accepted(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """An admin let somebody in who had asked."""
    return _about_membership("join_accepted", ids, recipient)


def join_refused(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """An admin refused a request; who asked still does not learn of which organisation."""
    return _compose_with("join_refused", recipient.address, "organisation_new", {})


def to_deciding_admins(ids: Ids) -> list[Recipient]:
    """The admins of the organisation that is asked, as long as nobody has decided."""
    asked = JoinRequest.objects.filter(pk=ids["request"], status=JoinRequestStatus.OPEN).first()
    if asked is None:
        return []
    admins = Membership.objects.filter(organisation=asked.organisation_id, role=Role.ADMIN)
    people = admins.filter(user__is_active=True).order_by("pk")
    return [Recipient(user_id) for user_id in people.values_list("user_id", flat=True)]


def staff_request(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A superuser asks a second one to confirm something."""
    return _about_staff_request("staff_request", ids, recipient)


def staff_request_confirmed(ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    """A second superuser confirmed it."""
    return _about_staff_request("staff_request_confirmed", ids, recipient)


def to_confirming_superusers(ids: Ids) -> list[Recipient]:
    """The superusers but the one who asked, as long as it waits."""
    asked = StaffRequest.objects.filter(pk=ids["request"], status=StaffRequestStatus.OPEN).first()
    others = User.objects.superusers().exclude(pk=asked.requested_by_id) if asked else User.objects.none()
    return [Recipient(pk) for pk in others.order_by("pk").values_list("pk", flat=True)]


def to_those_concerned(ids: Ids) -> list[Recipient]:
    """The superusers, and the person or the members whom it is about."""
    asked = StaffRequest.objects.get(pk=ids["request"])
    concerned = Q(pk__in=User.objects.superusers().values("pk")) | Q(pk=asked.person_id)
    if asked.organisation_id:
        concerned |= Q(memberships__organisation=asked.organisation_id)
    people = User.objects.filter(concerned, is_active=True).distinct().order_by("pk")
    return [Recipient(pk) for pk in people.values_list("pk", flat=True)]


def to_invited(ids: Ids) -> list[Recipient]:
    """The address of the invitation, as an account if it has one; nobody once it has ended."""
    invitation = Invitation.objects.that_work().filter(pk=ids["invitation"]).first()
    if invitation is None:
        return []
    account = User.objects.filter(email=invitation.address).first()
    if account is None:
        return [Recipient(None, invitation.address)]
    return [Recipient(account.pk)] if account.is_active else []


def to_member_and_admins(ids: Ids) -> list[Recipient]:
    """The member and the organisation's admins; nobody once the membership has ended."""
    membership = Membership.objects.filter(pk=ids["membership"]).first()
    return _and_admins(membership.user_id, membership.organisation_id) if membership else []


def to_former_member_and_admins(ids: Ids) -> list[Recipient]:
    """Whoever was removed, and the organisation's admins."""
    return _and_admins(ids["user"], ids["organisation"])


def to_admins(ids: Ids) -> list[Recipient]:
    """The organisation's admins."""
    admins = User.objects.filter(
        memberships__organisation=ids["organisation"], memberships__role=Role.ADMIN, is_active=True
    )
    return [Recipient(pk) for pk in admins.order_by("pk").values_list("pk", flat=True)]


def to_members(ids: Ids) -> list[Recipient]:
    """Everybody who belongs to the organisation."""
    people = User.objects.filter(memberships__organisation=ids["organisation"], is_active=True)
    return [Recipient(pk) for pk in people.order_by("pk").values_list("pk", flat=True)]


def to_members_until_closed(ids: Ids) -> list[Recipient]:
    """Everybody who belonged to the organisation when it was closed."""
    ended = PastMembership.objects.filter(
        organisation=ids["organisation"], ended_at=F("organisation__closed_at")
    )
    people = ended.filter(person__is_active=True).order_by("person_id")
    return [Recipient(pk) for pk in people.values_list("person_id", flat=True)]


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


def _about_provider(name: str, recipient: Recipient, page: str) -> EmailMultiAlternatives:
    names = {"address": recipient.address or "", "provider": provider_name() or "a sign-in provider"}
    return _compose_with(name, recipient.address, page, names)


def _with_password_link(name: str, ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    user = User.objects.get(pk=ids["user"])
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    about = {
        "address": recipient.address or "",
        "has_password": user.has_usable_password(),
        "link": absolute(reverse("account_reset_password_from_key", kwargs=parts)),
    }
    return render(name, about, recipient.address or "")


def _about_staff_request(name: str, ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    rows = StaffRequest.objects.select_related("organisation", "person", "requested_by", "confirmed_by")
    asked = rows.get(pk=ids["request"])
    is_staff = User.objects.filter(pk__in=[recipient.user_id], is_staff=True).exists()
    about = {
        "is_superuser": asked.kind == StaffRequestKind.SUPERUSER,
        "is_staff": is_staff,
        "person": asked.person.get_full_name() if asked.person else "",
        "organisation": asked.organisation.name if asked.organisation else "",
        "invited": asked.address,
        "by": asked.requested_by.get_full_name(),
        "second": asked.confirmed_by.get_full_name() if asked.confirmed_by else "",
        "link": absolute(reverse("admin:index" if is_staff else "organisation")),
    }
    return render(name, about, recipient.address or "")


def _about_former_member(name: str, ids: Ids, recipient: Recipient) -> EmailMultiAlternatives:
    names = {
        "name": User.objects.get(pk=ids["user"]).get_full_name(),
        "organisation": Organisation.objects.get(pk=ids["organisation"]).name,
    }
    return _compose_with(name, recipient.address, "home", names)


def _about_membership(name: str, ids: Ids, recipient: Recipient, **more: str) -> EmailMultiAlternatives:
    membership = Membership.objects.select_related("user", "organisation").get(pk=ids["membership"])
    names = {
        "name": membership.user.get_full_name(),
        "organisation": membership.organisation.name,
        "role": membership.get_role_display().lower(),
    }
    return _compose_with(name, recipient.address, "organisation", names | more)


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
        Email("account_sign_in_link", to_user, account_sign_in_link),
        Email("account_provider_connected", to_user, account_provider_connected),
        Email("account_password_changed", to_user, account_password_changed),
        Email("account_email_change", to_bare_address, account_email_change),
        Email("account_email_change_asked", to_user, account_email_change_asked),
        Email("account_email_taken", to_user, account_email_taken),
        Email("account_email_changed", to_bare_address, account_email_changed),
        Email("account_deleted", to_bare_address, account_deleted),
        Email("member_deleted", to_admins, member_deleted),
        Email("account_guessed", to_user, account_guessed),
        Email("account_factor_changed", to_user, account_factor_changed),
        Email("invited", to_invited, invited),
        Email("member_joined", to_member_and_admins, member_joined),
        Email("member_added", to_member_and_admins, member_added),
        Email("member_changed", to_member_and_admins, member_changed),
        Email("member_removed", to_former_member_and_admins, member_removed),
        Email("member_left", to_former_member_and_admins, member_left),
        Email("second_factor_rule", to_members, second_factor_rule),
        Email("organisation_closed", to_members_until_closed, organisation_closed),
        Email("join_requested", to_deciding_admins, join_requested),
        Email("join_accepted", to_member_and_admins, join_accepted),
        Email("join_refused", to_user, join_refused),
        Email("staff_request", to_confirming_superusers, staff_request),
        Email("staff_request_confirmed", to_those_concerned, staff_request_confirmed),
        Email("role_changed", to_member_and_admins, role_changed),
    )
}
"""The emails by name, for the outbox worker."""
