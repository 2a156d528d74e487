"""The registrations of the demo, one scenario for each.

Everything is made by the verbs that partners and reviewers use, so the demo shows no state that the portal
cannot reach. The verbs run with the clock set back by up to nine weeks, so that the statistics have
something to show; the audit log has its own clock and shows when the demo was made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from portal.accounts.models import Organisation, User
from registrations.demo.people import People, seed_people
from registrations.models import Registration
from registrations.workflow import client, comments, drafting, pkce, review, secrets

# --- Texts and draft data ------------------------------------------------------------------

COMMENTS = {
    "scope": "Please ask for users:read only: nothing in your description writes users.",
    "contacts": "Is this address read by more than one person?",
}
DESK_NOTE = "The name is close to a product that we know. Checked: it is another company."
JUSTIFICATION = "The client library of our payroll system cannot send a code verifier before spring."
CONTROLS = "Confidential client on one server; the state parameter is bound to the browser's session."


def draft_data(name: str, *, host: str = "client.example", **changes: Any) -> dict[str, Any]:
    """What a complete draft holds, with the changes; ``host`` is the client's own."""
    return {
        "client_name": name,
        "client_uri": f"https://{host}/",
        "tos_uri": f"https://{host}/legal/tos.html",
        "policy_uri": f"https://{host}/legal/privacy.pdf",
        "contacts": [f"name.surname@{host}"],
        "initiation_uri": "",
        "configuration_uri": "",
        "environment": "staging",
        "redirect_uris": [f"https://{host}/callback"],
        "scope": ["test:test", "users:read"],
        "pkce_support": "supported",
        "pkce_justification": "",
        "pkce_controls": "",
        "subject_type_preference": "",
        "confidential": True,
    } | changes


def _start(organisation: Organisation, by: User, name: str, **changes: Any) -> Registration:
    return drafting.start(organisation.uuid, by=by, data=draft_data(name, **changes))


# --- Scenarios, each built by the verbs that lead to it --------------------------------------


def later(**time: float) -> AbstractContextManager[Any]:
    """Shift the clock inside the block by this much: the verbs ask ``timezone.now`` for the time."""
    moment = timezone.now() + timedelta(**time)
    return patch.object(timezone, "now", lambda: moment)


def draft_of_the_stranger(people: People, name: str) -> None:
    """A draft of another organisation."""
    uris = ["https://other.example/callback"]
    _start(people.other, people.stranger, name, redirect_uris=uris)


def draft_incomplete(people: People, name: str) -> None:
    """A draft with most answers missing."""
    empty = {"client_uri": "", "tos_uri": "", "policy_uri": "", "redirect_uris": [], "scope": []}
    _start(people.client, people.partner, name, confidential=False, **empty)


def draft_with_wrong_addresses(people: People, name: str) -> None:
    """A draft with addresses that the rules reject."""
    wrong = ["http://client.example/callback", "https://*.client.example/callback", "client.example/callback"]
    _start(people.client, people.partner, name, redirect_uris=wrong, client_uri="http://client.example/")


def closed(people: People, name: str) -> None:
    """A draft that its partner discarded, which closes the registration."""
    registration = _start(people.client, people.partner, name)
    drafting.discard(registration.uuid, by=people.partner)


def under_review(people: People, name: str, **changes: Any) -> Registration:
    """A first version that waits for the reviewers."""
    registration = _start(people.client, people.partner, name, **changes)
    drafting.submit(registration.uuid, by=people.partner)
    return registration


def exception_requested(people: People, name: str) -> Registration:
    """Under review, with a request for a PKCE exception."""
    return under_review(
        people,
        name,
        pkce_support="exception_requested",
        pkce_justification=JUSTIFICATION,
        pkce_controls=CONTROLS,
    )


def restricted_scope_asked_for(people: People, name: str) -> None:
    """Under review, with a scope that a second reviewer has to confirm."""
    reason = "A new shop in the till becomes a vendor in Pleo, so that its receipts match."
    under_review(people, name, scope=["users:read", "vendors:write"], scope_reasons={"vendors:write": reason})


