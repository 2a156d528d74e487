"""An address that has an account already gets a sentence beside the field, also in a race."""

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from tests.pages.elements import elements
from tests.support.people import lead, person, sign_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"
TAKEN = "There is already an account with the address next@portal.example."


@pytest.fixture
def desk(client):
    return sign_in(client, lead())


def add(desk, email):
    return desk.post(f"{PEOPLE}add/", {"email": email, "full_name": "Next", "is_active": "on"})


def assert_refused_beside_the_address(answer, typed):
    assert answer.status_code == 200
    assert TAKEN in answer.text
    [box] = [one for one in elements(answer.text) if one.get("name") == "email"]
    assert (box.get("value"), box.get("aria-invalid")) == (typed, "true")
    assert 'value="Next"' in answer.text
    assert "Constraint" not in answer.text
    assert not Event.objects.filter(verb="user_added").exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("typed", ["next@portal.example", "Next@Portal.example", " NEXT@portal.example "])
def test_a_taken_address_is_named_beside_the_field(desk, typed):
    person("next@portal.example")
    assert_refused_beside_the_address(add(desk, typed), typed)


def test_an_address_from_before_lower_case_was_the_rule_counts_too(desk):
    User.objects.filter(pk=person("next@portal.example").pk).update(email="Next@portal.example")
    assert_refused_beside_the_address(add(desk, "next@portal.example"), "next@portal.example")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_address_at_once_one_reads_the_sentence():
    first, second = lead(), lead("second@portal.example")
    browsers = [sign_in(Client(), first), sign_in(Client(), second)]
    answers = at_once(*(lambda one=one: add(one, "next@portal.example") for one in browsers))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    [refused] = [answer for answer in answers if answer.status_code == 200]
    assert TAKEN in refused.text
    assert User.objects.filter(email="next@portal.example").count() == 1
    assert Event.objects.filter(verb="user_added").count() == OutboxMessage.objects.count() == 1
