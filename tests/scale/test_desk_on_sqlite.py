"""The queue on SQLite: without statistics its planner expects large tables, so few rows show its plans."""

import pytest
from django.db import connection

from tests.desk.pages import QUEUE
from tests.scale.test_desk import NEXT
from tests.scale.test_log import plan_of
from tests.support import people
from tests.support.registrations import submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LARGE = ("registrations_registration", "registrations_revision", "registrations_redirecturi")
PAGES = [
    "",
    "?claim=mine",
    "?claim=unclaimed",
    "?needs=second_look",
    "?needs=pkce",
    "?snoozed=mine",
    "?kind=change",
    "?environment=staging",
    "?order=newest",
]


def read_whole(statement):
    """The lines of the plan that read a large table from end to end without an index."""
    lines = plan_of(statement).splitlines()
    return [line for line in lines if line.startswith("SCAN ") and " USING " not in line and of_large(line)]


def of_large(line):
    return line.split()[1] in (*LARGE, "newest")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="test_desk.py is for PostgreSQL")
def test_no_list_of_what_waits_reads_a_large_table_whole(client):
    desk, partner = people.sign_in(client, people.reviewer()), people.partner()
    for number in range(len(NEXT) + 1):
        submitted(partner, client_name=f"Client {number}")
    found = {}
    for page in [*PAGES, *NEXT]:
        with statements() as made:
            answer = desk.post(f"{QUEUE}{page}") if page in NEXT else desk.get(f"{QUEUE}{page}")
        assert answer.status_code in (200, 302)
        selects = [one for one in made if one.startswith(("SELECT", "("))]
        assert page in NEXT or len(made) <= 8
        found[page] = [(one, line) for one in selects for line in read_whole(one)]
    assert {page: plans for page, plans in found.items() if plans} == {}
