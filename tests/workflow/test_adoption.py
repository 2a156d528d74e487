"""Clients that are older than the portal: taken over line by line, then changed like any other."""

import json
from dataclasses import replace
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Organisation
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from registrations.domain.adoption import LineRefused, older_client
from registrations.domain.draft_data import draft_data_from
from registrations.models import ClientSecret, Registration, RequestedScope, Revision
from registrations.queries.documents import live_documents
from registrations.queries.turnaround import decisions
from registrations.workflow import adoption, client, drafting, review, secrets
from registrations.workflow.refusals import RulesBroken
from tests.api.calling import verifies
from tests.desk.pages import QUEUE
from tests.emails.sending import delivered
from tests.support import people
from tests.support.adopted import CLIENT_ID, LINE, OLD_SECRET, SECRET, adopt, verifier
from tests.support.invariants import check_invariants
from tests.support.pages import words

pytestmark = pytest.mark.django_db

WITH_AN_OLDER_SECRET = [
    {"verifier": verifier(SECRET)},
    {"verifier": verifier(OLD_SECRET), "expires_at": "2099-12-31T23:00:00+01:00"},
]
TWIN = {"client_id": "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7e", "client_secrets": [{"verifier": "0" * 64}]}
AGAINST_RULES = {"client_name": "Pleo Export", "client_uri": "http://ledger.example/", "contacts": []}


@pytest.fixture
def command(tmp_path):
    """Runs the command on a file with these lines; returns its exit code and the lines that it said."""

    def run(*lines, **options):
        file, said = tmp_path / "clients.jsonl", StringIO()
        file.write_text("".join(one if isinstance(one, str) else f"{json.dumps(one)}\n" for one in lines))
        try:
            call_command("adopt_clients", str(file), stdout=said, stderr=said, **options)
        except CommandError as error:
            return error.returncode, said.getvalue().splitlines()
        return 0, said.getvalue().splitlines()

    return run


@pytest.fixture
def home(partner):
    return partner.organisations.get()


def rows():
    return [model.objects.count() for model in (Registration, Revision, ClientSecret, Organisation, Event)]


# --- the command


def test_a_client_is_taken_over_as_it_is(command, home):
    code, said = command(LINE | {"client_secrets": WITH_AN_OLDER_SECRET})
    assert (code, said) == (
        0,
        [
            "Looked at 1 of 1 lines (100 %)",
            "Adopted: 1, with 0 that do not meet all rules. New organisations: 0. "
            "Already there: 0, with 0 that differ. Refused: 0.",
        ],
    )
    registration = Registration.objects.get()
    assert (registration.status, registration.organisation) == ("active", home)
    assert registration.activated_at.timestamp() == LINE["client_id_issued_at"]
    assert registration.adopted_at > registration.activated_at
    (document,) = live_documents(today=timezone.now().date())
    assert document == {name: LINE[name] for name in document}
    assert document.keys() == LINE.keys() - {"client_id_issued_at", "organisation", "client_secrets"}
    assert verifies(UUID(CLIENT_ID), SECRET)
    assert verifies(UUID(CLIENT_ID), OLD_SECRET)
    (event,) = Event.objects.filter(stream=registration.uuid)
    assert (event.verb, event.actor) == ("registration.adopted", "system")
    named = [f"secret:{one.uuid}" for one in registration.secrets.order_by("pk")]
    assert event.moved == [f"client:{CLIENT_ID}", "revision:1", *named]
    assert not OutboxMessage.objects.exists()
    check_invariants()


def test_what_rules_reject_is_adopted_with_the_findings(command):
    code, said = command(LINE | AGAINST_RULES)
    assert code == 0
    assert "Line 1: Its next change has to meet rules that it does not meet now: C-01, N-05, U-03." in said
    found = {one["rule"]: one["severity"] for one in Revision.objects.get().findings}
    assert found["N-05"] == found["U-03"] == "reject"


