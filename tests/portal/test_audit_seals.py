"""The chain of the audit log is written by workers, after the verbs, and holds every event once."""

import logging
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from portal.audit import triggers
from portal.audit.events import record
from portal.audit.models import Event, EventSeal, SealedEvent
from portal.audit.seals import BATCH, alert_if_late, seal_due, waiting_since
from portal.audit.verification import Verification
from portal.server.minutes import run
from registrations.workflow.jobs import JOBS
from tests.desk.test_overview import OVERVIEW
from tests.portal.test_audit import STREAM
from tests.scale.test_log import plan_of, read_whole
from tests.support import people
from tests.support.mortal_runs import MortalRuns, moments
from tests.support.pages import words
from tests.support.races import at_once
from tests.support.scale import times
from tests.support.sealed_log import event, faults, seal_all, sealed_log
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

RACES, MANY = 50, 100_000


def write(number=1):
    with transaction.atomic():
        return [record("submit", by=None, stream=STREAM) for _ in range(number)]


def unsealed():
    return Event.objects.filter(sealed=None).count()


def chain_is_whole():
    """Every event has its place in a chain without gaps, and nothing is wrong with it."""
    numbers = list(EventSeal.objects.order_by("pk").values_list("sequence", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert SealedEvent.objects.count() == sum(EventSeal.objects.values_list("count", flat=True))
    assert faults() == []
    return True


def test_the_worker_seals_last():
    assert JOBS[-1] is seal_due


def test_what_is_written_is_sealed_once():
    write(3)
    assert seal_due() == 3
    assert seal_due() == 0
    write(2)
    assert seal_due() == 2
    assert list(EventSeal.objects.order_by("pk").values_list("sequence", "count")) == [(1, 3), (2, 2)]
    assert chain_is_whole()


def test_a_seal_has_a_bounded_number_of_events():
    write(2 * BATCH + 1)
    assert seal_due() == 2 * BATCH + 1
    assert list(EventSeal.objects.order_by("pk").values_list("count", flat=True)) == [BATCH, BATCH, 1]
    assert chain_is_whole()


def test_a_worker_that_has_to_stop_leaves_the_rest_to_the_next():
    write(BATCH + 1)
    stops = iter([False, True])
    assert seal_due(lambda: next(stops)) == BATCH
    assert unsealed() == 1
    assert seal_due() == 1


def test_an_empty_log_has_no_seal():
    assert seal_due() == 0
    assert not EventSeal.objects.exists()


def test_a_round_without_an_event_is_two_statements():
    write()
    seal_due()
    with statements() as made:
        seal_due()
    assert len(made) == 2


def test_each_hour_has_a_seal_even_if_nothing_happens(time_machine):
    write()
    seal_due()
    for hour in range(1, 4):
        time_machine.move_to(EventSeal.objects.newest().at + timedelta(hours=1))
        assert seal_due() == seal_due() == 0
        assert EventSeal.objects.count() == hour + 1
    assert chain_is_whole()


def test_what_lies_far_back_is_found_in_the_next_hour(time_machine):
    sealed_log()
    old = event(timezone.now() - timedelta(days=30))
    old.save()
    time_machine.move_to(EventSeal.objects.newest().at.replace(minute=59))
    seal_all()
    assert unsealed() == 1
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert seal_due() == 1
    assert old.sealed.seal_id == 7


# --- Others at the same moment -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_writes_each_seal():
    for _ in range(times(RACES)):
        write(3)
        found = at_once(*[seal_due] * 4, write)
        assert [one for one in found if isinstance(one, Exception)] == []
    seal_all()
    assert unsealed() == 0
    assert chain_is_whole()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_sealed_though_later_ones_are():
    is_written, may_commit = Signal(), Signal()

    def write_slowly():
        with transaction.atomic():
            written = record("submit", by=None, stream=STREAM)
            is_written.set()
            assert may_commit.wait(60)
        return written

    def write_and_seal_meanwhile():
        assert is_written.wait(60)
        (written,) = write()
        assert seal_due() == 1
        may_commit.set()
        return written

    late, early = at_once(write_slowly, write_and_seal_meanwhile)
    assert late.pk < early.pk
    assert seal_due() == 1
    assert SealedEvent.objects.get(event=late).seal_id == 2
    assert chain_is_whole()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_at_any_statement_leaves_the_chain_whole():
    runs, ends = MortalRuns("worker", "--once"), set()
    try:
        write()
        seal_due()  # of this hour
        write(3)
        killed, statements_of_a_round = runs.run(0)
        assert (killed, unsealed()) == (False, 0)
        for moment in moments(statements_of_a_round, last_ones=20):
            write(3)
            runs.run(moment)
            ends.add(unsealed())
            assert chain_is_whole()
            seal_all()
            assert unsealed() == 0
    finally:
        runs.end()
    assert ends == {0, 3}
    assert chain_is_whole()


# --- Many ----------------------------------------------------------------------------------------


def test_a_long_log_is_sealed_and_verified_and_the_next_round_reads_little_of_it():
    since = timezone.now() - timedelta(days=30)
    Event.objects.bulk_create(
        (event(since + timedelta(seconds=10 * place)) for place in range(times(MANY))), batch_size=1000
    )
    assert seal_all() == times(MANY)
    found = Verification()
    assert list(found.faults()) == []
    assert (found.events, found.seals, found.tail) == (times(MANY), times(MANY) // BATCH, 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with statements() as made:
        seal_due()
        waiting_since(timezone.now())
    assert [plan for plan in map(plan_of, made) if read_whole(plan)] == []


# --- Alerts --------------------------------------------------------------------------------------


@pytest.fixture
def forgotten(db, time_machine):
    """An event that no worker has sealed for two minutes."""
    sealed_log()
    (written,) = write()
    time_machine.move_to(written.at + timedelta(seconds=121))
    return written


def alerts(caplog):
    with caplog.at_level(logging.ERROR, logger="portal.audit"):
        run([alert_if_late])
    return [record.msg for record in caplog.records if record.name == "portal.audit"]


def test_what_waits_for_two_minutes_is_an_alert(forgotten, caplog):
    (alert,) = alerts(caplog)
    assert (alert["event"], alert["since"]) == ("audit_log_not_sealed", forgotten.at.isoformat())


def test_what_is_sealed_or_has_just_been_written_is_none(forgotten, caplog):
    seal_due()
    write()
    assert alerts(caplog) == []


def test_without_any_seal_it_is_an_alert_too(caplog, time_machine):
    (written,) = write()
    time_machine.move_to(written.at + timedelta(seconds=121))
    assert len(alerts(caplog)) == 1


@pytest.mark.parametrize(("who", "reads"), [(people.lead, True), (people.reviewer, False)])
def test_whoever_reads_the_log_sees_it_on_the_overview(forgotten, who, reads):
    sentence = "The audit log has not been sealed since"
    browser = people.sign_in(Client(), who())
    assert (sentence in words(browser.get(OVERVIEW))) is reads
    seal_all()
    assert sentence not in words(browser.get(OVERVIEW))


# --- The tables ----------------------------------------------------------------------------------

SEALS_AND_PLACES = ("audit_eventseal", "audit_sealedevent")
CHANGES = [
    "UPDATE audit_eventseal SET count = 9",
    "UPDATE audit_sealedevent SET position = 9",
    "DELETE FROM audit_sealedevent",
    "DELETE FROM audit_eventseal",
]
REPLACING = [
    "INSERT OR REPLACE INTO audit_eventseal SELECT * FROM audit_eventseal",
    "INSERT OR REPLACE INTO audit_sealedevent SELECT * FROM audit_sealedevent",
    "INSERT OR REPLACE INTO audit_sealedevent (event_id, seal_id, position, mac)"
    " SELECT event_id + 100, seal_id, position, mac FROM audit_sealedevent",
]


def refuses(statement):
    write()
    seal_due()
    connection.check_constraints()  # what was put off to the commit
    before = list(EventSeal.objects.values()), list(SealedEvent.objects.values())
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (list(EventSeal.objects.values()), list(SealedEvent.objects.values())) == before


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_the_chain(statement):
    refuses(statement)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has it")
@pytest.mark.parametrize("statement", REPLACING)
def test_the_database_refuses_to_replace_a_part_of_the_chain(statement):
    refuses(statement)


@pytest.mark.postgres
@pytest.mark.parametrize("table", SEALS_AND_PLACES)
def test_the_database_refuses_to_empty_the_chain(table):
    refuses(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", triggers.TABLES)
def test_after_all_migrations_each_table_has_its_triggers(table):
    listing = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass",
    }
    with connection.cursor() as cursor:
        cursor.execute(listing[connection.vendor], [table])
        assert cursor.fetchone() == ({"sqlite": 3, "postgresql": 1}[connection.vendor],)


def a_seal(**columns):
    now = timezone.now()
    whole = {"sequence": 2, "follows_id": 1, "previous": "1" * 64, "at": now, "closed_to": now, "count": 0}
    return EventSeal(**{**whole, "form": 1, "key": "1" * 8, "mac": "2" * 64, **columns})


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"sequence": 3}, "event_seal_follows_the_one_before"),
        ({"follows_id": None}, "event_seal_follows_the_one_before"),
        ({"previous": ""}, "event_seal_follows_the_one_before"),
        ({"mac": ""}, "event_seal_has_a_mac"),
        ({"key": ""}, "event_seal_has_a_mac"),
    ],
)
def test_the_database_refuses_a_seal_that_does_not_follow(columns, constraint):
    write()
    seal_due()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_seal(**columns).save(force_insert=True)
    a_seal().save(force_insert=True)


@pytest.mark.parametrize("columns", [{"position": 0}, {"mac": ""}])
def test_the_database_refuses_a_place_that_is_none(columns):
    write()
    seal_due()
    (other,) = write()
    whole = {"event": other, "seal_id": 1, "position": 2, "mac": "1" * 64}
    with pytest.raises(IntegrityError, match="sealed_event_has_a_place_and_a_mac"), transaction.atomic():
        SealedEvent.objects.create(**{**whole, **columns})
    SealedEvent.objects.create(**whole)


@pytest.mark.postgres
def test_no_two_events_have_one_place_and_no_event_has_two():
    write()
    seal_due()
    (other,) = write()
    again = {"event": other, "seal_id": 1, "position": 1, "mac": "1" * 64}
    twice = {**again, "event": Event.objects.order_by("pk")[0], "position": 2}
    for columns, constraint in ((again, "sealed_event_has_its_own_place"), (twice, "audit_sealedevent_pkey")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            SealedEvent.objects.create(**columns)
