"""The people of the demo and their organisations."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from portal.accounts.actions import create_organisation
from portal.accounts.models import Membership, Organisation, Role, User

PASSWORD = "demo-password"  # noqa: S105 - public on purpose; the command refuses outside DEBUG


@dataclass(frozen=True)
class Account:
    """One demo account and what it is for; with ``groups`` it belongs to the staff."""

    email: str
    full_name: str
    what: str
    groups: tuple[str, ...] = ()
    is_superuser: bool = False

    def user(self) -> User:
        """The user of the account, with a confirmed address; added where there is none."""
        user = User.objects.filter(email=self.email).first()
        if user is None:
            user = User.objects.create_user(
                self.email,
                PASSWORD,
                full_name=self.full_name,
                is_staff=bool(self.groups),
                is_superuser=self.is_superuser,
            )
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        user.groups.add(*Group.objects.filter(name__in=self.groups))
        return user


PARTNER = Account("partner@client.example", "Paula Partner", "admin of Client Ltd")
COLLEAGUE = Account("colleague@client.example", "Carl Colleague", "developer at Client Ltd")
STRANGER = Account("stranger@other.example", "Sam Stranger", "admin of Other Inc")
REVIEWER = Account(
    "reviewer@portal.example", "Rita Reviewer", "reviews registrations, at /admin/", groups=("Reviewers",)
)
LEAD = Account(
    "lead@portal.example",
    "Lee Lead",
    "superuser, also decides PKCE exceptions",
    groups=("Reviewers", "PKCE approvers", "Leads"),
    is_superuser=True,
)
ACCOUNTS = (PARTNER, COLLEAGUE, STRANGER, REVIEWER, LEAD)


@dataclass(frozen=True)
class People:
    """The people who act in the demo, and the organisations of the partner and the stranger."""

    partner: User
    reviewer: User
    lead: User
    stranger: User
    client: Organisation
    other: Organisation


def seed_people() -> People:
    """Add the accounts, organisations and memberships that are missing."""
    partner, colleague, stranger, reviewer, lead = (account.user() for account in ACCOUNTS)
    client = partner.organisations.first() or create_organisation("Client Ltd", by=partner)
    other = stranger.organisations.first() or create_organisation("Other Inc", by=stranger)
    Membership.objects.get_or_create(user=colleague, organisation=client, defaults={"role": Role.DEVELOPER})
    return People(partner, reviewer, lead, stranger, client, other)
