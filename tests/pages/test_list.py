"""The organisation's registrations."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registrations.models import Draft, Registration
from registrations.workflow import client, drafting, review, secrets
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support import people
from tests.support.commenting import asked
from tests.support.registrations import a_draft, approved, change, excepted, reveal, revealed, submitted
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
    page_words = " ".join(e.words() for e in elements(page.text) if e.tag == "tr")
    rows = [e.words().split(" Client identifier")[0] for e in elements(page.text) if e.tag == "tr"][1:]
    assert [at(one) in links(page) for one in (draft, waiting, live)] == [True] * 3
    assert (rows[0], "of Living Client Copied Live Production" in page_words) == ("Living Client", True)
    assert rows[1].startswith("Waiting Client Under review Staging")
    assert rows[2].startswith("Client without a name Draft Staging")


def test_a_client_without_a_working_secret_is_not_simply_live(login, partner, reviewer):
    sealed, working = approved(partner, reviewer), approved(partner, reviewer)
    revoked, lapsed = approved(partner, reviewer), approved(partner, reviewer)
    changing = approved(partner, reviewer)
    reveal(working, partner)
    reveal(revoked, partner)
    secrets.revoke(revoked.uuid, revoked.secrets.get().uuid, by=partner, confirmed="Example Client")
    before = timezone.now() - timedelta(days=8)
    lapsed.secrets.update(issued_at=before, reveal_until=before + timedelta(days=7))
    change(changing, partner, client_name="Renamed Client")
    drafting.submit(changing.uuid, by=partner)
    browser = login(partner)
    page = browser.get("/registrations/")
    for registration, words_ in (
        (sealed, "Live, secret not revealed yet"),
        (revoked, "Live, no working secret"),
        (lapsed, "Live, no working secret"),
        (changing, "Live with a change under review, secret not revealed yet"),
    ):
        assert status_of(browser, registration) == words_
        assert words_ in page.text
        assert at(registration, "credentials/") in links(page)
    assert status_of(browser, working) == "Live"
    assert at(working, "credentials/") not in links(page)
    assert page.text.count('"status status-live"') == 1


def status_of(browser, registration):
    """As the page of the registration says it."""
    page = browser.get(at(registration))
    shown = [e for e in elements(page.text) if (e.get("class") or "").startswith("status status-")]
    return shown[0].words()


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
    monkeypatch.setattr("registrations.views.client_list.PAGE", 2)
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


def needs(page):
    """The words on top of the list; none where nothing is needed."""
    return [e.words() for e in with_attribute(page.text, "data-needs")]


def test_a_discarded_first_draft_is_gone_and_a_closed_client_stays(login, partner, reviewer):
    discarded, closed = a_draft(partner, client_name="Discarded"), approved(partner, reviewer)
    drafting.discard(discarded.uuid, by=partner)
    client.close(closed.uuid, by=partner)
    page = login(partner).get("/registrations/")
    assert (at(discarded) in links(page), at(closed) in links(page)) == (False, True)
    assert at(discarded) not in links(login(partner).get("/registrations/?status=closed"))


def test_what_needs_the_partner_stands_on_top(login, partner, reviewer, viewer):
    draft, returned = a_draft(partner, client_name="Draft Desk"), submitted(partner, client_name="Back Desk")
    review.request_changes(returned.uuid, by=reviewer, seen_version=1, note="Name the product.")
    sealed = approved(partner, reviewer, client_name="Sealed Desk")
    revealed(partner, reviewer, client_name="Quiet Desk")
    page = login(partner).get("/registrations/")
    (said,) = needs(page)
    order = [said.index(name) for name in ("Sealed Desk", "Back Desk", "Draft Desk")]
    assert order == sorted(order)
    assert "Quiet Desk" not in said
    assert "Reveal the client secret until" in said
    for address in (at(sealed, "credentials/"), at(returned, "edit/"), at(draft, "edit/")):
        assert address in links(page)
    assert needs(login(viewer).get("/registrations/")) == []


def test_an_open_question_and_an_exception_that_ends_need_the_partner(login, partner, reviewer, lead):
    questioned = submitted(partner, client_name="Questioned Desk")
    thread = asked(questioned, reviewer)
    review.approve(questioned.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    reveal(questioned, partner)
    ending = excepted(partner, lead, client_name="Ending Desk", days=20)
    reveal(ending, partner)
    reveal(excepted(partner, lead, client_name="Lasting Desk", days=60), partner)
    (said,) = needs(login(partner).get("/registrations/"))
    assert "Questioned Desk Pleo asks about: Client name." in said
    assert "Ending Desk The PKCE exception ends on" in said
    assert "Lasting Desk" not in said
    assert "The PKCE exception ends on" in login(partner).get(at(ending)).text
    change(questioned, partner, answers={str(thread.uuid): "The one for accountants."})
    assert "Pleo asks" not in needs(login(partner).get("/registrations/"))[0]


def test_what_needs_the_partner_is_found_beyond_the_first_page(login, partner, reviewer, monkeypatch):
    monkeypatch.setattr("registrations.views.client_list.PAGE", 1)
    approved(partner, reviewer, client_name="Sealed Desk")
    closed = a_draft(partner, client_name="Closed Desk")
    client.close(closed.uuid, by=partner)
    for _ in range(3):
        submitted(partner, client_name="Waiting Desk")
    browser = login(partner)
    with statements() as made:
        page = browser.get("/registrations/")
    (said,) = needs(page)
    assert "Sealed Desk" in said
    assert "Closed Desk" not in said
    assert len(made) <= 4


def names(page):
    return [e.words().split(" Client identifier")[0] for e in elements(page.text) if e.get("scope") == "row"]


@pytest.fixture
def ten(partner, reviewer):
    """Ten registrations, each of another kind or name."""
    for number in range(6):
        a_draft(partner, client_name=f"Draft {number}")
    a_draft(partner, client_name="Typed Desk", redirect_uris=["https://typed.example/callback"])
    submitted(partner, client_name="Waiting Desk", environment="production")
    rejected = submitted(partner, client_name="Rejected Desk")
    review.reject(rejected.uuid, by=reviewer, seen_version=1, note="Because.")
    return revealed(
        partner, reviewer, client_name="Living Desk", redirect_uris=["https://living.example/callback"]
    )[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "desk"}, ["Living Desk", "Rejected Desk", "Waiting Desk", "Typed Desk"]),
        ({"q": "living.example"}, ["Living Desk"]),
        ({"q": "https://typed.example/callback"}, ["Typed Desk"]),
        ({"q": "https://living.example:8443/callback"}, ["Living Desk"]),
        ({"q": "/callback"}, []),
        ({"q": "callback"}, []),
        ({"q": "typed.exa"}, ["Typed Desk"]),
        ({"q": "TYPED"}, ["Typed Desk"]),
        ({"q": "typed-example"}, []),
        ({"q": "typed?example"}, []),
        ({"q": "https"}, []),
        ({"q": "redirect_uris"}, []),
        ({"q": "https://"}, []),
        ({"status": "live"}, ["Living Desk"]),
        ({"status": "no_secret"}, []),
        ({"status": "rejected"}, ["Rejected Desk"]),
        ({"status": "under_review"}, ["Waiting Desk"]),
        ({"status": "draft", "q": "desk"}, ["Typed Desk"]),
        ({"environment": "production"}, ["Waiting Desk"]),
        ({"environment": "production", "status": "live"}, []),
        ({"environment": "staging", "q": "desk"}, ["Living Desk", "Rejected Desk", "Typed Desk"]),
    ],
)
def test_the_list_is_searched_and_narrowed(login, partner, ten, query, found):
    page = login(partner).get("/registrations/", query)
    assert names(page) == found
    assert needs(page) == []
    assert ("Nothing found" in page.text) is (not found)


def test_a_client_is_found_by_its_identifier(login, partner, ten):
    page = login(partner).get("/registrations/", {"q": str(ten.client_id)})
    assert names(page) == ["Living Desk"]
    assert with_attribute(page.text, "data-copy", f"#client-id-{ten.client_id}")


def test_nothing_found_says_what_is_searched(login, partner, ten):
    page = login(partner).get("/registrations/", {"q": " <zebra>"})
    assert "“<bdi>&lt;zebra&gt;</bdi>” in its name or in the host of a redirect URI" in page.text
    assert with_attribute(page.text, "name", "q")[0].get("value") == "<zebra>"


def test_the_search_appears_with_ten_registrations(login, partner):
    browser = login(partner)
    for _ in range(9):
        a_draft(partner)
    assert not with_attribute(browser.get("/registrations/").text, "name", "q")
    a_draft(partner)
    assert with_attribute(browser.get("/registrations/").text, "name", "q")


def test_an_unknown_status_narrows_nothing(login, partner, ten):
    page = login(partner).get("/registrations/", {"status": "nonsense", "environment": "moon"})
    assert len(names(page)) == 10


def test_the_next_page_keeps_the_filter(login, partner, ten, monkeypatch):
    monkeypatch.setattr("registrations.views.client_list.PAGE", 3)
    browser = login(partner)
    (further,) = [link for link in links(browser.get("/registrations/", {"q": "desk"})) if "before" in link]
    assert names(browser.get(f"/registrations/{further}")) == ["Typed Desk"]


def test_a_date_is_relative_and_exact(login, partner):
    registration = a_draft(partner)
    moment = timezone.now() - timedelta(hours=3, minutes=5)
    Registration.objects.update(created_at=moment)
    Draft.objects.update(updated_at=moment)
    (time,) = [e for e in elements(login(partner).get("/registrations/").text) if e.tag == "time"]
    assert time.words() == "3 hours ago"
    assert time.get("datetime") == moment.isoformat(timespec="seconds")
    assert time.get("title") == f"{moment:%-d %B %Y, %H:%M} UTC"
    Draft.objects.filter(registration=registration).update(updated_at=timezone.now())
    assert "just now" in login(partner).get("/registrations/").text


def test_the_list_costs_the_same_with_many_versions(login, partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    for number in range(50):
        change(registration, partner, contacts=[f"team-{number}@client.example"])
        drafting.submit(registration.uuid, by=partner)
    browser = login(partner)
    with statements() as made:
        assert names(browser.get("/registrations/")) == ["Example Client"]
    assert len(made) <= 4
    assert not [one for one in made if "findings" in one or "pkce_justification" in one]
