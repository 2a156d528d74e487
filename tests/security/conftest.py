import pytest
from django.core.cache import cache

from tests.support import people


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def partner(db):
    return people.partner()


@pytest.fixture
def stranger(db):
    return people.stranger()


@pytest.fixture
def reviewer(db):
    return people.reviewer()


@pytest.fixture
def lead(db):
    return people.lead()
