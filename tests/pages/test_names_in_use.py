"""A name that another organisation's client has: every page says so, and no page says whose."""

import pytest

from portal.accounts.models import Role
from registrations.models import Draft
from registrations.workflow import client, drafting
from tests.desk.pages import review_path
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.importing import paste
from tests.support import people
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, approved, change, submitted
from tests.support.statements import statements

NEW = "/registrations/new/"
MESSAGE = "This name looks like that of another partner’s client. We will check."


@pytest.fixture
def elsewhere(stranger, reviewer):
    """Another organisation's live client."""
    return approved(stranger, reviewer, client_name="Acme Mobile")


def tells(page):
    """Whether the page has the warning, which gives nothing away."""
    for secret in ("Other Inc", "Acme Mobile", "stranger@other.example"):
        assert secret not in page.text
    shown = [one for one in with_attribute(page.text, "data-rule") if one.get("data-rule") == "N-10"]
    assert bool(shown) == (MESSAGE in page.text)
    return bool(shown)


def test_the_form_says_so(elsewhere, login, partner):
    registration = a_draft(partner, client_name="acme mobi1e")
    assert tells(login(partner).get(at(registration, "edit/")))


def test_so_do_the_answers_and_handing_in_goes_on(elsewhere, login, partner):
    registration = a_draft(partner, client_name="acme mobi1e")
    browser = login(partner)
    assert tells(browser.get(at(registration, "check/")))
    assert browser.post(at(registration, "submit/"), {"draft_version": 1}).status_code == 302


def test_so_does_what_handing_in_answers_where_a_rule_refuses(elsewhere, login, partner):
    registration = a_draft(partner, client_name="acme mobi1e", contacts=[])
    refused = login(partner).post(at(registration, "submit/"), {"draft_version": 1})
    assert refused.status_code == 422
    assert tells(refused)


def test_so_does_the_form_of_an_imported_document(elsewhere, login, partner):
    browser = login(partner)
    paste(browser, {"client_name": "acme mobi1e"})
    registration = people.home(partner).registrations.get()
    assert tells(browser.get(at(registration, "edit/")))


def test_the_reviewer_sees_it_with_the_submission(elsewhere, login, partner, reviewer):
    registration = submitted(partner, client_name="acme mobi1e")
    assert MESSAGE in login(reviewer).get(review_path(registration)).text


def test_the_reviewer_reads_whose_client_it_is(elsewhere, login, partner, reviewer):
    registration = submitted(partner, client_name="acm3 mobi1e")
    page = login(reviewer).get(review_path(registration)).text
    listed = " ".join(page.split("data-similar-names>")[1].split("</ul>")[0].split())
    assert f'<a href="{review_path(elsewhere)}"><bdi>Acme Mobile</bdi></a> of <bdi>Other Inc</bdi>' in listed
    assert "staging, live" in listed


def test_the_reviewer_reads_in_which_state_it_is(elsewhere, login, partner, stranger, reviewer):
    submitted(stranger, client_name="Acme-Mobile", environment="production", scope=["users:read"])
    client.suspend(elsewhere.uuid, by=reviewer, reason="The terms of service have gone.")
    registration = submitted(partner, client_name="acme mobi1e")
    page = login(reviewer).get(review_path(registration)).text
    listed = page.split("data-similar-names>")[1].split("</ul>")[0]
    assert ("staging, suspended" in listed, "production, under review" in listed) == (True, True)


def test_the_reviewer_reads_of_a_change_beside_which_something_was_taken_away(
    elsewhere, login, partner, stranger, reviewer
):
    change(elsewhere, stranger, client_name="Acme Mobi1e", scope=["users:read", "tags:read"])
    drafting.submit(elsewhere.uuid, by=stranger)
    client.restrict(elsewhere.uuid, by=stranger, scope=["users:read"])
    registration = submitted(partner, client_name="acme mobi1e")
    page = login(reviewer).get(review_path(registration)).text
    listed = " ".join(page.split("data-similar-names>")[1].split("</ul>")[0].split())
    assert "<bdi>Acme Mobi1e</bdi>" in listed
    assert "staging, live with a change under review" in listed


def test_the_reviewer_reads_that_it_is_gone(elsewhere, login, partner, stranger, reviewer):
    registration = submitted(partner, client_name="acme mobi1e")
    client.close(elsewhere.uuid, by=stranger)
    page = login(reviewer).get(review_path(registration)).text
    assert "No other client has such a name any more." in page
    assert "Other Inc" not in page


def test_the_owner_is_not_warned_of_their_own_name(elsewhere, login, stranger):
    production = a_draft(stranger, client_name="Acme Mobile", environment="production")
    for page in ("edit/", "check/"):
        assert MESSAGE not in login(stranger).get(at(production, page)).text


def test_a_new_form_with_a_fault_says_so_once_it_is_clear_whose_it_is(elsewhere, login, partner):
    faulty = example_posted(client_name="acme mobi1e", tos_uri="x" * 20_001)
    assert tells(login(partner).post(NEW, faulty))
    people.also_in(partner, people.organisation("Second"), Role.ADMIN)
    assert not tells(login(partner).post(NEW, faulty))


def test_naming_a_strange_organisation_does_not_tell_whose_name_it_is(elsewhere, login, partner):
    faulty = example_posted(client_name="acme mobi1e", tos_uri="x" * 20_001)
    nobodys = people.organisation("Third Ltd")
    asked = [faulty | {"organisation": str(one.uuid)} for one in (elsewhere.organisation, nobodys)]
    first, second = (tells(login(partner).post(NEW, form)) for form in asked)
    assert first == second


def test_the_warning_fits_the_budgets(elsewhere, login, partner, reviewer):
    registration = approved(partner, reviewer, client_name="acme mobi1e")
    browser = login(partner)
    with statements() as form:
        assert tells(browser.get(at(registration, "edit/")))
    with statements() as save:
        browser.post(at(registration, "edit/"), example_posted(0, client_name="acme mobile"))
    handed_in = {"draft_version": Draft.objects.get(registration=registration).version}
    with statements() as check:
        assert tells(browser.get(at(registration, "check/")))
    with statements() as submit:
        assert browser.post(at(registration, "submit/"), handed_in).status_code == 302
    assert (len(form) <= 6, len(save) <= 12, len(check) <= 7, len(submit) <= 37) == (True,) * 4
