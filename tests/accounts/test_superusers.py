"""Somebody can always sign in as a superuser, whoever takes the right from whom."""

import pytest
from django.test import Client

from portal.accounts.forms import LAST_SUPERUSER
from portal.accounts.models import User
from portal.audit.models import Event
from tests.pages.elements import elements
from tests.support.people import lead, sign_in
from tests.support.races import at_once

PEOPLE = "/admin/accounts/user/"
RIGHTS = ("is_active", "is_staff", "is_superuser")


def form_of(user, *taken):
    rights = {name: "on" for name in RIGHTS if name not in taken}
    return {"full_name": "Ada", "groups": [group.pk for group in user.groups.all()], **rights}


def change(browser, user, *taken):
    return browser.post(f"{PEOPLE}{user.pk}/change/", form_of(user, *taken))


def rights(user):
    user.refresh_from_db()
    return {name for name in RIGHTS if getattr(user, name)}


@pytest.fixture
def alone(client, db):
    client.who = lead()
    return sign_in(client, client.who)


@pytest.mark.parametrize("taken", [*((one,) for one in RIGHTS), ("is_active", "is_superuser")])
def test_the_last_superuser_keeps_what_makes_them_one(alone, taken):
    answer = change(alone, alone.who, *taken)
    assert answer.status_code == 200
    assert rights(alone.who) == set(RIGHTS)
    assert not Event.objects.filter(verb="user_changed").exists()
    assert answer.text.count(LAST_SUPERUSER) == len(taken)
    boxes = {one.get("name"): one for one in elements(answer.text) if one.get("name") in RIGHTS}
    for name in RIGHTS:
        assert ("checked" in boxes[name].attrs) == (name not in taken)
        assert (boxes[name].get("aria-invalid") == "true") == (name in taken)
    assert 'value="Ada"' in answer.text


@pytest.mark.parametrize("taken", RIGHTS)
def test_with_a_second_one_a_superuser_may_step_down(alone, taken):
    lead("second@portal.example")
    assert change(alone, alone.who, taken).status_code == 302
    asked_for, _ = alone.get(PEOPLE, follow=True).redirect_chain[-1]
    assert asked_for.startswith("/accounts/login/"), "and signs in with what is left"
    assert taken not in rights(alone.who)
    assert Event.objects.get(verb="user_changed").detail[taken] is False


@pytest.mark.parametrize(
    "lacking", [{"is_active": False}, {"is_staff": False}, {"is_superuser": False}, {"password": "!unset"}]
)
def test_whoever_cannot_come_in_is_no_second_one(alone, lacking):
    User.objects.filter(pk=lead("second@portal.example").pk).update(**lacking)
    assert LAST_SUPERUSER in change(alone, alone.who, "is_superuser").text
    assert rights(alone.who) == set(RIGHTS)


def test_who_never_was_one_is_not_asked_for_a_successor(alone):
    newcomer = lead("second@portal.example")
    User.objects.filter(pk=newcomer.pk).update(password="!unset")
    assert change(alone, newcomer, "is_superuser").status_code == 302


def test_the_last_superuser_still_changes_their_own_name(alone):
    assert change(alone, alone.who).status_code == 302
    alone.who.refresh_from_db()
    assert alone.who.full_name == "Ada"


def test_no_account_is_deleted_by_its_page_or_by_an_action(alone):
    own = alone.who.pk
    assert alone.post(f"{PEOPLE}{own}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [own], "post": "yes"}
    alone.post(PEOPLE, form)
    assert 'name="action"' not in alone.get(PEOPLE).text
    assert User.objects.filter(pk=own).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_right_from_each_other_leave_one():
    first, second = lead(), lead("second@portal.example")
    pairs = [(sign_in(Client(), first), second), (sign_in(Client(), second), first)]
    answers = at_once(*(lambda pair=pair: change(*pair, "is_superuser").status_code for pair in pairs))
    assert sorted(answers) in ([200, 302], [302, 403])
    assert User.objects.superusers().count() == 1
