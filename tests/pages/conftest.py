import pytest
from django.core.cache import cache
from django.test import Client

from tests.support import people
from tests.support.registrations import approved


@pytest.fixture
def login(db):
    """``login(person)`` is a browser in which they signed in, just now unless told otherwise."""

    def opened(person, minutes_ago=0):
        return people.sign_in(Client(), person, minutes_ago)

    cache.clear()
    return opened


@pytest.fixture
def live(partner, reviewer):
    """A live client whose secret waits to be revealed."""
    return approved(partner, reviewer)


@pytest.fixture
def secret(live):
    return live.secrets.get()
