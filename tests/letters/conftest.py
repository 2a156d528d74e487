import pytest

from tests.support import people


@pytest.fixture
def partner(db):
    return people.partner()


@pytest.fixture
def colleague(partner):
    return people.colleague(people.home(partner))


@pytest.fixture
def stranger(db):
    return people.stranger()


@pytest.fixture
def reviewer(db):
    return people.reviewer()


@pytest.fixture
def lead(db):
    return people.lead()
