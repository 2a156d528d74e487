"""The verb of a sign-in at the provider: who gets in, with which rights, and who loses theirs.

What the provider says counts for its own accounts alone, for the groups that the settings map, and never for
superusers. A partner is not made staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from portal.accounts.events import AccountEvent
from portal.accounts.guessing import count_failed
from portal.accounts.known_password import end_password
from portal.accounts.models import User
from portal.accounts.rules import rules
from portal.accounts.sessions import end_sessions_after_loss
from portal.audit.events import record, record_refusal
from portal.outbox.queue import enqueue
from portal.refusals import Refusal
from portal.staff_provider.configuration import Provider
from portal.staff_provider.identities import Identity

SIGN_IN: Final = ("/accounts/login/", "Back to sign in")
LONGEST_ADDRESS: Final = 254
LONGEST_NAME: Final = 150
REASONS: Final = {
    "conditions": "Your account at {name} does not meet the conditions for staff of this portal.",
    "groups": "Your account at {name} is in no group that works here. Ask whoever manages your groups there.",
    "unconfirmed": "{name} does not say that your email address is confirmed.",
    "closed": "Your account here is closed.",
    "superuser": "Superusers sign in with their password or a passkey and their own second factor.",
    "partner": "Your account here belongs to a partner’s organisation, or did. Partners do not become staff.",
    "no staff": "There is an account with your email address that is no staff account.",
    "another": "The staff account with your email address belongs to another account at {name}.",
}
"""What the page says, by the reason that the audit log has."""
Rights = Mapping[str, Any]


class SignInRefused(Refusal):
    """403: the provider knows the person, and they do not get in."""

    status = 403
    heading = "You cannot sign in"


def admit(identity: Identity, provider: Provider) -> User:
    """Return the account of somebody who may sign in, with the rights that the provider gives.

    Where it gives none, the rights that it gave before are taken away, and the sessions ended. Raises
    SignInRefused, also then.
    """
    try:
        person, reason = _follow(identity, provider)
    except IntegrityError:  # the same person came in twice at the same moment, for the first time
        person, reason = _follow(identity, provider)
    if person and not reason:
        return person
    if person:
        detail = {"from": "provider", "why": reason}
        record_refusal(AccountEvent.SIGN_IN, by=None, stream=person.pseudonym, detail=detail)
    else:
        count_failed(unknown=1)
    raise SignInRefused(REASONS[reason].format(name=provider.name), way_out=SIGN_IN)


@transaction.atomic
def _follow(identity: Identity, provider: Provider) -> tuple[User | None, str]:
    """Do what the provider says. Returns whose account it is, and why they do not get in, if so."""
    groups, reason = _groups_given(identity, provider)
    known = SocialAccount.objects.filter(provider=identity.issuer, uid=identity.subject).first()
    if known:
        person = User.objects.select_for_update(of=("self",)).get(pk=known.user_id)
        return person, _update(person, groups, reason, provider)
    address = _confirmed_address(identity)
    if reason or not address:
        return None, reason or "unconfirmed"
    found = User.objects.select_for_update(of=("self",)).filter(email=address).first()
    if found and (reason := _why_not_connected(found, identity)):
        return found, reason
    person = found or User.objects.create_user(address, full_name=_name(identity), is_staff=True)
    SocialAccount.objects.create(user=person, provider=identity.issuer, uid=identity.subject)
    _confirm_address(person)
    before = person.rights()
    _set_rights(person, groups, provider)
    event = AccountEvent.PROVIDER_CONNECTED if found else AccountEvent.PROVIDER_ACCOUNT_CREATED
    record(event, by=person, stream=person.pseudonym, detail=person.rights())
    if found:
        enqueue("account_provider_connected", user=person.pk)
        end_sessions_after_loss(person, before=before, after=person.rights(), by=None)
    return person, ""


def _update(person: User, groups: frozenset[str], reason: str, provider: Provider) -> str:
    """Set the rights of a connected account. Returns why its owner does not get in, or nothing."""
    if not person.is_active or person.is_superuser:
        return "superuser" if person.is_active else "closed"
    if not reason and _is_partner(person):
        return "partner"
    before = person.rights()
    _set_rights(person, groups, provider)
    after = person.rights()
    if after != before:
        record(AccountEvent.PROVIDER_RIGHTS_CHANGED, by=None, stream=person.pseudonym, detail=after)
        end_sessions_after_loss(person, before=before, after=after, by=None)
    return reason


def _groups_given(identity: Identity, provider: Provider) -> tuple[frozenset[str], str]:
    """The groups of the desk that the person is in for the provider; if none, why."""
    address = _confirmed_address(identity)
    if provider.domain and not address:
        return frozenset(), "unconfirmed"
    meets_domain = not provider.domain or address.rpartition("@")[2] == provider.domain
    meets_claim = not provider.claim or provider.claim[1] in identity.values(provider.claim[0])
    if not (meets_domain and meets_claim):
        return frozenset(), "conditions"
    values = identity.values(provider.groups_claim)
    given = frozenset(group for group, wanted in provider.groups.items() if not values.isdisjoint(wanted))
    return given, "" if given else "groups"


def _set_rights(person: User, groups: frozenset[str], provider: Provider) -> None:
    """Make the person staff with these groups, or no staff without any. Other groups stay as they are."""
    mapped = list(Group.objects.filter(name__in=provider.groups))
    person.groups.remove(*(group for group in mapped if group.name not in groups))
    person.groups.add(*(group for group in mapped if group.name in groups))
    if person.is_staff != bool(groups):
        person.is_staff = bool(groups)
        person.save(update_fields=["is_staff"])


def _why_not_connected(person: User, identity: Identity) -> str:
    """Why the account with the address is not connected; nothing if it may be."""
    if not person.is_active:
        return "closed"
    if person.is_superuser:
        return "superuser"
    if _is_partner(person):
        return "partner"
    if not person.is_staff:
        return "no staff"
    # The address may have passed to somebody else at the provider. Who is connected already came in twice at
    # the same moment, and waited for the lock.
    connected = SocialAccount.objects.filter(user=person, provider=identity.issuer)
    return "another" if connected.exclude(uid=identity.subject).exists() else ""


def _is_partner(person: User) -> bool:
    return person.memberships.exists() or person.past_memberships.exists()


def _confirmed_address(identity: Identity) -> str:
    """The address that the provider calls confirmed, as accounts have it; empty where there is none."""
    address = identity.claims.get("email")
    if identity.claims.get("email_verified") is not True or not isinstance(address, str):
        return ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address.lower() if len(address) <= LONGEST_ADDRESS else ""


def _confirm_address(person: User) -> None:
    """Note that the address is confirmed. A password from before may be somebody else's, and ends."""
    address, _ = EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"primary": True}
    )
    if address.verified:
        return
    address.verified = True
    address.save(update_fields=["verified"])
    if person.has_usable_password():
        end_password(person)


def _name(identity: Identity) -> str:
    """The person's name, if the rules accept it."""
    name = identity.claims.get("name")
    if not isinstance(name, str) or len(name) > LONGEST_NAME or rules.person_problem(name):
        return ""
    return rules.normalise(name)
