"""The desk in front of 100,000 registrations: what its statements read, by the planner's own word."""

import re

import pytest
from django.db import connection

from portal.accounts.models import Organisation
from registrations.models import Registration
from tests.desk.pages import QUEUE
from tests.support import people
from tests.support.scale import times
from tests.support.statements import statements

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

LARGE = ("registrations_registration", "registrations_revision", "registrations_redirecturi")

PAGES = [
    "",
    "?state=all",
    "?state=live",
    "?state=partner",
    "?state=rejected",
    "?state=withdrawn",
    "?state=suspended",
    "?state=closed",
    "?order=risk",
    "?mark=write_scope",
    "?mark=write_scope&state=all",
    "?claim=mine",
    "?claim=unclaimed",
    "?environment=staging",
    "?needs=second_look",
    "?needs=pkce",
    "?snoozed=mine",
    "?kind=change",
    "?order=newest",
    "?p=10",
    f"?state=all&p={times(20)}",  # as deep as the table is large
    "?q=abcdef",
    "?q=company 042",
    "?q=0123",
    "?q=https://client.example/",
    "?q=www.abc",
    "?q=abcd&state=under_review",  # three hex digits are in one host of a hundred: a scan finds those sooner
    "?q=00000000-0000-0000-0000-000000000000",
    "?q=bcdef",
    "?q=ompany 042",
    "?q=ab",
    "?q=other@bank",
    "?q=bücher",
    "overview/",
]
NEXT = [
    "next/",
    "next/?_changelist_filters=kind%3Dnew%26order%3Dnewest",
    "next/?_changelist_filters=needs%3Dpkce",
]


@pytest.fixture
def crowded_desk(client, crowd):
    return people.sign_in(client, crowd)


def read_from_end_to_end(made, large=LARGE):
    """The large tables that a statement reads whole."""
    whole = []
    with connection.cursor() as cursor:
        for statement in made:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            scanned = re.findall(r"Seq Scan on (\w+)", plan)
            whole += [(statement, plan) for table in scanned if table in large]
    return whole


def test_no_page_of_the_queue_reads_a_large_table_whole(crowded_desk):
    found, costs = {}, {}
    for page in PAGES:
        with statements() as made:
            assert crowded_desk.get(f"{QUEUE}{page}").status_code in (200, 302)
        selects = [statement for statement in made if statement.startswith(("SELECT", "("))]
        found[page], costs[page] = read_from_end_to_end(selects), len(made)
    assert {page: plans for page, plans in found.items() if plans} == {}
    assert max(costs[page] for page in PAGES if page != "overview/") <= 8


def test_clients_without_a_working_secret_are_found_without_judging_every_secret(crowded_desk):
    with statements() as made:
        assert crowded_desk.get(f"{QUEUE}?state=no_secret").status_code == 200
    costs = [cost_of(statement) for statement in made if "registrations_clientsecret" in statement]
    assert 0 < max(costs) < times(200_000), costs


def cost_of(statement):
    """What the planner expects it to cost."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return float(re.search(r"cost=[\d.]+\.\.([\d.]+)", cursor.fetchone()[0]).group(1))


def test_the_next_request_reads_no_large_table_whole(crowded_desk):
    for address in NEXT:
        with statements() as made:
            assert crowded_desk.post(f"{QUEUE}{address}").status_code == 302
        selects = [statement for statement in made if statement.startswith(("SELECT", "("))]
        assert read_from_end_to_end(selects) == [], address


def test_no_page_of_an_organisation_reads_a_large_table_whole(crowded_desk):
    home = Organisation.objects.get(name="Company 042")
    deep = Registration.objects.filter(organisation=home).order_by("created_at")[30]
    waiting = Registration.objects.filter(organisation=home, revisions__status="under_review").first()
    pages = [f"organisations/{home.uuid}/", f"organisations/{home.uuid}/?after={deep.uuid}"]
    pages += [f"{waiting.uuid}/review/"] if waiting else []
    for page in pages:
        with statements() as made:
            assert crowded_desk.get(f"{QUEUE}{page}").status_code == 200
        selects = [statement for statement in made if statement.startswith(("SELECT", "("))]
        assert read_from_end_to_end(selects) == [], page
