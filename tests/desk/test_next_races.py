"""Reviewers who press *Next request* at the same moment never get the same request."""

import pytest
from django.test import Client

from portal.audit.models import Event
from registrations.models import Revision
from registrations.workflow import drafting
from tests.desk.pages import QUEUE, review_path
from tests.support import people
from tests.support.races import at_once
from tests.support.registrations import submitted
from tests.support.scale import times

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 5


def desks(count):
    """The browsers of so many reviewers."""
    reviewers = [people.reviewer(f"reviewer{number}@portal.example") for number in range(count)]
    return [(person, people.sign_in(Client(), person)) for person in reviewers]


def pressing(desk):
    return lambda: desk.post(f"{QUEUE}next/")["Location"]


def holders():
    claimed = Revision.objects.under_review().select_related("registration", "claimed_by")
    return {review_path(one.registration): one.claimed_by for one in claimed}


def test_each_gets_a_request_of_their_own():
    partner, reviewers = people.partner(), desks(AT_ONCE)
    for _ in range(times(10)):
        waiting = [submitted(partner, client_name=f"Client {number}") for number in range(AT_ONCE)]
        opened = at_once(*(pressing(desk) for _, desk in reviewers))
        assert sorted(opened) == sorted(review_path(one) for one in waiting)
        held = holders()
        assert [held[page] for page in opened] == [person for person, _ in reviewers]
        for one in waiting:
            assert Event.objects.filter(stream=one.uuid, verb="revision.claimed").count() == 1
            drafting.withdraw(one.uuid, by=partner)


def test_of_one_request_one_gets_it_and_the_others_are_told():
    partner, reviewers = people.partner(), desks(AT_ONCE)
    waiting = submitted(partner)
    opened = at_once(*(pressing(desk) for _, desk in reviewers))
    assert sorted(opened) == sorted([review_path(waiting), *[QUEUE] * (AT_ONCE - 1)])


def test_two_presses_of_one_person_open_one_request():
    partner, ((person, _),) = people.partner(), desks(1)
    waiting = [submitted(partner, client_name=f"Client {word}") for word in ("one", "two")]
    others = [people.sign_in(Client(), person) for _ in range(2)]
    opened = at_once(*(pressing(one) for one in others))
    assert opened == [review_path(waiting[0])] * 2
    assert list(holders().values()).count(person) == 1


def test_what_is_withdrawn_at_the_same_moment_is_passed_over():
    partner, ((_, desk),) = people.partner(), desks(1)
    for _ in range(times(10)):
        first, second = (submitted(partner, client_name=f"Client {word}") for word in ("one", "two"))
        opened, _ = at_once(pressing(desk), lambda first=first: drafting.withdraw(first.uuid, by=partner))
        assert opened in (review_path(first), review_path(second))
        drafting.withdraw(second.uuid, by=partner)
