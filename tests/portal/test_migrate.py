"""``migrate`` beside others: a release that serves, and another ``migrate``."""

import threading

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from portal.management.commands.migrate import ONE_AT_A_TIME

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

HOLD = "LOCK TABLE django_migrations IN SHARE MODE"


@pytest.fixture
def other():
    """A session of somebody else."""
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    with psycopg.connect(**parameters) as session:
        yield session
        session.rollback()


@pytest.fixture
def newest():
    """The name of the newest migration, which is yet to be applied."""
    *_, before, last = sorted(
        name for app, name in MigrationLoader(None).disk_migrations if app == "registrations"
    )
    call_command("migrate", "registrations", before, verbosity=0)
    yield last
    call_command("migrate", verbosity=0)


def is_applied(name):
    return ("registrations", name) in MigrationLoader(connection).applied_migrations


def held_by_this_session():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        (locks,) = cursor.fetchone()
        cursor.execute("SHOW lock_timeout")
        return locks, cursor.fetchone()[0]


def test_a_lock_that_is_refused_is_asked_for_again(newest, other, monkeypatch, capsys):
    other.execute(HOLD)
    pauses = []
    monkeypatch.setattr("time.sleep", lambda seconds: pauses.append(seconds) or other.rollback())
    call_command("migrate", lock_pause=7)
    assert is_applied(newest)
    assert pauses == [7]
    assert "try 1 of 60 gave up" in capsys.readouterr().err


def test_it_gives_up_after_so_many_tries_and_can_be_run_again(newest, other):
    other.execute(HOLD)
    with pytest.raises(CommandError, match="in 2 tries"):
        call_command("migrate", lock_tries=2, lock_pause=0, verbosity=0)
    other.rollback()
    assert not is_applied(newest)
    assert held_by_this_session() == (0, "0")
    call_command("migrate", verbosity=0)
    assert is_applied(newest)


def test_a_statement_may_take_longer_than_one_of_a_page(newest, other):
    other.execute(HOLD)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '300ms'")
        with pytest.raises(CommandError, match="A lock could not be had"):
            call_command("migrate", lock_tries=1, verbosity=0)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("300ms",)
        cursor.execute("RESET statement_timeout")
    other.rollback()


def test_a_fault_that_is_no_lock_is_not_tried_again(newest, other, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other.execute(HOLD)
    waits = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"

    def cancel():
        for _ in range(10_000):
            if other.execute(waits, [pid]).fetchall():
                break
        other.execute("SELECT pg_cancel_backend(%s)", [pid])

    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("tried again"))
    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(OperationalError, match="due to user request"):
        call_command("migrate", verbosity=0)
    thread.join()
    other.rollback()
    assert held_by_this_session() == (0, "0")


def test_the_second_of_two_waits_for_the_first_and_says_so(newest, other, monkeypatch, capsys):
    other.autocommit = True
    other.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    waited = []

    def first_one_ends(seconds):
        assert not is_applied(newest)
        waited.append(seconds)
        if len(waited) == 2:
            other.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])

    monkeypatch.setattr("time.sleep", first_one_ends)
    call_command("migrate", verbosity=0)
    assert is_applied(newest)
    assert capsys.readouterr().err.count("Another migrate is running") == 1


@pytest.mark.parametrize("only_looks", ["plan", "check_unapplied"])
def test_who_only_looks_does_not_wait(other, only_looks, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("waited"))
    other.autocommit = True
    other.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    call_command("migrate", verbosity=0, **{only_looks: True})
