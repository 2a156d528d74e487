"""Demo people and registrations, for a developer's machine.

Everything is made by the verbs that partners and reviewers use, so the demo shows no state that the portal
cannot reach. The verbs run with the clock set back by up to nine weeks, so that the statistics have
something to show; the audit log has its own clock and shows when the demo was made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.accounts.actions import create_organisation
from portal.accounts.models import Membership, Organisation, Role, User
from registrations.domain.lifecycle import SecretStatus
from registrations.models import Registration
from registrations.workflow import client, comments, drafting, pkce, review, secrets

PASSWORD = "demo-password"  # noqa: S105 - public on purpose; the command refuses outside DEBUG


@dataclass(frozen=True)
class Account:
    """One demo account and what it is for."""

    email: str
    full_name: str
    what: str


PARTNER = Account("partner@client.example", "Paula Partner", "admin of Client Ltd")
COLLEAGUE = Account("colleague@client.example", "Carl Colleague", "developer at Client Ltd")
STRANGER = Account("stranger@other.example", "Sam Stranger", "admin of Other Inc")
REVIEWER = Account("reviewer@portal.example", "Rita Reviewer", "reviews registrations, at /admin/")
LEAD = Account("lead@portal.example", "Lee Lead", "superuser, also decides PKCE exceptions")
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


def seed() -> int:
    """Add the people and registrations that are missing; returns how many registrations it made.

    Only an organisation without registrations gets any, so nobody's changes to the demo are lost.
    """
    people = seed_people()
    made = 0
    if not people.client.registrations.exists():
        made += _register_each(people, CLIENT_REGISTRATIONS)
    if not people.other.registrations.exists():
        made += _register_each(people, OTHER_REGISTRATIONS)
    return made


def seed_people() -> People:
    """The five accounts, with confirmed addresses, in their organisations and groups."""
    partner, stranger = _person(PARTNER), _person(STRANGER)
    reviewer, lead = _person(REVIEWER, is_staff=True), _person(LEAD, is_staff=True, is_superuser=True)
    reviewer.groups.add(Group.objects.get(name="Reviewers"))
    lead.groups.add(*Group.objects.filter(name__in=["Reviewers", "PKCE approvers", "Leads"]))
    client, other = _home(partner, "Client Ltd"), _home(stranger, "Other Inc")
    Membership.objects.get_or_create(
        user=_person(COLLEAGUE), organisation=client, defaults={"role": Role.DEVELOPER}
    )
    return People(partner, reviewer, lead, stranger, client, other)


def _person(account: Account, **flags: bool) -> User:
    user = User.objects.filter(email=account.email).first()
    if user is None:
        user = User.objects.create_user(account.email, PASSWORD, full_name=account.full_name, **flags)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def _home(founder: User, name: str) -> Organisation:
    return founder.organisations.first() or create_organisation(name, by=founder)


# --- Texts and draft data ------------------------------------------------------------------

COMMENTS = {
    "scope": "Please ask for users:read only: nothing in your description writes users.",
    "contacts": "Is this address read by more than one person?",
}
DESK_NOTE = "The name is close to a product that we know. Checked: it is another company."
JUSTIFICATION = "The client library of our payroll system cannot send a code verifier before spring."
CONTROLS = "Confidential client on one server; the state parameter is bound to the browser's session."


def _typed(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "client_name": name,
        "client_uri": "https://client.example/",
        "tos_uri": "https://client.example/legal/tos.html",
        "policy_uri": "https://client.example/legal/privacy.pdf",
        "contacts": ["name.surname@client.example"],
        "initiation_uri": "",
        "configuration_uri": "",
        "environment": "staging",
        "redirect_uris": ["https://client.example/callback"],
        "scope": ["test:test", "users:read"],
        "pkce_support": "supported",
        "pkce_justification": "",
        "pkce_controls": "",
        "subject_type_preference": "",
        "confidential": True,
    } | changes


def _start(organisation: Organisation, by: User, name: str, **changes: Any) -> Registration:
    return drafting.start(organisation.uuid, by=by, data=_typed(name, **changes))


# --- Scenarios, each built by the verbs that lead to it --------------------------------------


def later(**time: float) -> AbstractContextManager[Any]:
    """Shift the clock inside the block by this much: the verbs ask ``timezone.now`` for the time."""
    moment = timezone.now() + timedelta(**time)
    return patch.object(timezone, "now", lambda: moment)


def draft_of_the_stranger(people: People, name: str) -> None:
    uris = ["https://other.example/callback"]
    _start(people.other, people.stranger, name, redirect_uris=uris)


def draft_incomplete(people: People, name: str) -> None:
    empty = {"client_uri": "", "tos_uri": "", "policy_uri": "", "redirect_uris": [], "scope": []}
    _start(people.client, people.partner, name, confidential=False, **empty)


def draft_with_wrong_addresses(people: People, name: str) -> None:
    wrong = ["http://client.example/callback", "https://*.client.example/callback", "client.example/callback"]
    _start(people.client, people.partner, name, redirect_uris=wrong, client_uri="http://client.example/")


def closed(people: People, name: str) -> None:
    registration = _start(people.client, people.partner, name)
    drafting.discard(registration.uuid, by=people.partner)


def under_review(people: People, name: str, **changes: Any) -> Registration:
    registration = _start(people.client, people.partner, name, **changes)
    drafting.submit(registration.uuid, by=people.partner)
    return registration


def exception_requested(people: People, name: str) -> Registration:
    return under_review(
        people,
        name,
        pkce_support="exception_requested",
        pkce_justification=JUSTIFICATION,
        pkce_controls=CONTROLS,
    )


def restricted_scope_asked_for(people: People, name: str) -> None:
    reason = "A new shop in the till becomes a vendor in Pleo, so that its receipts match."
    under_review(people, name, scope=["users:read", "vendors:write"], scope_reasons={"vendors:write": reason})


def reviewer_asked(people: People, name: str) -> None:
    """The name contains the brand, which a rule rejects: a reviewer decides whether it may stay."""
    reason = "The museum has had this name since 1954; it is in the register of associations."
    under_review(people, name, review_asked=[{"rule": "N-05", "value": name, "reason": reason}])


def withdrawn(people: People, name: str) -> None:
    registration = under_review(people, name)
    with later(hours=3):
        drafting.withdraw(registration.uuid, by=people.partner)


def changes_requested(people: People, name: str) -> None:
    registration = under_review(people, name, scope=["users:read", "users:write"])
    with later(hours=26):
        for field, text in COMMENTS.items():
            comments.comment(registration.uuid, by=people.reviewer, seen_version=1, field=field, text=text)
        comments.note(registration.uuid, by=people.reviewer, text=DESK_NOTE, field="client_name")
        note = "Two things to look at before we go on."
        review.request_changes(registration.uuid, by=people.reviewer, seen_version=1, note=note)


def rejected(people: People, name: str) -> None:
    note = "The terms of service belong to another company. Register under the company that runs the client."
    registration = under_review(people, name)
    with later(hours=40):
        review.reject(registration.uuid, by=people.reviewer, seen_version=1, note=note)


def live(people: People, name: str, *, hours: float = 9) -> Registration:
    registration = under_review(people, name)
    with later(hours=hours):
        review.approve(registration.uuid, by=people.reviewer, seen_version=1)
    return registration


def live_and_revealed(people: People, name: str) -> Registration:
    registration = live(people, name, hours=22)
    secret = registration.secrets.get(status=SecretStatus.SEALED)
    with later(days=2):
        secrets.reveal(registration.uuid, secret.uuid, by=people.partner, signed_in_at=timezone.now())
    return registration


def live_and_lapsed(people: People, name: str) -> None:
    live(people, name, hours=30)
    with later(days=9):
        secrets.lapse_due()


def live_with_exception(people: People, name: str) -> None:
    registration = exception_requested(people, name)
    in_90_days = timezone.now().date() + timedelta(days=90)
    with later(hours=8):
        pkce.grant(registration.uuid, by=people.lead, seen_version=1, expires_on=in_90_days)
    with later(hours=20):
        review.approve(registration.uuid, by=people.lead, seen_version=1)


def suspended(people: People, name: str) -> None:
    reason = "The terms of service cannot be reached any more. Submit a change with an address that works."
    registration = live_and_revealed(people, name)
    with later(days=10):
        client.suspend(registration.uuid, by=people.reviewer, reason=reason)


def live_with_change(people: People, name: str) -> None:
    registration = live_and_revealed(people, name)
    more = ["https://client.example/callback", "https://client.example/callback/second"]
    data = _typed(name, redirect_uris=more)
    with later(days=18):
        drafting.save(registration.uuid, by=people.partner, draft_version=0, data=data, logo=None)
        drafting.submit(registration.uuid, by=people.partner)


Scenario = Callable[[People, str], object]
CLIENT_REGISTRATIONS: tuple[tuple[float, str, Scenario], ...] = (
    (62, "Parking Receipts", closed),
    (47, "Ledger Mirror", live_and_revealed),
    (33, "Mileage Diary", live_and_lapsed),
    (26, "Invoice Robot", suspended),
    (19, "Vendor Import", live_with_change),
    (16, "Tax Code Helper", rejected),
    (12, "Team Directory", changes_requested),
    (9, "Budget Board", withdrawn),
    (6, "Hotel Desk", exception_requested),
    (5, "Payroll Bridge", live_with_exception),
    (3, "Card Statements", live),
    (0.9, "Supplier Sync", restricted_scope_asked_for),
    (0.6, "Pleo Museum Shop", reviewer_asked),
    (0.2, "Travel Desk", under_review),
    (0.1, "Receipt Scanner", draft_with_wrong_addresses),
    (0.01, "Year End Export", draft_incomplete),
)
"""How many days ago each was started, oldest first: the list shows the newest on top, which is what
somebody looks for at the start. *Hotel Desk* has waited past the target."""

OTHER_REGISTRATIONS: tuple[tuple[float, str, Scenario], ...] = ((1, "Other Travel", draft_of_the_stranger),)


def _register_each(people: People, scenarios: tuple[tuple[float, str, Scenario], ...]) -> int:
    for days, name, lead_there in scenarios:
        with later(days=-days):
            lead_there(people, name)
    return len(scenarios)
