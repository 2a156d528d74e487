"""The crowd that the tests of one file stand in front of."""

import pytest
from django.db import connection, transaction

from tests.support import people
from tests.support.crowd import fill
from tests.support.scale import times


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """A reviewer with 100,000 registrations, filled in once for a file: that takes minutes.

    What a test adds to them is gone before the next one.
    """
    around = transaction.atomic()
    around._from_testcase = True  # so that a verb, whose transaction has to be the outermost, runs in it
    with django_db_blocker.unblock(), around:
        reviewer = people.reviewer()
        fill(times(100_000), people.partner(), reviewer)
        connection.check_constraints()  # otherwise each test looks through all these rows at its end
        yield reviewer
        transaction.set_rollback(True)
