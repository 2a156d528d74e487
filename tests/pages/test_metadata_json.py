"""The record as RFC 7591 JSON: for members at its address, for the authorization server as an export."""

import io
import json
from datetime import date

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from registrations import client_secrets
from registrations.domain.document_reading import read
from registrations.domain.draft_data import metadata_of
from registrations.domain.json_documents import parse
from registrations.models import Draft, RequestedScope
from registrations.queries import documents
from registrations.workflow import client, drafting
from tests.pages.addresses import at
from tests.support.pages import words
from tests.support.people import home
from tests.support.registrations import (
    a_draft,
    a_logo,
    approved,
    change,
    excepted,
    in_days,
    revealed,
    submitted,
    with_exception,
)
from tests.support.statements import statements

PAGE = "metadata.json"


@pytest.fixture
def fetch(login, partner):
    """``fetch(registration)`` is the document as the organisation's admin gets it."""
    browser = login(partner)

    def fetched(registration):
        answer = browser.get(at(registration, PAGE))
        assert answer.status_code == 200
        return json.loads(answer.content)

    return fetched


def export():
    written = io.StringIO()
    call_command("export_clients", stdout=written)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_visitor_is_sent_to_sign_in(partner):
    address = at(a_draft(partner), PAGE)
    assert Client().get(address)["Location"] == f"/accounts/login/?next={address}"


def test_stranger_finds_nothing(login, partner, stranger):
    browser = login(stranger)
    theirs = browser.get(at(a_draft(partner), PAGE))
    missing = browser.get(f"/registrations/6f9619ff-8b86-4011-b42d-00c04fc964ff/{PAGE}")
    assert (theirs.status_code, words(theirs)) == (404, words(missing))


def test_viewer_reads_it(login, partner, viewer):
    assert login(viewer).get(at(a_draft(partner), PAGE)).json()["client_name"] == "Example Client"


def test_it_is_json_that_nobody_stores(login, partner):
    answer = login(partner).get(at(a_draft(partner), PAGE))
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert login(partner).post(at(a_draft(partner), PAGE)).status_code == 405


def test_draft_shows_as_it_was_typed(fetch, partner):
    typed = {"client_name": "Société", "redirect_uris": ["http://client.example/*", ""], "scope": ["nope"]}
    registration = drafting.start(home(partner).uuid, by=partner, data=typed)
    assert fetch(registration) == {
        "client_name": "Société",
        "redirect_uris": ["http://client.example/*", ""],
        "scope": "nope",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "environment": "staging",
        "pkce_required": True,
    }


def test_other_letters_are_written_in_utf8(login, partner):
    registration = a_draft(partner, client_name="Société 株式会社")
    assert "Société 株式会社".encode() in login(partner).get(at(registration, PAGE)).content


@pytest.mark.parametrize("odd", ['</script>"\\', "\u2028\x7f\u202e", "\U0001f4a9"])
def test_odd_letters_survive(fetch, partner, odd):
    assert fetch(a_draft(partner, client_uri=odd))["client_uri"] == odd


def test_submitted_record_shows_while_nothing_is_live(fetch, partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, client_name="As DraftData Now")
    assert fetch(registration)["client_name"] == "As DraftData Now"
    drafting.discard(registration.uuid, by=partner)
    document = fetch(registration)
    assert document["client_name"] == "Example Client"
    assert "client_id" not in document


def test_registration_closed_with_its_only_draft_has_no_record(login, partner):
    registration = a_draft(partner)
    drafting.discard(registration.uuid, by=partner)
    assert not Draft.objects.exists()
    assert login(partner).get(at(registration, PAGE)).status_code == 404


def test_live_record_stays_what_was_approved(fetch, partner, reviewer):
    registration = approved(partner, reviewer)
    document = fetch(registration)
    assert document["client_id"] == str(registration.client_id)
    change(registration, partner, client_name="Another Name")
    assert fetch(registration) == document
    drafting.submit(registration.uuid, by=partner)
    assert fetch(registration) == document


