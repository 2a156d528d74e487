"""The desk's page about authorization servers: a token is in the answer that creates it, and in no other."""

import re

import pytest
from django.test import Client

from registrations import api_tokens
from registrations.models import ApiToken
from registrations.workflow import wrong_secrets
from tests.support.people import head, lead, partner, reviewer, sign_in
from tests.support.registrations import approved

pytestmark = pytest.mark.django_db

PAGE = "/admin/registrations/apitoken/"
GIVEN = {"server": "login.example", "environment": "staging", "rights": ["read", "verify"], "days": "30"}
TOKEN = re.compile(r"crp_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}")


@pytest.mark.parametrize("person", [head, lead])
def test_a_token_is_shown_once_and_can_be_revoked(person):
    desk = sign_in(Client(), person())
    shown = desk.post(PAGE, GIVEN)
    (text,) = TOKEN.findall(shown.text)
    assert "no-store" in shown["Cache-Control"]
    token = ApiToken.objects.get(keyed_hash__in=api_tokens.hashes_of(text))
    assert (token.server, token.environment) == ("login.example", "staging")
    listed = desk.get(PAGE).text
    assert token.hint in listed
    assert text not in listed
    assert desk.post(f"{PAGE}{token.uuid}/revoke/")["Location"] == PAGE
    assert "Revoked" in desk.get(PAGE).text


def test_mistakes_keep_what_was_typed():
    desk = sign_in(Client(), head())
    wrong = desk.post(PAGE, GIVEN | {"rights": [], "days": "500"})
    assert wrong.status_code == 422
    assert 'value="login.example"' in wrong.text
    assert "Enter a number from 1 to 400." in wrong.text
    assert desk.post(PAGE, GIVEN | {"rights": ["verifiers"]}).status_code == 409
    assert not ApiToken.objects.exists()


def test_who_signed_in_long_ago_types_the_password_first():
    asked = sign_in(Client(), head(), minutes_ago=60).post(PAGE, GIVEN)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_loading_the_page_of_a_new_token_again_creates_no_other():
    desk = sign_in(Client(), head())
    seen = re.compile(r'name="seen" value="(\d+)"')
    posted = GIVEN | {"seen": seen.search(desk.get(PAGE).text)[1]}
    desk.post(PAGE, posted)
    again = desk.post(PAGE, posted)
    assert again.status_code == 422
    assert "A token of this server was created after this page was loaded" in again.text
    assert TOKEN.findall(again.text) == []
    assert ApiToken.objects.count() == 1
    assert desk.post(PAGE, GIVEN | {"seen": seen.search(again.text)[1]}).status_code == 200
    assert ApiToken.objects.count() == 2


def test_who_is_signed_out_comes_back_to_the_page_of_the_token():
    desk = sign_in(Client(), head())
    desk.post(PAGE, GIVEN)
    revoke = f"{PAGE}{ApiToken.objects.get().uuid}/revoke/"
    assert Client().post(revoke)["Location"] == f"/admin/login/?next={PAGE}"
    assert f'href="{PAGE}"' in desk.get(revoke).text


def test_reviewers_do_not_see_the_page_in_the_navigation():
    assert PAGE not in sign_in(Client(), reviewer()).get("/admin/").text
    assert PAGE in sign_in(Client(), head()).get("/admin/").text


def test_clients_with_many_wrong_secrets_are_listed():
    registration = approved(partner(), reviewer())
    desk = sign_in(Client(), head())
    wrong_secrets.book({registration.pk: wrong_secrets.MANY - 1})
    assert str(registration.client_id) not in desk.get(PAGE).text
    wrong_secrets.book({registration.pk: 1})
    assert str(registration.client_id) in desk.get(PAGE).text
