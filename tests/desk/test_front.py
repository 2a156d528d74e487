import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import elements
from tests.support import people
from tests.support.people import person, sign_in

pytestmark = pytest.mark.django_db


def test_the_list_of_apps_names_the_queue(leads_desk):
    assert re.search(
        rf'<a href="{QUEUE}"[^>]*>Review queue</a>', leads_desk.get("/admin/registrations/").text
    )


def test_the_reasons_have_one_name(leads_desk, waiting):
    assert ">Prepared reasons</a>" in leads_desk.get("/admin/").text
    assert "Prepared reasons" in leads_desk.get(review_path(waiting)).text


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/password_change/done/"])
def test_passwords_are_changed_on_the_account_page_alone(leads_desk, path):
    for answer in (leads_desk.get(path), leads_desk.post(path, {"new_password1": "x"})):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")


def test_signing_out_of_the_desk_is_signing_out(desk):
    assert desk.get("/admin/logout/").status_code == 200
    assert desk.get("/admin/").status_code == 200
    page = desk.post("/admin/logout/", follow=True)
    assert page.redirect_chain == [("/", 302)]
    assert "quality time" not in page.text
    assert desk.get("/admin/").status_code == 302


def test_no_list_of_a_library_is_on_the_desk():
    homes = {type(model_admin).__module__.partition(".")[0] for model_admin in admin.site._registry.values()}
    assert homes == {"portal", "registrations"}


def navigation(page):
    """The pages that the header leads to."""
    header = page.partition('aria-label="Desk"')[2].partition("</nav>")[0]
    return [one.words() for one in elements(header) if one.tag == "a"]


DAILY = ["My work", "Review queue", "PKCE exceptions", "Overview", "Mentions"]
SERVERS = "Authorization servers"
LISTS = [
    "People",
    "Organisations",
    "Memberships",
    "Needs two people",
    "Lost second factors",
    "Groups",
    "Scopes",
    "Subject types",
    "Prepared reasons",
]


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        (people.reviewer, DAILY),
        (people.auditor, [*DAILY, "Audit log", "Scopes", "Subject types", "Prepared reasons"]),
        (people.head, [*DAILY, "Audit log", SERVERS, "Scopes", "Subject types", "Prepared reasons"]),
        (people.lead, [*DAILY, "Audit log", SERVERS, *LISTS]),
    ],
)
def test_every_page_leads_to_all_that_its_reader_may_open(client, db, who, shown):
    browser = sign_in(client, who())
    page = browser.get(f"{QUEUE}overview/").text
    assert sorted(navigation(page)) == sorted(shown)
    assert navigation(page)[: len(DAILY)] == DAILY
    links = [one for one in elements(page) if one.get("aria-current") == "page"]
    assert "Overview" in [one.words() for one in links]
    for one in elements(page.partition('aria-label="Desk"')[2].partition("</nav>")[0]):
        if one.get("href"):
            assert browser.get(one.get("href"), follow=True).status_code == 200


def test_staff_without_rights_learn_how_to_get_some(client, db):
    page = sign_in(client, person("clerk@portal.example", is_staff=True)).get("/admin/")
    assert page.status_code == 200
    assert navigation(page.text) == ["Desk"]
    assert "you have no rights on the desk yet" in page.text
    assert "Ask a superuser to add you to a group" in page.text


def test_staff_who_only_read_the_log_find_it(client, db):
    reader = person("log@portal.example", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_event"))
    page = sign_in(client, reader).get("/admin/").text
    assert navigation(page) == ["Desk", "Audit log"]
    inside = page.partition('<div id="content"')[2]
    assert '<a href="/admin/audit/event/">Audit log</a>' in inside
    assert "My work" not in page
