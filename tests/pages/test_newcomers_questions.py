"""What people ask who see the form for the first time is answered where they ask it."""

import pytest

from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.registrations import a_draft, approved, reveal

NEW = "/registrations/new/"


@pytest.fixture
def new(login, partner):
    return login(partner).get(NEW).text


def help_on(html, field):
    """What stands beside a field: its line of help, and what is folded behind it."""
    everything = elements(html)
    place = [element.get("id") for element in everything].index(f"help_{field}")
    more = next(element for element in everything[place:] if element.tag == "details")
    return everything[place].words(), more.words()


def test_what_company_and_organisation_mean_is_said_beside_the_choice(new):
    line, more = help_on(new, "subject_type_preference")
    assert line == "One company, or an organisation that owns several. If not sure, “None”."
    assert "which of them your product works with by default: this means the customers who connect it" in more


def test_production_may_come_first_and_the_page_says_so(new):
    line, more = help_on(new, "environment")
    assert "Production may come first." in line
    assert "no rule asks for a client there before one in production" in more


def test_what_the_marks_of_scopes_mean_is_said_beside_them(new):
    _, more = help_on(new, "scope")
    assert "a marked scope gives more access than others, whether it can change records or not" in more
    assert "A scope without a mark needs no reason." in more


def test_whether_write_includes_read_is_said_below_the_scopes(new):
    (sentence,) = with_attribute(new, "data-read-and-write")
    assert "“Write” does not add “Read”" in sentence.words()


@pytest.mark.parametrize("field", ["tos_uri", "policy_uri"])
def test_what_to_give_without_a_page_of_ones_own_is_said_beside_the_field(new, field):
    _, more = help_on(new, field)
    assert "If your product has no page of its own yet, give the" in more


def test_what_the_portal_does_not_know_of_tokens_names_who_does(login, partner, reviewer, settings):
    settings.PORTAL_SUPPORT = "api@portal.example"
    registration = approved(partner, reviewer)
    reveal(registration, partner)
    browser, secret = login(partner), registration.secrets.get()
    page = " ".join(browser.get(at(registration, "credentials/")).text.split())
    assert "does not know the API’s address: see Pleo’s API documentation, or ask Pleo (<a" in page
    assert "This portal does not set the times." in page
    page = " ".join(browser.get(at(registration, f"secrets/{secret.uuid}/revoke/")).text.split())
    assert "does not know whether access tokens that were issued before work until they expire" in page


def test_whom_to_ask_for_a_scope_that_is_not_listed(login, partner, settings):
    settings.PORTAL_SUPPORT = "api@portal.example"
    page = login(partner).get(NEW)
    (sentence,) = with_attribute(page.text, "data-no-such-scope")
    assert "Only the scopes in this list can be requested. Ask Pleo (api@portal.example)" in sentence.words()


def test_a_scope_of_openid_connect_is_answered_with_what_to_do_instead(login, partner):
    registration = a_draft(partner, scope=["openid", "users:read"])
    for address in ("edit/", "check/"):
        page = login(partner).get(at(registration, address))
        assert "It belongs to OpenID Connect: leave it out, and choose from the list" in page.text
