"""Forty requests of mixed kind that wait for a review, to try the desk with.

Like everything in the demo they are made by the verbs, with the clock set back. Each is made once: what
somebody did with it stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from registrations.demo.cases import Case
from registrations.demo.partners import seed_partners
from registrations.demo.people import seed_people
from registrations.demo.registrations import CONTROLS, JUSTIFICATION
from registrations.initial_rows.catalogue import SCOPES
from registrations.workflow import assignment, checklist, client, comments, drafting, pkce, review, scopes

Scenario = Callable[[Case], object]

EXCEPTION: Final = {
    "pkce_support": "exception_requested",
    "pkce_justification": JUSTIFICATION,
    "pkce_controls": CONTROLS,
}
REASONS: Final = {
    "vendors:write": "A new shop in the till becomes a vendor in Pleo, so that its receipts match.",
    "accounts:write": "The chart of accounts is kept in our ledger, and Pleo has to follow it.",
    "export-items:read": "The items of an export are booked one by one, with their own tax codes.",
    "users:write": "Our payroll system is where people join and leave, and Pleo has to follow it.",
}
LONG_LABEL: Final = "callback-of-the-integration-with-a-very-long-name-for-every-till"


def first(**changes: Any) -> Scenario:
    """A first version with these answers."""

    def scenario(case: Case) -> None:
        with case.past():
            case.submit(case.start(**changes))

    return scenario


def with_scopes(*names: str) -> Scenario:
    """A first version that asks for these scopes, with a reason where one is needed."""
    reasons = {name: REASONS[name] for name in names if name in REASONS and name != "users:write"}
    return first(scope=list(names), scope_reasons=reasons)


def accepting(rule: str, value: str, reason: str, **changes: Any) -> Scenario:
    """A first version with a value that a rule rejects and a reviewer is asked to accept."""
    return first(review_asked=[{"rule": rule, "value": value, "reason": reason}], **changes)


# --- New clients ---------------------------------------------------------------------------


def opened_from_pleo(case: Case) -> None:
    """A client that is opened and set up from Pleo."""
    initiation, configuration = case.uris("start", "settings")
    with case.past():
        case.submit(case.start(initiation_uri=initiation, configuration_uri=configuration))


def many_addresses(case: Case) -> None:
    """As many redirect URIs as there can be."""
    uris = case.uris(*(f"offices/{number:02}/receipts-and-invoices/callback" for number in range(1, 21)))
    with case.past():
        case.submit(case.start(redirect_uris=uris))


def long_hosts(case: Case) -> None:
    """Redirect URIs with host names as long as they can be."""
    host = f"{LONG_LABEL[:63].rstrip('-')}.{case.partner.host}"
    with case.past():
        case.submit(case.start(redirect_uris=[f"https://{host}/callback", f"https://{host}/second"]))


def elsewhere(case: Case) -> None:
    """Codes go to the host of somebody else."""
    with case.past():
        case.submit(case.start(redirect_uris=["https://hooks.integrator.example/fjord/callback"]))


def other_script(case: Case) -> None:
    """A host that is written with a letter outside ASCII."""
    with case.past():
        case.submit(case.start(redirect_uris=["https://xn--rsted-uua.example/callback"]))


def confirmed(case: Case) -> None:
    """A restricted scope that the reviewer has confirmed: somebody else has to approve."""
    with case.past():
        names = {"vendors:write": REASONS["vendors:write"]}
        registration = case.submit(case.start(scope=["vendors:read", "vendors:write"], scope_reasons=names))
    with case.past(before=-0.1):
        scopes.confirm_scopes(registration.uuid, by=case.people.reviewer, seen_version=1)


def already_accepted(case: Case) -> None:
    """The name contains the brand, and a reviewer has accepted it."""
    asked = {"rule": "N-05", "value": case.name, "reason": "Pleo commissioned the pavilion."}
    with case.past():
        registration = case.submit(case.start(review_asked=[asked]))
    with case.past(before=-0.1):
        review.override(
            registration.uuid,
            by=case.people.reviewer,
            seen_version=1,
            rule="N-05",
            value=case.name,
            reason="The contract with the studio says so.",
        )


# --- PKCE ------------------------------------------------------------------------------------


def exception_granted(case: Case) -> None:
    """The exception that it requests is granted, and it waits for its approval."""
    with case.past():
        registration = case.submit(case.start(**EXCEPTION))
    in_90_days = timezone.now().date() + timedelta(days=90)
    with case.past(before=-0.1):
        pkce.grant(
            registration.uuid,
            by=case.people.lead,
            seen_version=1,
            expires_on=in_90_days,
            signed_in_at=timezone.now(),
        )


def exception_refused(case: Case) -> None:
    """The exception that it requests is refused, so it cannot be approved."""
    with case.past():
        registration = case.submit(case.start(**EXCEPTION))
    note = "The library that you name has sent code verifiers for two years. Update it."
    with case.past(before=-0.1):
        pkce.refuse(registration.uuid, by=case.people.lead, seen_version=1, note=note)


def exception_renewed(case: Case) -> None:
    """A client with an exception in force adds a redirect URI and requests its renewal."""
    with case.past(before=20):
        registration = case.submit(case.start(**EXCEPTION))
    in_60_days = timezone.now().date() + timedelta(days=60)
    with case.past(before=19):
        pkce.grant(
            registration.uuid,
            by=case.people.lead,
            seen_version=1,
            expires_on=in_60_days,
            signed_in_at=timezone.now(),
        )
        review.approve(registration.uuid, by=case.people.lead, seen_version=1, signed_in_at=timezone.now())
    uris = case.uris("callback", "callback/second")
    case.submit_again(registration, **EXCEPTION, redirect_uris=uris, pkce_renewal=True)


# --- Changes of live clients -----------------------------------------------------------------


def moved(case: Case) -> None:
    """A live client adds a redirect host, and drops none."""
    added = "https://fjord-invoices.example/callback"
    case.submit_again(case.live(), redirect_uris=[*case.uris("callback"), added])


def grown(case: Case) -> None:
    """A live client takes another name and asks for more access."""
    name, scope = f"{case.name} and Mileage", ["test:test", "users:read", "users:write", "tags:write"]
    case.submit_again(case.live(), client_name=name, scope=scope)


def refused_scope_again(case: Case) -> None:
    """A scope was refused at the approval, and the partner asks for it again with a reason."""
    scope = ["users:read", "users:write"]
    with case.past(before=10):
        registration = case.submit(case.start(scope=scope))
    with case.past(before=9):
        review.approve(
            registration.uuid,
            by=case.people.reviewer,
            seen_version=1,
            granted=["users:read"],
            refused_because="Nothing in your description writes users.",
            signed_in_at=timezone.now(),
        )
    reasons = {"users:write": REASONS["users:write"]}
    case.submit_again(registration, scope=scope, scope_reasons=reasons)


def taken_away_since(case: Case) -> None:
    """A change keeps a redirect URI that the partner took away from the live client afterwards."""
    uris = case.uris("callback", "old/callback")
    registration = case.live(redirect_uris=uris)
    case.submit_again(registration, redirect_uris=[*uris, *case.uris("new/callback")])
    with case.past(before=-0.1):
        client.restrict(registration.uuid, by=case.partner.user, redirect_uris=uris[1:])


def suspended(case: Case) -> object:
    """A client that is suspended; nothing of it waits."""
    registration = case.live(before=8)
    reason = "The terms of service cannot be reached any more. Submit a change with an address that works."
    with case.past(before=5):
        return client.suspend(registration.uuid, by=case.people.reviewer, reason=reason)


def suspended_with_change(case: Case) -> None:
    """A suspended client whose partner submits what was asked for."""
    registration = case.live(before=8)
    reason = "The privacy policy names another company. Submit one that names yours."
    with case.past(before=5):
        client.suspend(registration.uuid, by=case.people.reviewer, reason=reason)
    (policy,) = case.uris("legal/our-privacy.pdf")
    case.submit_again(registration, policy_uri=policy)


def closed(case: Case) -> None:
    """A client that staff closed; nothing of it waits."""
    registration = case.live(before=8)
    with case.past(before=5):
        client.close_as_staff(
            registration.uuid,
            by=case.people.reviewer,
            reason="Its secret was published in a forum twice.",
            signed_in_at=timezone.now(),
        )


# --- Submitted again, claimed, talked about ------------------------------------------------------


def answered(case: Case) -> None:
    """Sent back with a question, which the partner answers without changing anything else."""
    with case.past(before=3):
        registration = case.submit(case.start())
    with case.past(before=2):
        question = "Whose users are these: your customers’, or your own?"
        asked = comments.comment(
            registration.uuid, by=case.people.reviewer, seen_version=1, text=question, field="scope"
        )
        review.request_changes(registration.uuid, by=case.people.reviewer, seen_version=1, note="")
    answers = {str(asked.thread.uuid): "Our customers’ own users, who sign in at their company."}
    case.submit_again(registration, answers=answers)


def sent_back_and_changed(case: Case) -> None:
    """Sent back with a note, and changed."""
    with case.past(before=4):
        registration = case.submit(case.start(scope=["users:read", "users:write"]))
    with case.past(before=3):
        note = "Ask for users:read only: nothing in your description writes users."
        review.request_changes(registration.uuid, by=case.people.reviewer, seen_version=1, note=note)
    case.submit_again(registration, scope=["users:read"])


def rejected_and_changed(case: Case) -> None:
    """Rejected with a note, and changed."""
    with case.past(before=4):
        registration = case.submit(case.start(tos_uri="https://other.example/terms"))
    with case.past(before=3):
        note = "The terms of service belong to another company."
        review.reject(registration.uuid, by=case.people.reviewer, seen_version=1, note=note)
    case.submit_again(registration, tos_uri=case.uris("terms")[0])


def withdrawn_and_changed(case: Case) -> None:
    """Withdrawn by the partner, and changed."""
    with case.past(before=2):
        registration = case.submit(case.start())
    with case.past(before=1):
        drafting.withdraw(registration.uuid, by=case.partner.user)
    case.submit_again(registration, contacts=[f"team@{case.partner.host}"])


def claimed_by_lead(case: Case) -> None:
    """The lead has claimed it and ticked something."""
    with case.past():
        registration = case.submit(case.start())
    with case.past(before=-0.1):
        lead = case.people.lead
        assignment.claim(registration.uuid, by=lead)
        checklist.tick(registration.uuid, by=lead, seen_version=1, item="terms_cover_product")


def claimed_by_reviewer(case: Case) -> None:
    """The reviewer has claimed it."""
    with case.past():
        registration = case.submit(case.start())
    with case.past(before=-0.1):
        assignment.claim(registration.uuid, by=case.people.reviewer)


def commented(case: Case) -> None:
    """A comment waits to be sent with the decision, and there is a desk note."""
    with case.past():
        registration = case.submit(case.start(scope=["users:read", "users:write"]))
    with case.past(before=-0.1):
        text = "Please ask for users:read only: nothing in your description writes users."
        comments.comment(registration.uuid, by=case.people.reviewer, seen_version=1, text=text, field="scope")
        note = "They called: the product is not on sale before May."
        comments.note(registration.uuid, by=case.people.lead, text=note)


def message_came(case: Case) -> None:
    """The partner wrote while it waited."""
    with case.past():
        registration = case.submit(case.start())
    with case.past(before=-0.1):
        text = "Our stand at the fair opens on Thursday. Can you decide before that?"
        comments.message(registration.uuid, by=case.partner.user, text=text)


# --- The table -----------------------------------------------------------------------------------

BEFORE: Final[tuple[tuple[float, str, str, Scenario], ...]] = (
    (9, "tandem", "Tandem Wallet", suspended),
    (9, "kestrel", "Kestrel Mirror", closed),
)
"""What some of the organisations did before, in the columns of :data:`REQUESTS`."""

REQUESTS: Final[tuple[tuple[float, str, str, Scenario], ...]] = (
    (6.0, "harbour", "Harbour Books", first()),
    (5.2, "nordlys", "Nordlys Payslips", first(**EXCEPTION)),
    (4.4, "quill", "Quill Statements", taken_away_since),
    (4.1, "tandem", "Tandem Bookings", claimed_by_reviewer),
    (3.9, "fjord", "Fjord People", refused_scope_again),
    (3.6, "kestrel", "Kestrel Legacy", exception_refused),
    (3.3, "brightside", "Brightside Cards", first()),
    (3.0, "orsted", "Pleo Pavilion", already_accepted),
    (2.8, "harbour", "Harbour Suppliers", confirmed),
    (2.7, "nordlys", "Nordlys Bridge", exception_renewed),
    (2.5, "harbour", "Harbour Vault", suspended_with_change),
    (2.4, "tandem", "Tandem Refunds", first()),
    (2.3, "fjord", "Fjord Invoices", moved),
    (2.2, "kestrel", "Kestrel Watch", withdrawn_and_changed),
    (2.1, "brightslde", "Brightside Cards", first()),
    (
        2.0,
        "quill",
        "Quill and Ledger Receipts, Invoices, Statements and Travel Claims for Offices",
        many_addresses,
    ),
    (1.9, "nordlys", "Nordlys Team", answered),
    (
        1.8,
        "fjord",
        "Fjord Payroll Export",
        with_scopes("users:read", "export-jobs:read", "export-jobs:write"),
    ),
    (1.7, "harbour", "Harbour Tax Desk", with_scopes("users:read", "tax-codes:write", "tags:write")),
    (1.6, "tandem", "Tandem Cards", exception_granted),
    (1.5, "orsted", "Ørsted Atelier", sent_back_and_changed),
    (1.4, "brightside", "Brightside Scanner", rejected_and_changed),
    (1.3, "nordlys", "Nordlys Vendors", with_scopes("vendors:read", "vendors:write")),
    (1.2, "kestrel", "Kestrel Chart", with_scopes("accounts:read", "accounts:write", "export-items:read")),
    (1.1, "fjord", "Fjord Notes", commented),
    (1.0, "harbour", "Harbour Receipts", claimed_by_lead),
    (0.95, "quill", "Quill Supplier Ledger", with_scopes(*SCOPES)),
    (
        0.9,
        "tandem",
        "Pleo Travel Club",
        accepting("N-05", "Pleo Travel Club", "The club has had this name since 1962."),
    ),
    (0.8, "harbour", "Harbour Travel Claims", message_came),
    (0.7, "orsted", "Ledger Mirror", first()),
    (0.65, "tandem", "Tandem Trips", opened_from_pleo),
    (
        0.6,
        "brightside",
        "Brightside Pages",
        accepting(
            "R-37",
            "https://xn--a.brightside.example/callback",
            "The name is from before the standard. We replace it in June.",
            redirect_uris=["https://xn--a.brightside.example/callback"],
        ),
    ),
    (0.55, "kestrel", "Travel Desk", first()),
    (0.5, "fjord", "Fjord Hooks", elsewhere),
    (0.45, "quill", "Quill Till Rolls", long_hosts),
    (0.4, "orsted", "Ørsted Kvitteringer", other_script),
    (0.35, "kestrel", "Kestrel Feed", with_scopes(*(name for name in SCOPES if name.endswith(":read")))),
    (0.3, "tandem", "Tandem Expenses", grown),
    (0.25, "fjord", "Fjord Archive", first(environment="production")),
    (0.2, "fjord", "Fjord Sync", first()),
)
"""How many days ago each was submitted, the longest wait first; the short name of its organisation, its
client's name, and how it came about."""


def seed_requests() -> int:
    """Add the requests that are missing, with their organisations; returns how many it made."""
    people, partners, made = seed_people(), seed_partners(), 0
    for is_request, table in ((False, BEFORE), (True, REQUESTS)):
        for days, key, name, scenario in table:
            case = Case(people, partners[key], name, days)
            if not case.is_made:
                scenario(case)
                made += is_request
    return made
