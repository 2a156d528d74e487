import re

import pytest
from django.contrib import admin

from registrations.models import Registration
from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import elements
from tests.support import people
from tests.support.people import person, sign_in
from tests.support.registrations import submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def test_a_reviewer_comes_straight_to_the_queue(desk):
    answer = desk.get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)


def test_a_lead_reads_how_many_wait(leads_desk, by, waiting):
    assert "Review queue (1 waiting)" in leads_desk.get("/admin/").text
    submitted(by, client_name="Second Client")
    page = leads_desk.get("/admin/").text
    assert "Review queue (2 waiting)" in page
    assert "Recent actions" not in page


def test_the_list_of_apps_names_the_queue(leads_desk):
    assert re.search(
        rf'<a href="{QUEUE}"[^>]*>Review queue</a>', leads_desk.get("/admin/registrations/").text
    )


def test_the_reasons_have_one_name(leads_desk, waiting):
    assert ">Prepared reasons</a>" in leads_desk.get("/admin/").text
    assert "Prepared reasons" in leads_desk.get(review_path(waiting)).text


def test_who_has_no_right_to_review_is_not_led_anywhere(client, db):
    sign_in(client, person("clerk@portal.example", is_staff=True))
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert "Review queue" not in answer.text


def test_the_front_page_costs_the_same_however_many_wait(leads_desk, by):
    costs = []
    for rows in (1, 12):
        for number in range(Registration.objects.count(), rows):
            submitted(by, client_name=f"Client number {number}")
        with statements() as made:
            leads_desk.get("/admin/")
        costs.append(len(made))
    assert costs[0] == costs[1] <= 4


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/password_change/done/"])
def test_passwords_are_changed_on_the_account_page_alone(leads_desk, path):
    for answer in (leads_desk.get(path), leads_desk.post(path, {"new_password1": "x"})):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")


def test_no_list_of_a_library_is_on_the_desk():
    homes = {type(model_admin).__module__.partition(".")[0] for model_admin in admin.site._registry.values()}
    assert homes == {"portal", "registrations"}


def navigation(page):
    """The pages that the header leads to."""
    header = page.partition('aria-label="Desk"')[2].partition("</nav>")[0]
    return [one.words() for one in elements(header) if one.tag == "a"]


DAILY = ["My work", "Review queue", "PKCE exceptions", "Overview", "Mentions"]
LISTS = ["People", "Organisations", "Memberships", "Groups", "Scopes", "Subject types", "Prepared reasons"]


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        (people.reviewer, DAILY),
        (people.auditor, [*DAILY, "Audit log", "Scopes", "Subject types", "Prepared reasons"]),
        (people.head, [*DAILY, "Audit log", "Scopes", "Subject types", "Prepared reasons"]),
        (people.lead, [*DAILY, "Audit log", *LISTS]),
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


def test_the_navigation_of_staff_without_rights_leads_nowhere_else(client, db):
    page = sign_in(client, person("clerk@portal.example", is_staff=True)).get("/admin/").text
    assert navigation(page) == ["My work"]
