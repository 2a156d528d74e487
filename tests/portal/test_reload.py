"""SIGHUP: new processes take over without a request that fails."""

import signal
import subprocess
import threading

import pytest

from tests.packaging.surroundings import ROOT, ask, free_port, production, run

pytestmark = pytest.mark.once


@pytest.fixture
def web(tmp_path):
    env = production(tmp_path, PORT=free_port(), WEB_CONCURRENCY="2", DEBUG="true")
    assert run("deploy/entrypoint.sh", "migrate", env=env).returncode == 0
    running = subprocess.Popen(
        ["deploy/entrypoint.sh", "web"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    running.port = env["PORT"]
    ask(running.port, "/livez")
    yield running
    running.terminate()
    running.communicate(timeout=60)


def test_no_request_fails_while_processes_are_replaced(web):
    over, statuses, booted = threading.Event(), [], []

    def visit():
        while not over.is_set():
            statuses.append(ask(web.port, "/accounts/login/", patience=0)[0])

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    web.send_signal(signal.SIGHUP)
    for line in web.stderr:
        booted += ["new"] if "Started server process" in line else []
        if "Finished server process" in line and len(booted) >= 2:
            break
    over.set()
    for visitor in visitors:
        visitor.join()
    assert statuses
    assert set(statuses) == {200}
