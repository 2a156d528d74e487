import pytest

from tests.support.people import lead, partner, reviewer, sign_in
from tests.support.registrations import submitted


@pytest.fixture
def by(db):
    """A partner who submits."""
    return partner()


@pytest.fixture
def desk(client, db):
    """The browser of a reviewer."""
    client.who = reviewer()
    return sign_in(client, client.who)


@pytest.fixture
def leads_desk(client, db):
    """The browser of a lead, who decides on PKCE as well."""
    client.who = lead()
    return sign_in(client, client.who)


@pytest.fixture
def waiting(by):
    """A registration under review."""
    return submitted(by)
