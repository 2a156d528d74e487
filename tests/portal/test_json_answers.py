"""A script that asks for JSON gets every refusal in JSON, and never a page to sign in."""

import pytest
from django.test import Client

from portal.limits import LIVE_CHECK
from tests.support import people
from tests.support.forms import example_posted
from tests.support.limits import use_up
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db

CHECK = "/registrations/check/"
JSON = {"HTTP_ACCEPT": "application/json"}


def signed_in(person, **options):
    return people.sign_in(Client(**options), person)


def test_whoever_is_signed_out_learns_where_to_sign_in():
    answer = Client().post(CHECK, **JSON)
    assert answer.status_code == 401
    assert answer.json() == {"reason": "You are signed out.", "sign_in": "/accounts/login/"}


@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/json;q=0.9,*/*;q=0.8"])
def test_a_page_is_still_led_to_sign_in(accept):
    answer = Client().post(CHECK, HTTP_ACCEPT=accept)
    assert answer["Location"].startswith("/accounts/login/")


def test_whoever_has_no_organisation_is_told_so():
    answer = signed_in(people.person("alone@client.example")).post(CHECK, **JSON)
    assert answer.status_code == 403
    assert "organisation" in answer.json()["reason"]


def test_a_token_that_is_out_of_date_is_answered_with_one_that_works(partner):
    browser = signed_in(partner, enforce_csrf_checks=True)
    answer = browser.post(CHECK, {"csrfmiddlewaretoken": "x" * 64}, **JSON)
    assert answer.status_code == 400
    token = answer.json()["csrf_token"]
    assert browser.post(CHECK, {"csrfmiddlewaretoken": token}, **JSON).status_code == 200


def test_a_page_with_such_a_token_gets_a_page(partner):
    answer = signed_in(partner, enforce_csrf_checks=True).post(CHECK)
    assert answer.status_code == 403
    assert "This page has expired" in answer.text


def test_a_used_up_limit_says_when_to_come_back(partner):
    use_up(LIVE_CHECK, str(partner.pk))
    answer = signed_in(partner).post(CHECK, **JSON)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= LIVE_CHECK.seconds
    assert "too many requests" in answer.json()["reason"]


def test_a_refusal_says_why(partner, viewer):
    answer = signed_in(viewer).post(CHECK, **JSON)
    assert answer.status_code == 403
    assert answer.json() == {"reason": "Ask a developer or an admin of your organisation to do this."}
    waiting = submitted(partner)
    clash = signed_in(partner).post(f"/registrations/{waiting.uuid}/edit/", example_posted(1), **JSON)
    assert clash.status_code == 409
    assert "under review" in clash.json()["reason"]


def test_what_belongs_to_others_is_not_found(partner, stranger):
    waiting = submitted(partner)
    answer = signed_in(stranger).post(f"/registrations/{waiting.uuid}/edit/", example_posted(1), **JSON)
    assert answer.status_code == 404