def test_what_cannot_be_stored_is_named_and_the_other_lines_are_adopted(command):
    broken = {
        "client_id": CLIENT_ID.upper(),
        "client_name": "x" * 81,
        "redirect_uris": ["https://*.ledger.example/", "ftp://ledger.example/", "http://ledger.example/cb"],
        "policy_uri": f"https://ledger.example/{'x' * 2048}",
        "contacts": "one, two",
        "grant_types": ["implicit"],
        "environment": "moon",
        "pkce_required": False,
        "client_secrets": [{"verifier": verifier(SECRET).upper()}],
        "client_secret": SECRET,
        "registration_status": "suspended",
        "client_id_issued_at": 99_999_999_999,
        "organisation": " ",
    }
    code, said = command(LINE | broken, "{\n", "\n", LINE | TWIN)
    assert code == 3
    members = [line.split(": ")[1] for line in said if line.startswith("Line 1: ")]
    assert set(members) == set(broken)
    assert members.count("redirect_uris") == 3
    assert not [line for line in said if SECRET in line]
    assert "Line 2: This is not JSON. Character 2: the document ends too early" in "\n".join(said)
    assert said[-1].startswith("Adopted: 1,")
    assert said[-1].endswith("Refused: 2.")
    assert str(Registration.objects.get().client_id) == TWIN["client_id"]


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"scope": "users:read moon:read"}, "scope"),
        ({"subject_type_preference": "moon"}, "subject_type_preference"),
        ({"organisation": "Pleo Partners"}, "organisation"),
        ({"client_secrets": [*LINE["client_secrets"], {"verifier": "0" * 64}]}, "client_secrets"),
        (
            {"client_secrets": [{"verifier": "0" * 64, "expires_at": "2020-01-01T00:00:00Z"}]},
            "client_secrets",
        ),
        (
            {"client_secrets": [{"verifier": "0" * 64, "expires_at": "9999-12-31T23:59:59-14:00"}]},
            "client_secrets",
        ),
        ({"client_secrets": [{"verifier": verifier("")}]}, "client_secrets"),
        ({"redirect_uris": LINE["redirect_uris"] * 2}, "redirect_uris"),
        ({"contacts": ["a\0@ledger.example"]}, "contacts"),
        ({"contacts": ["\ud800@ledger.example"]}, "contacts"),
    ],
)
def test_a_line_is_refused_for(command, change, member):
    before = rows()
    code, said = command(LINE | change)
    assert (code, said[1].partition(": ")[2].partition(":")[0]) == (3, member)
    assert rows() == before


def test_nothing_of_a_line_stays_where_the_database_refuses_it():
    older = older_client(json.dumps(LINE | {"organisation": "Nobody Yet Ltd"}), now=timezone.now())
    before = rows()
    for change in ({"environment": "moon"}, {"redirect_uris": ("https://ledger.example/#x",)}):
        broken = replace(older, record=replace(older.record, **change))
        with pytest.raises(LineRefused, match="registration_environment_known|redirect_uri_is_exact"):
            adoption.adopt(broken, adoption.Catalogue.read())
    assert rows() == before


def test_a_second_run_adopts_nothing_and_says_what_differs(command, home):
    command(LINE)
    before = rows()
    assert command(LINE)[1][1] == f"Line 1: {CLIENT_ID} is already there, and the same."
    changed = {"scope": "test:test", "organisation": "Other Ltd", "client_secrets": [{"verifier": "0" * 64}]}
    code, said = command(LINE | changed)
    differs = "scope, client_secrets, organisation"
    assert (code, said[1]) == (0, f"Line 1: {CLIENT_ID} is already there, but it differs in {differs}.")
    assert rows() == before


