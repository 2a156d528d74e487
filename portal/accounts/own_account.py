"""Verbs with which people change, and delete, the account that they are signed in with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from portal.accounts.events import AccountEvent
from portal.accounts.memberships import end_membership
from portal.accounts.models import Notifications, Organisation, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.accounts.sessions import end_sessions
from portal.audit.events import record
from portal.epochs.models import Epoch
from portal.keyed_hashes import keyed_hash
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, Gone, NotAllowed

ACCOUNT: Final = ("/accounts/email/", "Back to your account")
CHANGE_EMAIL: Final = ("/accounts/email/change/", "Change your email address")
EMAIL_LINK_LASTS: Final = timedelta(days=1)
SALT: Final = "portal.accounts.own_account.email"
DELETED_NAME: Final = "Deleted account"


@transaction.atomic
def choose_notifications(choice: Notifications, *, by: User) -> None:
    """Choose which emails about clients come from now on, also of those that are queued already."""
    by.notifications = choice
    by.save(update_fields=["notifications"])
    record(AccountEvent.NOTIFICATIONS_CHOSEN, by=by, stream=by.pseudonym, detail={"choice": choice.value})


@transaction.atomic
def ask_for_email_change(address: str, *, by: User, signed_in_at: datetime | None) -> None:
    """Email a link to the new address, and tell the old one; nothing else changes yet.

    Whoever has an account with the new address is told instead, so that nobody learns who has one. Raises
    ReauthenticationNeeded unless the person signed in recently.
    """
    require_recent_sign_in(signed_in_at)
    record(AccountEvent.EMAIL_CHANGE_ASKED, by=by, stream=by.pseudonym)
    enqueue("account_email_change_asked", user=by.pk)
    holder = User.objects.filter(email=address).first()
    if holder:
        enqueue("account_email_taken", user=holder.pk)
    else:
        enqueue("account_email_change", user=by.pk, address=address)


@transaction.atomic
def change_email(token: str, *, by: User) -> None:
    """Replace the address of the account with the one that the link went to, and tell the old address.

    Raises Gone for a link that is forged, too old, used or another account's, Conflict where somebody else
    has the address by now.
    """
    owner = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    old, new = owner.email, address_in(token, owner)
    if not new:
        raise Gone("This link does not work.", way_out=CHANGE_EMAIL)
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(user=owner).delete()
            owner.email = new
            owner.save(update_fields=["email"])
            EmailAddress.objects.create(user=owner, email=new, verified=True, primary=True)
    except IntegrityError:
        raise Conflict("This address has an account of its own by now.", way_out=CHANGE_EMAIL) from None
    record(AccountEvent.EMAIL_CHANGED, by=owner, stream=owner.pseudonym)
    enqueue("account_email_changed", address=old)


@transaction.atomic
def delete_account(*, by: User, signed_in_at: datetime | None) -> None:
    """End the memberships and the sessions, and erase name, address, password, second factors and what
    connects the account with a sign-in provider.

    What the person did stays on record under their pseudonym. Raises ReauthenticationNeeded unless they
    signed in recently, NotAllowed for staff, Conflict for the last admin of an organisation.
    """
    require_recent_sign_in(signed_in_at)
    person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if person.is_staff:
        raise NotAllowed(
            "Ask a colleague to close your account: staff do not delete their own.", way_out=ACCOUNT
        )
    own = Organisation.objects.filter(memberships__user=person).order_by("pk")
    organisations = list(Organisation.objects.select_for_update(of=("self",)).filter(pk__in=own.values("pk")))
    memberships = list(person.memberships.select_related("organisation").order_by("pk"))
    for membership in memberships:
        if membership.is_last_admin():
            name = membership.organisation.name
            raise Conflict(
                f"You are the last admin of {name}. Make a colleague an admin first, or close it.",
                way_out=(f"/organisation/{membership.organisation.uuid}/leave/", "How you can leave it"),
            )
    record(
        AccountEvent.ACCOUNT_DELETED,
        by=person,
        stream=person.pseudonym,
        objects=[f"organisation:{organisation.uuid}" for organisation in organisations],
    )
    for membership in memberships:
        end_membership(membership, AccountEvent.MEMBER_LEFT, "member_deleted", by=person)
    end_sessions(person, why="deleted", by=person)
    enqueue("account_deleted", address=person.email)
    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    person.email, person.full_name, person.is_active = (
        f"{person.pseudonym}@deleted.invalid",
        DELETED_NAME,
        False,
    )
    person.set_unusable_password()
    person.save(update_fields=["email", "full_name", "is_active", "password"])


def email_token(owner: User, address: str) -> str:
    """The token of the link that changes the owner's address to this one."""
    return signing.dumps([address, _bound_to(owner)], salt=_salt())


def address_in(token: str, owner: User) -> str:
    """The new address that the token names for this account; empty where it is void."""
    try:
        address, bound_to = signing.loads(token, salt=_salt(), max_age=EMAIL_LINK_LASTS)
    except signing.BadSignature:
        return ""
    return str(address) if constant_time_compare(bound_to, _bound_to(owner)) else ""


def _bound_to(owner: User) -> str:
    """A link ends with the address and the password that the account had when it was sent."""
    return keyed_hash(f"{owner.pk} {owner.email} {owner.password}", purpose=SALT)


def _salt() -> str:
    return f"{SALT}{Epoch.objects.current()}"
