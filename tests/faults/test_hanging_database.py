"""A database that neither answers nor closes: pages say so in time, and recover by themselves.

A fault drill with a clock, since the figures are about time.
"""

import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.packaging.surroundings import ROOT, ask, free_port, production, run
from tests.support.cluster import cluster
from tests.support.scale import FULL
from tests.support.servers import ENTRY, web_server

pytestmark = pytest.mark.once

HANGS = 38
"""Seconds: longer than pages take to give up, and then a worker to end."""
BUSY = 2
"""Seconds by which one of a hundred may be late where other tests run on the same machine."""
VISITORS = 40 if FULL else 12
"""At a time; the server works on four requests."""


@pytest.fixture(scope="module")
def database():
    with cluster() as running:
        yield running


@pytest.fixture(scope="module")
def env(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    env = production(folder, PORT=free_port(), DEBUG="true", WEB_CONCURRENCY="1", DATABASE_URL=database.url)
    assert run(ENTRY, "migrate", env=env).returncode == 0
    return env


@pytest.fixture(scope="module")
def port(env):
    with web_server(env) as port:
        yield port


@pytest.fixture
def worker(env):
    """One that has begun its rounds."""
    running = subprocess.Popen([ENTRY, "worker"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    assert "worker_started" in running.stderr.readline()
    yield running
    running.kill()
    running.communicate()


def timed(port, path):
    began = time.monotonic()
    status, _ = ask(port, path, patience=20)
    return status, time.monotonic() - began


def until(moment, port, path):
    """One visit after the other until then."""
    seen = []
    while time.monotonic() < moment:
        seen.append(timed(port, path))
    return seen


def ended(worker):
    """Seconds until it is gone, from when it is told to end."""
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    worker.wait(timeout=60)
    return time.monotonic() - began


def test_all_parts_keep_their_time_while_the_database_hangs(database, port, worker):
    assert timed(port, "/readyz")[0] == 200
    began = time.monotonic()
    database.stop()
    try:
        with ThreadPoolExecutor(VISITORS + 1) as pool:
            alive = pool.submit(until, began + HANGS, port, "/livez")
            pages = list(pool.map(partial(timed, port), ["/readyz"] * VISITORS))
            worker_took = ended(worker)
            alive = alive.result()
    finally:
        database.go_on()
    assert {status for status, _ in pages} == {503}
    assert max(seconds for _, seconds in pages) <= 10 + (0 if FULL else BUSY)
    assert {status for status, _ in alive} == {200}
    waits = sorted(seconds for _, seconds in alive)
    assert waits[len(waits) * 99 // 100] <= 1
    assert waits[-1] <= 1 + BUSY
    assert worker_took <= 30
    assert timed(port, "/readyz")[0] == 200