def reviewer_asked(people: People, name: str) -> None:
    """The name contains the brand, which a rule rejects: a reviewer decides whether it may stay."""
    reason = "The museum has had this name since 1954; it is in the register of associations."
    under_review(people, name, review_asked=[{"rule": "N-05", "value": name, "reason": reason}])


def withdrawn(people: People, name: str) -> None:
    """Submitted, then withdrawn by the partner."""
    registration = under_review(people, name)
    with later(hours=3):
        drafting.withdraw(registration.uuid, by=people.partner)


def changes_requested(people: People, name: str) -> None:
    """Sent back with two comments and a desk note."""
    registration = under_review(people, name, scope=["users:read", "users:write"])
    with later(hours=26):
        for field, text in COMMENTS.items():
            comments.comment(registration.uuid, by=people.reviewer, seen_version=1, field=field, text=text)
        comments.note(registration.uuid, by=people.reviewer, text=DESK_NOTE, field="client_name")
        note = "Two things to look at before we go on."
        review.request_changes(registration.uuid, by=people.reviewer, seen_version=1, note=note)


def rejected(people: People, name: str) -> None:
    """Rejected with a note."""
    note = "The terms of service belong to another company. Register under the company that runs the client."
    registration = under_review(people, name)
    with later(hours=40):
        review.reject(registration.uuid, by=people.reviewer, seen_version=1, note=note)


def live(people: People, name: str, *, hours: float = 9) -> Registration:
    """Approved; the secret waits to be revealed."""
    registration = under_review(people, name)
    with later(hours=hours):
        review.approve(registration.uuid, by=people.reviewer, seen_version=1, signed_in_at=timezone.now())
    return registration


def live_and_revealed(people: People, name: str) -> Registration:
    """Live, with a secret that was revealed."""
    registration = live(people, name, hours=22)
    secret = registration.secrets.sealed().get()
    with later(days=2):
        secrets.reveal(registration.uuid, secret.uuid, by=people.partner, signed_in_at=timezone.now())
    return registration


def live_and_lapsed(people: People, name: str) -> None:
    """Live, with a secret that nobody revealed in time."""
    live(people, name, hours=30)
    with later(days=9):
        secrets.lapse_due()


def live_with_exception(people: People, name: str) -> None:
    """Live, with a PKCE exception in force."""
    registration = exception_requested(people, name)
    in_90_days = timezone.now().date() + timedelta(days=90)
    with later(hours=8):
        pkce.grant(
            registration.uuid,
            by=people.lead,
            seen_version=1,
            expires_on=in_90_days,
            signed_in_at=timezone.now(),
        )
    with later(hours=20):
        review.approve(registration.uuid, by=people.lead, seen_version=1, signed_in_at=timezone.now())


def suspended(people: People, name: str) -> None:
    """Suspended by a reviewer."""
    reason = "The terms of service cannot be reached any more. Submit a change with an address that works."
    registration = live_and_revealed(people, name)
    with later(days=10):
        client.suspend(registration.uuid, by=people.reviewer, reason=reason)


def live_with_change(people: People, name: str) -> None:
    """Live, with a change under review."""
    registration = live_and_revealed(people, name)
    more = ["https://client.example/callback", "https://client.example/callback/second"]
    data = draft_data(name, redirect_uris=more)
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


def seed() -> int:
    """Add the people and registrations that are missing; returns how many registrations it made.

    Only an organisation without registrations gets any, so nobody's changes to the demo are lost.
    """
    people, made = seed_people(), 0
    for organisation, scenarios in (
        (people.client, CLIENT_REGISTRATIONS),
        (people.other, OTHER_REGISTRATIONS),
    ):
        if organisation.registrations.exists():
            continue
        for days, name, scenario in scenarios:
            with later(days=-days):
                scenario(people, name)
        made += len(scenarios)
    return made
