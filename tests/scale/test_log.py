"""The audit log in front of many events: which index finds the page, by the planner's own word."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.audit.models import Event
from registrations.models import ClientSecret, Registration
from tests.desk.test_event_log import LOG
from tests.support import people
from tests.support.scale import times
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LARGE = ("audit_event", "registrations_registration", "registrations_clientsecret")
STREAM = "audit_event_stream"
FILTERS = {
    "": "event_latest_first",
    "p=9": "event_latest_first",
    "since=2026-01-01&until=2026-01-01": "event_latest_first",
    "person=person7@": "event_by_actor",
    "person=system": "event_by_actor",
    "person=Person number 77": "event_by_actor",
    "verb=pkce.granted": "event_by_verb",
    "verb=revision.submitted&until=2020-01-01": "event_",
    "outcome=refused": "event_refused_latest_first",
    "outcome=failed": "event_failed_latest_first",
    "client={client}": STREAM,
    "hint=00aa": STREAM,
    "organisation=Company 042": STREAM,
}


@pytest.fixture
def long_log(client, db):
    """Few events are refused, by any one person, or of any one client; the last of them is long ago."""
    count, now, lead = times(100_000), timezone.now(), people.lead()
    User.objects.bulk_create(
        [User(email=f"person{one}@client.example", full_name=f"Person number {one}") for one in range(100)]
    )
    homes = Organisation.objects.bulk_create([Organisation(name=f"Company {one:03}") for one in range(100)])
    clients = Registration.objects.bulk_create(
        [Registration(organisation=homes[one % 100], created_by=lead) for one in range(count // 4)]
    )
    ClientSecret.objects.bulk_create(
        [
            ClientSecret(
                registration=one,
                status="lapsed",
                verifier=uuid4().hex * 2,
                hint=f"{place % 65536:04x}",
                issued_at=now,
                issued_by=lead,
                reveal_until=now + timedelta(days=7),
                lapsed_at=now,
            )
            for place, one in enumerate(clients)
        ]
    )
    actors = [str(one.pseudonym) for one in User.objects.order_by("pk")]
    Event.objects.bulk_create(
        (
            Event(
                at=now - timedelta(minutes=count - one),
                verb="pkce.granted" if one % 1000 == 1 else "revision.submitted",
                outcome={500: "refused", 501: "failed"}.get(one % 1000, "done"),
                actor="system" if one % 100 == 9 else actors[one % len(actors)],
                stream=clients[one % len(clients)].uuid,
                moved=["revision:1"],
            )
            for one in range(count)
        ),
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    browser = people.sign_in(client, lead)
    browser.one = clients[5].uuid
    return browser


def plan_of(statement):
    words = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {statement}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def read_whole(plan):
    """The large tables that are read from end to end without an index."""
    found = re.findall(r"Seq Scan on (\w+)|SCAN (\w+)(?! USING)", plan)
    return [table for pair in found for table in pair if table in LARGE]


def test_an_index_finds_what_is_looked_for(long_log):
    found = {query: faults(long_log, query) for query in FILTERS}
    assert {query: plans for query, plans in found.items() if plans} == {}


def faults(browser, query):
    """The plans that read a large table whole, or find the page of the log by another index."""
    with statements() as made:
        answer = browser.get(f"{LOG}?{query.format(client=browser.one)}")
    assert (answer.status_code, answer.context["cl"].log_filters.errors) == (200, {})
    assert len(made) <= 10
    selects = [one for one in made if one.startswith(("SELECT", "(", "WITH"))]
    plans = {one: plan_of(one) for one in selects}
    pages = {one: plan for one, plan in plans.items() if 'FROM "audit_event"' in one and "LIMIT 1" in one}
    assert pages
    elsewhere = [plan for plan in pages.values() if FILTERS[query] not in plan]
    return elsewhere + [plan for plan in plans.values() if read_whole(plan)]
