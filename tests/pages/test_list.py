"""The organisation's registrations."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registrations.workflow import drafting, secrets
from tests.pages.addresses import at
from tests.pages.elements import elements
from tests.support import people
from tests.support.registrations import a_draft, approved, change, reveal, revealed, submitted
from tests.support.statements import statements


def links(answer):
    return [e.get("href") for e in elements(answer.text) if e.tag == "a"]


def test_a_visitor_is_sent_to_sign_in(db):
    answer = Client().get("/registrations/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/registrations/")


def test_a_person_without_organisation_names_one_first(login, db):
    answer = login(people.person("new@client.example")).get("/registrations/")
    assert answer["Location"] == "/organisation/new/"


def test_an_empty_list_offers_the_first_registration(login, partner):
    assert "/registrations/new/" in links(login(partner).get("/registrations/"))


def test_a_viewer_is_not_offered_a_registration(login, viewer):
    assert "/registrations/new/" not in links(login(viewer).get("/registrations/"))


def test_staff_is_sent_to_the_desk_and_not_to_an_organisation(login, reviewer):
    page = login(reviewer).get("/registrations/")
    assert "/admin/" in links(page)
    assert "Your role does not allow you" not in page.text


def test_each_registration_shows_its_name_status_and_environment(login, partner, reviewer):
    draft = a_draft(partner, client_name="")
    waiting = submitted(partner, client_name="Waiting Client")
    live, _ = revealed(partner, reviewer, client_name="Living Client", environment="production")
    page = login(partner).get("/registrations/")
    rows = [e.words() for e in elements(page.text) if e.tag == "tr"][1:]
    assert [at(one) in links(page) for one in (draft, waiting, live)] == [True] * 3
    assert rows[0].startswith("Living Client Live Production")
    assert rows[1].startswith("Waiting Client Under review Staging")
    assert rows[2].startswith("Client without a name Draft Staging")


def test_a_client_without_a_working_secret_is_not_simply_live(login, partner, reviewer):
    sealed, working = approved(partner, reviewer), approved(partner, reviewer)
    revoked, lapsed = approved(partner, reviewer), approved(partner, reviewer)
    changing = approved(partner, reviewer)
    reveal(working, partner)
    reveal(revoked, partner)
    secrets.revoke(revoked.uuid, revoked.secrets.get().uuid, by=partner)
    before = timezone.now() - timedelta(days=8)
    lapsed.secrets.update(issued_at=before, reveal_until=before + timedelta(days=7))
    change(changing, partner, client_name="Renamed Client")
    drafting.submit(changing.uuid, by=partner)
    browser = login(partner)
    page = browser.get("/registrations/")
    for registration in (sealed, revoked, lapsed):
        assert status_of(browser, registration) == "Live, no working secret"
        assert at(registration, "credentials/") in links(page)
    assert status_of(browser, changing) == "Live with a change under review, no working secret"
    assert status_of(browser, working) == "Live"
    assert at(working, "credentials/") not in links(page)
    assert page.text.count('"status status-live"') == 1


def status_of(browser, registration):
    """As the page of the registration says it."""
    page = browser.get(at(registration))
    (shown,) = [e for e in elements(page.text) if (e.get("class") or "").startswith("status status-")]
    return shown.words()


def test_a_live_client_keeps_its_approved_name_while_a_change_is_typed(login, partner, reviewer):
    change(approved(partner, reviewer), partner, client_name="Another Name")
    page = login(partner).get("/registrations/").text
    assert "Example Client" in page
    assert "Another Name" not in page


def test_another_organisations_registrations_are_not_there(login, partner, stranger):
    registration = a_draft(partner)
    page = login(stranger).get("/registrations/")
    assert at(registration) not in links(page)
    assert "Example Client" not in page.text


def test_older_registrations_are_on_the_next_page(login, partner, monkeypatch):
    monkeypatch.setattr("registrations.views.records.PAGE", 2)
    oldest, *newer = [a_draft(partner) for _ in range(3)]
    first = login(partner).get("/registrations/")
    onward = f"?before={newer[0].uuid}"
    assert onward in links(first)
    assert at(oldest) not in links(first)
    second = login(partner).get(f"/registrations/{onward}")
    assert at(oldest) in links(second)
    assert not any("before" in link for link in links(second))


@pytest.mark.parametrize("before", ["nonsense", "6f9619ff-8b86-4011-b42d-00c04fc964ff"])
def test_an_unknown_place_in_the_list_is_its_beginning(login, partner, before):
    registration = a_draft(partner)
    assert at(registration) in links(login(partner).get("/registrations/", {"before": before}))


def test_the_list_costs_the_same_however_many(login, partner, reviewer):
    browser = login(partner)
    approved(partner, reviewer)
    submitted(partner)
    with statements() as one:
        browser.get("/registrations/")
    for number in range(28):
        submitted(partner, client_name=f"Client {number} Desk")
    with statements() as thirty:
        assert browser.get("/registrations/").text.count("<tr>") == 31
    assert len(one) == len(thirty) <= 4
