"""The lists of people and of the catalogue: named and laid out like the rest of the desk."""

import re

import pytest

from registrations.models import Scope
from tests.desk.pages import QUEUE
from tests.pages.elements import elements, with_attribute
from tests.support import people
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db

LISTS = {
    "accounts/user": ("People", "email addresses and names"),
    "accounts/organisation": ("Organisations", "names of organisations"),
    "accounts/membership": ("Memberships", "organisations’ names"),
    "auth/group": ("Groups", "names of groups"),
    "registrations/scope": ("Scopes", "names and descriptions"),
    "registrations/subjecttype": ("Subject types", "labels and codes"),
    "registrations/decisionreason": ("Prepared reasons", "titles and codes"),
}


def trail(page):
    """The breadcrumbs, as words."""
    return re.sub(r"\s+", " ", with_attribute(page, "class", "breadcrumbs")[0].words())


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, (name, _) in LISTS.items()])
def test_a_list_has_one_name(leads_desk, by, path, name):
    page = leads_desk.get(f"/admin/{path}/").text
    assert f"<h1>{name}</h1>" in page
    assert f"<title>{name} | Registration desk</title>" in page
    assert trail(page) == f"Home › {name}"
    assert f'<a href="/admin/{path}/" aria-current="page">{name}</a>' in page
    assert with_attribute(page, "class", "desk-quiet desk-intro")
    assert '/admin/accounts/"' not in page


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, (name, _) in LISTS.items()])
def test_a_form_names_its_list(leads_desk, path, name):
    answer = leads_desk.get(f"/admin/{path}/add/")
    if path == "accounts/membership":
        assert answer.status_code == 403
    else:
        assert trail(answer.text).startswith(f"Home › {name} › Add ")
        assert '/admin/accounts/"' not in answer.text


@pytest.mark.parametrize(("path", "searched"), [(path, words) for path, (_, words) in LISTS.items()])
def test_a_search_that_finds_nothing_says_what_is_searched(leads_desk, path, searched):
    answer = leads_desk.get(f"/admin/{path}/", {"q": "zz<b>"})
    [empty] = with_attribute(answer.text, "class", "desk-empty")
    assert "match “zz<b>”." in empty.words()
    assert f"The search looks in {searched}" in empty.words() or searched in empty.words()
    assert "Show all" in empty.words()
    assert "zz&lt;b&gt;" in answer.text


def test_a_search_within_a_filter_says_so(leads_desk, by):
    page = leads_desk.get("/admin/accounts/user/", {"q": "partner@", "is_staff__exact": "1"}).text
    [empty] = with_attribute(page, "class", "desk-empty")
    assert "No people match “partner@” and the filters." in empty.words()
    page = leads_desk.get("/admin/accounts/user/", {"is_active__exact": "0"}).text
    assert "No people match the filters." in page


def test_an_empty_list_says_so(leads_desk):
    assert "There are no memberships yet." in leads_desk.get("/admin/accounts/membership/").text


def test_each_list_finds_what_it_says(leads_desk, by):
    submitted(by)
    people.person("ada@portal.example", full_name="Ada Lovelace")
    for path, term in {
        "accounts/user": "lovelace",
        "accounts/organisation": "client",
        "accounts/membership": "partner@",
        "auth/group": "audit",
        "registrations/scope": "read",
        "registrations/subjecttype": "company",
    }.items():
        assert leads_desk.get(f"/admin/{path}/", {"q": term}).context["cl"].result_count >= 1, path


def test_the_log_says_what_it_looked_for(leads_desk):
    page = leads_desk.get("/admin/audit/event/", {"person": "zz"}).text
    assert "No event matches all of these: person “zz”." in page
    assert "Nobody’s name or email address starts with “zz”." in page


def test_deleting_asks_first_and_can_be_left_without_javascript(leads_desk):
    scope = Scope.objects.get(name="tags:write")
    path = f"/admin/registrations/scope/{scope.pk}"
    page = leads_desk.get(f"{path}/delete/").text
    assert trail(page) == "Home › Scopes › tags:write › Delete"
    assert [one.words() for one in elements(page) if one.get("href") == f"{path}/change/"][1:] == ["Keep it"]
    assert 'href="#"' not in page
    assert trail(leads_desk.get(f"{path}/history/").text) == "Home › Scopes › tags:write › History"
    assert trail(leads_desk.get(f"{path}/change/").text) == "Home › Scopes › tags:write"


def test_an_event_belongs_to_the_audit_log(leads_desk, by, waiting):
    page = leads_desk.get("/admin/audit/event/").text
    [first, *_] = [one.get("href") for one in elements(page) if "/change/" in (one.get("href") or "")]
    assert trail(leads_desk.get(first).text).startswith("Home › Audit log › ")


def test_the_lists_of_auditors_offer_no_change(client, db):
    browser = people.sign_in(client, people.auditor())
    page = browser.get("/admin/registrations/scope/").text
    assert "<h1>Scopes</h1>" in page
    assert "/add/" not in page
    assert browser.get(QUEUE).status_code == 200