def test_a_dry_run_says_the_same_and_changes_nothing(command):
    lines = [LINE, LINE | TWIN, LINE, LINE | TWIN | {"client_id": CLIENT_ID[:-1] + "f"}]
    before = rows()
    code, said = command(*lines, dry_run=True)
    assert rows() == before
    wet = command(*lines)
    assert wet == (code, [one.replace("Would be adopted", "Adopted") for one in said])
    assert [line for line in said if line.startswith("Line ")] == [
        "Line 3: client_id: Line 1 has the same.",
        "Line 3: client_secrets: Line 1 has the same.",
        "Line 4: client_secrets: Line 2 has the same.",
    ]


def test_organisations_are_found_by_name_or_made_without_members(command, home):
    new = {"organisation": "Client GmbH"}  # looks like Client Ltd, and is another company
    _, said = command(LINE | {"organisation": " client  LTD"}, LINE | TWIN | new)
    assert "Line 2: organisation: “Client GmbH” is new, and looks like “Client Ltd”." in said
    assert "New organisations: 1." in said[-1]
    assert home.registrations.count() == 1
    made = Organisation.objects.exclude(pk=home.pk).get()
    assert (made.name, made.members.count()) == ("Client GmbH", 0)
    assert Event.objects.get(stream=made.uuid).verb == "organisation_created"


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("adopt_clients", str(tmp_path / "moon.jsonl"))


# --- what becomes of the client


def test_the_next_change_has_to_meet_every_rule_and_is_reviewed(partner, reviewer):
    registration = adopt(**AGAINST_RULES)
    data = draft_data_from(registration.revisions.get().metadata())
    drafting.save(registration.uuid, by=partner, draft_version=0, data=data, logo=None)
    with pytest.raises(RulesBroken) as refused:
        drafting.submit(registration.uuid, by=partner)
    assert {"G-08", "N-05", "U-03"} <= {one.rule for one in refused.value.findings}
    good = draft_data_from(adopt(**TWIN).revisions.get().metadata()) | {"confidential": True}
    drafting.save(registration.uuid, by=partner, draft_version=2, data=good, logo=None)
    assert drafting.submit(registration.uuid, by=partner).status == "under_review"
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    registration.refresh_from_db()
    assert (str(registration.client_id), registration.secrets.count()) == (CLIENT_ID, 1)
    assert [one.number for one in decisions(registration.adopted_at)] == [2]
    check_invariants()


def test_even_contacts_alone_are_reviewed_the_first_time(partner):
    registration = adopt()
    data = draft_data_from(registration.revisions.get().metadata())
    changed = data | {"contacts": ["other@ledger.example"], "confidential": True}
    drafting.save(registration.uuid, by=partner, draft_version=0, data=changed, logo=None)
    assert drafting.submit(registration.uuid, by=partner).status == "under_review"


def test_something_can_be_taken_away_at_once(partner):
    registration = adopt()
    taken = client.restrict(registration.uuid, by=partner, redirect_uris=LINE["redirect_uris"][1:])
    assert (taken.number, taken.status, taken.uris()) == (2, "approved", (LINE["redirect_uris"][0],))
    assert RequestedScope.objects.filter(revision=taken, granted=True).count() == 2


def test_staff_stop_it_and_people_hear_of_it(partner, reviewer):
    registration = adopt()
    browser = people.sign_in(Client(), reviewer)
    preview = browser.post(
        f"{QUEUE}{registration.uuid}/suspend/", {"suspend_reason": "It was sold.", "preview": ""}
    )
    assert "It was sold." in words(preview)
    client.suspend(registration.uuid, by=reviewer, reason="It was sold.")
    client.reinstate(registration.uuid, by=reviewer, signed_in_at=timezone.now())
    secrets.revoke_at_desk(
        registration.uuid, registration.secrets.get().uuid, by=reviewer, reason="It leaked.", leaked=True
    )
    client.close_as_staff(registration.uuid, by=reviewer, signed_in_at=timezone.now(), reason="Gone.")
    assert {tuple(email.to) for email in delivered("")} == {(partner.email,)}
    check_invariants()
