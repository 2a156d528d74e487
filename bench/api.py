"""CPU time of the API's calls, compared with the barest Django view doing the same SELECT in the same run.

An authorization server verifies a secret, reads a client and reads a page of the feed. That is on PostgreSQL,
which the goals are for: in a database of its own on the server that PORTAL_TEST_POSTGRES names. Where none
answers, and with the argument ``sqlite``, it is on SQLite. The barest view passes the same middleware, runs
the same statement and answers with its rows in JSON, without looking at them; it reads the body of a post.
Then eight connections verify for 30 seconds.

Goals: verify at most 1.2 times the barest view, one client at most 1.15 times, a page of 500 at most 2 times;
no call of the 30 seconds fails. Exits with 1 if one is missed.
"""

import atexit
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg

from bench.serving import OURS
from bench.stopwatch import microseconds
from tests.packaging.surroundings import ROOT, ask, free_port, production

_folder = tempfile.TemporaryDirectory()
_env = production(Path(_folder.name), DEBUG="true", LOG_LEVEL="ERROR", WEB_CONCURRENCY="2")
_server = os.environ.get("PORTAL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test")
_name = f"bench_api_{os.getpid()}"


def _database_on_postgres():
    """The URL of a new database, which is dropped in the end; None where no server answers."""
    try:
        server = psycopg.connect(_server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return None
    server.execute(f"CREATE DATABASE {_name}")
    atexit.register(server.execute, f"DROP DATABASE {_name} WITH (FORCE)")
    return urlsplit(_server)._replace(path=f"/{_name}").geturl()


if "sqlite" not in sys.argv and (_url := _database_on_postgres()):
    _env["DATABASE_URL"] = _url
os.environ |= _env
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from portal.urls import urlpatterns as portal_urls  # noqa: E402
from registrations.workflow import feed  # noqa: E402
from tests.api.calling import a_token, bearer, copies  # noqa: E402
from tests.support import people  # noqa: E402
from tests.support.registrations import approved, reveal  # noqa: E402

GOALS = {"verify a secret": 1.2, "one client": 1.15, "a page of 500": 2.0}
CALLS = {"verify a secret": 40, "one client": 40, "a page of 500": 2}
CLIENTS = 500
CONNECTIONS, SECONDS = 8, 30
HOST = "portal.example"
_same = {}
"""The statement of the call that is measured, with its values."""


@csrf_exempt
def barest(request):
    if request.method == "POST":
        json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(*_same["statement"])
        rows = cursor.fetchall()
    return JsonResponse(rows, safe=False)


urlpatterns = [path("barest/", barest), *portal_urls]


def main():
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    settings.ROOT_URLCONF = sys.modules[__name__]
    partner, reviewer = people.partner(), people.reviewer()
    registration = approved(partner, reviewer)
    copies(registration, CLIENTS - 1)
    secret, token = reveal(registration, partner), a_token()
    feed.assign_due()
    address = f"/api/v1/clients/{registration.client_id}"
    calls = {
        "verify a secret": ("post", f"{address}/verify-secret", {"client_secret": secret}),
        "one client": ("get", address, None),
        "a page of 500": ("get", "/api/v1/clients", None),
    }
    print(f"{f'ms of CPU, {connection.vendor}':<24}{'ours':>10}{'barest':>10}{'ratio':>8}")
    reached = [_line(name, token, *call) <= GOALS[name] for name, call in calls.items()]
    connection.close()
    failed = _verify_for_long(f"{address}/verify-secret", token, secret)
    goals = ", ".join(f"{name} at most {most}×" for name, most in GOALS.items())
    is_reached = all(reached) and not failed
    print(f"Goals ({goals}; no failure): {'reached' if is_reached else 'MISSED'}")
    return 0 if is_reached else 1


def _line(name, token, method, address, body):
    """Print one line; return the ratio of our time to that of the barest view."""
    server = Client(headers={"host": HOST, **bearer(token)})
    given = {"content_type": "application/json", "secure": True} if body else {"secure": True}

    def call(to):
        return getattr(server, method)(to, body, **given)

    with connection.execute_wrapper(_remember):
        assert call(address).status_code == 200
    ours, plain = microseconds(lambda: call(address), lambda: call("/barest/"), calls=CALLS[name], rounds=25)
    print(f"{name:<24}{ours / 1000:>10.3f}{plain / 1000:>10.3f}{ours / plain:>7.2f}×")
    return ours / plain


def _remember(execute, sql, params, many, context):
    if "registrations_apitoken" in sql:
        _same["statement"] = (sql, params)
    return execute(sql, params, many, context)


def _verify_for_long(address, token, secret):
    """Print how many calls a second our server answers; return how many failed."""
    port = free_port()
    command = ["gunicorn", "--bind", f"127.0.0.1:{port}", *OURS]
    server = subprocess.Popen(command, cwd=ROOT, env=_env | {"PORT": port}, start_new_session=True)
    try:
        ask(port, "/livez")
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            ends = time.monotonic() + SECONDS
            done = list(
                pool.map(lambda _: _call_until(ends, port, address, token, secret), range(CONNECTIONS))
            )
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)
    right, wrong = (sum(found) for found in zip(*done, strict=True))
    print(f"{CONNECTIONS} connections: {right / SECONDS:.0f} calls a second, {wrong} failed")
    return wrong


def _call_until(ends, port, address, token, secret):
    line, right, wrong = http.client.HTTPConnection("127.0.0.1", int(port)), 0, 0
    headers = {"Host": HOST, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    while time.monotonic() < ends:
        line.request("POST", address, json.dumps({"client_secret": secret}), headers)
        answer = line.getresponse()
        if b'"active": true' in answer.read() and answer.status == 200:
            right += 1
        else:
            wrong += 1
    line.close()
    return right, wrong


if __name__ == "__main__":
    sys.exit(main())
