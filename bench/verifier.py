"""How long checking a client secret takes, compared with one SELECT by primary key in the same run.

An authorization server asks this at each token request. The client has an active and a retiring secret,
among those of other clients. It runs on PostgreSQL where a server answers (PORTAL_TEST_POSTGRES names one, as
for the tests), and counts the time that passes, because the server's work is part of it. Otherwise it runs on
SQLite and counts CPU time.

Goal: at most 1.2 times reading the verifier of one secret by its primary key with as plain a statement, with
the right secret and with a wrong one. Exits with 1 if it is missed.
"""

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter_ns, process_time_ns
from urllib.parse import urlsplit

import django
import psycopg

from bench.stopwatch import microseconds
from tests.packaging.surroundings import production

SERVER = os.environ.get("PORTAL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test")
DATABASE = f"bench_verifier_{os.getpid()}"
try:
    _server = psycopg.connect(SERVER, connect_timeout=3, autocommit=True)
except psycopg.OperationalError:
    _server = None

_folder = tempfile.TemporaryDirectory()
os.environ |= production(Path(_folder.name), DEBUG="true", LOG_LEVEL="ERROR")
if _server:
    os.environ["DATABASE_URL"] = urlsplit(SERVER)._replace(path=f"/{DATABASE}").geturl()
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from registrations.queries.secrets import verifies  # noqa: E402
from registrations.workflow import secrets  # noqa: E402
from tests.support import people  # noqa: E402
from tests.support.registrations import reveal, revealed  # noqa: E402

MOST_TIMES_SELECT = 1.2
CLIENTS = 3
BY_PRIMARY_KEY = "SELECT verifier FROM registrations_clientsecret WHERE id = %s"


def main():
    if not _server:
        return _compare()
    _server.execute(f"CREATE DATABASE {DATABASE}")
    try:
        return _compare()
    finally:
        connection.close()
        _server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _compare():
    call_command("migrate", verbosity=0)
    partner, reviewer = people.partner(), people.reviewer()
    for number in range(CLIENTS):
        client, old = revealed(partner, reviewer, client_name=f"Client {number}")
    secrets.rotate(client.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    new, pk = reveal(client, partner), client.secrets.first().pk
    print(f"{f'µs for a check on {connection.display_name}':<32}{'ours':>10}{'SELECT':>10}{'ratio':>8}")
    texts = {"the new secret": new, "the old secret": old, "a wrong secret": "0" * 64}
    worst = max(_line(name, client.client_id, text, pk) for name, text in texts.items())
    reached = worst <= MOST_TIMES_SELECT
    print(f"Goal (at most {MOST_TIMES_SELECT}×): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


def _line(name, client_id, text, pk):
    """Print one line; return the ratio of a check to the SELECT."""
    ours, select = microseconds(
        lambda: verifies(client_id, text),
        lambda: _by_primary_key(pk),
        calls=100,
        rounds=10,
        clock=perf_counter_ns if _server else process_time_ns,
    )
    print(f"{name:<32}{ours:>10.1f}{select:>10.1f}{ours / select:>7.2f}×")
    return ours / select


def _by_primary_key(pk):
    with connection.cursor() as cursor:
        cursor.execute(BY_PRIMARY_KEY, [pk])
        return cursor.fetchall()


if __name__ == "__main__":
    sys.exit(main())
