import pytest
from django.core.cache import cache
from django.test import Client

from tests.support import people


@pytest.fixture
def partner(db):
    return people.partner()


@pytest.fixture
def colleague(partner):
    return people.colleague(people.home(partner))


@pytest.fixture
def viewer(partner):
    return people.viewer(people.home(partner))


@pytest.fixture
def stranger(db):
    return people.stranger()


@pytest.fixture
def reviewer(db):
    return people.reviewer()


@pytest.fixture
def door(db):
    """``door(person)`` is a browser in which they signed in, just now unless told otherwise."""

    def opened(person, minutes_ago=0):
        return people.sign_in(Client(), person, minutes_ago)

    cache.clear()
    return opened
