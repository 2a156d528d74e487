import re

import pytest
from django.contrib import admin

from registrations.models import Registration
from tests.desk.pages import QUEUE, review_path
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