def test_live_record_names_granted_scopes_only(fetch, partner, reviewer):
    registration = approved(partner, reviewer)
    RequestedScope.objects.filter(scope_id="users:write").update(granted=False)
    assert fetch(registration)["scope"] == "test:test users:read"


def test_logo_has_its_absolute_address(fetch, partner):
    logo = a_logo("ab" * 32, digest_128="1" * 64, digest_256="2" * 64)
    document = fetch(a_draft(partner, logo=logo))
    assert document["logo_uri"] == f"https://testserver/logos/{logo.digest}.png"


def test_exception_counts_only_while_it_runs(fetch, partner, lead):
    registration = excepted(partner, lead, days=90)
    with_it = fetch(registration)
    assert with_it["pkce_required"] is False
    assert with_it["pkce_exception_expires_on"] == in_days(90).isoformat()
    exception = registration.pkce_exceptions.get()
    exception.expires_on = date(2026, 1, 1)
    exception.save(update_fields=["expires_on"])
    without = fetch(registration)
    assert without["pkce_required"] is True
    assert "pkce_exception_expires_on" not in without


def test_exception_that_is_only_asked_for_changes_nothing(fetch, partner):
    document = fetch(submitted(partner, **with_exception()))
    assert document["pkce_required"] is True
    assert "pkce_exception_expires_on" not in document


def test_what_is_read_out_can_be_read_in(fetch, partner, reviewer):
    registration = approved(partner, reviewer, configuration_uri="https://client.example/settings")
    reading = read(parse(json.dumps(fetch(registration))))
    assert [member.key for member in reading.unused] == ["client_id"]
    live = registration.revisions.get().metadata()
    again = metadata_of(reading.data | {"confidential": True}, logo_digest=None)
    assert again == live


def test_nothing_secret_is_in_it(fetch, partner, reviewer):
    registration, secret = revealed(partner, reviewer)
    text = json.dumps([fetch(registration), *export()])
    row = registration.secrets.get()
    for hidden in (secret, row.verifier, client_secrets.verifier_of(secret)):
        assert hidden not in text
    assert not {"client_secret", "hint", "verifier"} & set(fetch(registration))


def test_page_of_the_record_leads_to_it(login, partner):
    registration = a_draft(partner)
    assert f'href="{at(registration, PAGE)}"' in login(partner).get(at(registration)).text


def test_document_keeps_its_budget(login, partner, reviewer):
    registration, browser = approved(partner, reviewer), login(partner)
    with statements() as made:
        browser.get(at(registration, PAGE))
    assert len(made) <= 5


# The export


def test_export_holds_each_active_client_as_its_own_page_does(fetch, partner, reviewer):
    first, second = approved(partner, reviewer), approved(partner, reviewer, client_name="Zweite €")
    a_draft(partner)
    submitted(partner, client_name="Waiting")
    assert export() == [fetch(first), fetch(second)]


def test_export_leaves_out_what_is_stopped(partner, reviewer):
    suspended, closed = approved(partner, reviewer), approved(partner, reviewer)
    client.suspend(suspended.uuid, by=reviewer, reason="It was sold.")
    client.close(closed.uuid, by=partner)
    assert export() == []


def test_export_tells_of_exceptions_that_run(partner, lead):
    excepted(partner, lead, days=3)
    assert [line["pkce_required"] for line in export()] == [False]
    with time_machine.travel(in_days(4), tick=False):
        assert [line["pkce_required"] for line in export()] == [True]


def test_export_is_one_plain_line_a_client(partner, reviewer):
    approved(partner, reviewer, client_name="Société 株式会社")
    written = io.StringIO()
    call_command("export_clients", stdout=written)
    assert written.getvalue().isascii()
    assert written.getvalue().count("\n") == 1


def test_export_costs_the_same_statements_for_many(partner, reviewer, monkeypatch):
    def cost():
        with statements() as made:
            assert export()
        return len([sql for sql in made if "set_config" not in sql and "pg_settings" not in sql])

    approved(partner, reviewer)
    one = cost()
    for number in range(3):
        approved(partner, reviewer, client_name=f"Client {number}")
    assert cost() == one <= 5
    monkeypatch.setattr(documents, "CHUNK", 2)
    assert cost() <= 2 * one
