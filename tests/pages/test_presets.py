"""Callbacks of test clients: one press adds them to the redirect URIs and saves the draft."""

import pytest

from registrations.models import Registration
from registrations.rules import redirect_uris
from registrations.rules.data.gui_clients import GUI_CLIENT_HOSTS, GUI_CLIENTS
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, again, change, submitted
from tests.support.statements import statements

NEW = "/registrations/new/"
OWN = "https://client.example/callback"
ADDRESSES = [uri for client in GUI_CLIENTS for uri in client.redirect_uris]
LOCAL = [uri for uri in ADDRESSES if uri.startswith("http:")]
THUNDER = ["https://www.thunderclient.com/oauth/callback", "http://localhost:6789/callback"]


def press(browser, address, key, version=1, **changes):
    return browser.post(address, example_posted(version, then="", **changes) | {"preset": key})


def listed(registration):
    return again(registration).draft.data["redirect_uris"]


def offered(page):
    return {e.get("value"): e for e in with_attribute(page.text, "name", "preset")}


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("uri", ADDRESSES)
def test_each_address_is_accepted_or_at_most_noted_as_for_testing(uri, environment):
    found = [finding.rule for finding in redirect_uris.check(uri, environment=environment)]
    if environment == "staging":
        assert found == []
    else:
        assert found == (["R-64"] if uri in LOCAL else ["R-63"])


def test_every_shared_callback_is_one_that_the_rules_know():
    assert {redirect_uris.host_of(uri) for uri in ADDRESSES} - {"localhost"} <= GUI_CLIENT_HOSTS


def test_keys_and_addresses_are_there_once():
    assert len({client.key for client in GUI_CLIENTS}) == len(GUI_CLIENTS)
    assert len(set(ADDRESSES)) == len(ADDRESSES)


@pytest.mark.parametrize("existing", [True, False])
def test_every_client_is_a_button_with_its_addresses(login, partner, existing):
    page = login(partner).get(at(a_draft(partner), "edit/") if existing else NEW)
    buttons = offered(page)
    assert {key: e.get("data-preset").split(" ") for key, e in buttons.items()} == {
        client.key: list(client.redirect_uris) for client in GUI_CLIENTS
    }
    assert {(e.tag, e.get("type")) for e in buttons.values()} == {("button", "submit")}
    assert "development only" not in page.text


@pytest.mark.parametrize("client", GUI_CLIENTS, ids=lambda client: client.key)
def test_pressing_it_adds_the_addresses_at_the_end_and_saves(login, partner, client):
    registration = a_draft(partner)
    answer = press(login(partner), at(registration, "edit/"), client.key, client_name="New Name")
    assert (answer.status_code, answer["Location"]) == (302, at(registration, "edit/#id_redirect_uris"))
    assert listed(registration) == [OWN, *client.redirect_uris]
    assert again(registration).draft.data["client_name"] == "New Name"


def test_what_is_listed_is_not_added_twice(login, partner):
    registration, browser = a_draft(partner), login(partner)
    press(browser, at(registration, "edit/"), "thunder-client", redirect_uris=[THUNDER[1], OWN])
    assert listed(registration) == [THUNDER[1], OWN, THUNDER[0]]
    press(browser, at(registration, "edit/"), "thunder-client", 2, redirect_uris=listed(registration))
    assert listed(registration) == [THUNDER[1], OWN, THUNDER[0]]


def test_an_empty_list_begins_with_it(login, partner):
    registration = a_draft(partner)
    press(login(partner), at(registration, "edit/"), "insomnia", redirect_uris=[])
    assert listed(registration) == ["https://app.insomnia.rest/oauth/redirect"]


def test_production_is_offered_no_plain_http_and_told_why(login, partner):
    page = login(partner).get(at(a_draft(partner, environment="production"), "edit/"))
    buttons = offered(page)
    assert "swagger-ui" not in buttons
    assert buttons["thunder-client"].get("data-preset") == THUNDER[0]
    assert all("(development only)" in button.text for button in buttons.values())
    for uri in LOCAL:
        assert f"You cannot add <code>{uri}</code>: production does not accept plain" in page.text


@pytest.mark.parametrize(("key", "added"), [("swagger-ui", []), ("thunder-client", THUNDER[:1])])
def test_production_gets_no_plain_http_from_a_page_that_still_offered_it(login, partner, key, added):
    registration, browser = a_draft(partner), login(partner)
    press(browser, at(registration, "edit/"), key, environment="production")
    assert listed(registration) == [OWN, *added]
    page = browser.get(at(registration, "edit/"))
    assert "was not added: production does not accept plain http." in page.text


@pytest.mark.parametrize("key", ["x", "POSTMAN-WEB", "a\x00b", "https://evil.example/", "x" * 10_000])
def test_an_unknown_key_is_a_plain_save(login, partner, key):
    registration = a_draft(partner)
    answer = press(login(partner), at(registration, "edit/"), key)
    assert answer["Location"] == at(registration, "edit/")
    assert listed(registration) == [OWN]


def test_it_works_on_the_first_save(login, partner):
    answer = press(login(partner), NEW, "bruno", "")
    registration = Registration.objects.get()
    assert answer["Location"] == at(registration, "edit/#id_redirect_uris")
    assert listed(registration) == [OWN, "https://oauth.usebruno.com/callback"]


def test_a_stale_version_keeps_what_was_typed_with_the_address_in_it(login, partner):
    registration = change(a_draft(partner), partner, client_name="First Tab")
    late = press(login(partner), at(registration, "edit/"), "bruno")
    assert late.status_code == 409
    (area,) = with_attribute(late.text, "name", "redirect_uris")
    assert area.text.split() == [OWN, "https://oauth.usebruno.com/callback"]
    assert listed(registration) == [OWN]


def test_a_full_field_is_told_so_and_nothing_is_saved(login, partner):
    registration = a_draft(partner)
    page = press(login(partner), at(registration, "edit/"), "bruno", redirect_uris=["x" * 19_990])
    assert page.status_code == 200
    assert with_attribute(page.text, "id", "findings_redirect_uris")
    assert again(registration).draft.version == 1


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("viewer", 403)])
def test_the_wrong_person_adds_nothing(login, partner, request, who, status):
    registration = a_draft(partner)
    assert (
        press(login(request.getfixturevalue(who)), at(registration, "edit/"), "bruno").status_code == status
    )
    assert listed(registration) == [OWN]


def test_under_review_nothing_is_added(login, partner):
    registration = submitted(partner)
    assert press(login(partner), at(registration, "edit/"), "bruno").status_code == 409
    assert listed(registration) == [OWN]


def test_pressing_keeps_the_budget_of_a_save(login, partner):
    registration, browser = a_draft(partner), login(partner)
    with statements() as made:
        press(browser, at(registration, "edit/"), "bruno")
    assert len(made) <= 12
