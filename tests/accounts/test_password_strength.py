"""A password has twelve characters and is hard to guess for whoever knows the person."""

import sys
from types import SimpleNamespace

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.accounts.models import User
from portal.accounts.password_strength import TOO_EASY, TOO_SHORT
from tests.support.people import PASSWORD, partner, sign_in

NORA = SimpleNamespace(pk=None, full_name="Nora Haugland", email="nora.haugland@fjordbooks.example")
GOOD = "amber-lantern-81"


def verdict(password, user=None):
    """The messages for a password; none if it is accepted."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return refused.messages
    return []


@pytest.mark.parametrize("password", ["", "short", "Xq7#mB2!kP9", "åäöåäöåäöåä"])
def test_less_than_twelve_characters_are_too_short(password):
    assert verdict(password) == [TOO_SHORT]


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "P@ssw0rdP@ssw0rd",
        "123456789012",
        "qwertyuiopas",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "letmeinletmein",
        "demo-password",
        "a" * 5000,
        "a" * 72 + "Xq7#mB2!kP9 mountain",
    ],
)
def test_what_everybody_guesses_is_refused_with_one_message(password):
    assert verdict(password) == [TOO_EASY]


@pytest.mark.parametrize(
    "password", [GOOD, PASSWORD, "four unlike glass tuesday", "Xq7#mB2!kP9z", "kjøleskap paraply måne"]
)
def test_what_is_hard_to_guess_is_accepted(password):
    assert verdict(password, NORA) == []


@pytest.mark.parametrize(
    "password",
    [
        "norahaugland1",
        "haugland.nora",
        "fjordbooks2026",
        "nora@fjordbooks",
        "pleo.registration",
        "Client registration",
    ],
)
def test_what_belongs_to_the_person_or_the_product_is_easy(password):
    assert verdict(password, NORA) == [TOO_EASY]


@pytest.mark.django_db
def test_the_name_of_the_organisation_is_easy():
    user = partner(name="Zwielichtkontor AS")
    assert verdict("zwielichtkontor") == []
    assert verdict("zwielichtkontor", user) == [TOO_EASY]


@pytest.mark.parametrize(
    "password",
    [
        ("4@8({[<369!1|0$5+7%2" * 4)[:72],
        "4@8({[<369!1|0$5+7%2" * 500,
        "1l|!i7t+69" * 8,
        "s$s$s5s5" * 9,
        "x" * 10**6,
    ],
)
def test_no_password_costs_much_work(password):
    """Signs that stand for several letters would take zxcvbn 300,000 calls, a long password any number."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    profiler = sys.getprofile()
    sys.setprofile(count)
    try:
        verdict(password)
    finally:
        sys.setprofile(profiler)
    assert calls < 150_000


@pytest.mark.django_db
def test_a_weak_password_is_refused_beside_its_field(client):
    form = {"email": "new@client.example", "password1": "passwordpassword"}
    page = client.post("/accounts/signup/", form)
    assert TOO_EASY in page.text
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_weak_password_replaces_none(client):
    user = partner()
    form = {"oldpassword": PASSWORD, "password1": "clientltd-2026", "password2": "clientltd-2026"}
    assert TOO_EASY in sign_in(client, user).post("/accounts/password/change/", form).text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
def test_people_who_are_made_in_code_are_not_asked():
    assert User.objects.create_user("demo@client.example", "demo-password").check_password("demo-password")
