"""SIGHUP: new processes take over, with the code that lies there now, without a request that fails."""

import signal
import subprocess
import threading

import pytest

from tests.packaging.surroundings import ask, copied_to
from tests.support.servers import ENTRY, ready_env

pytestmark = pytest.mark.once


@pytest.fixture
def checkout(tmp_path):
    """A copy of the portal, whose code may change."""
    return copied_to(tmp_path / "checkout")


@pytest.fixture
def web(checkout, tmp_path, migrated_file):
    env = ready_env(tmp_path, migrated_file, WEB_CONCURRENCY="2")
    running = subprocess.Popen([ENTRY, "web"], cwd=checkout, env=env, stderr=subprocess.PIPE, text=True)
    running.port = env["PORT"]
    until_two(running, "Started server process")
    yield running
    running.terminate()
    running.communicate(timeout=60)


def until_two(web, words):
    """Read what is logged until two processes have said so."""
    saying = (line for line in web.stderr if words in line)
    assert [next(saying, None), next(saying, None)][-1]


def test_no_request_fails_while_processes_are_replaced(web, checkout):
    over, seen = threading.Event(), []

    def visit():
        while not over.is_set():
            try:
                seen.append(ask(web.port, "/accounts/login/", patience=0)[0])
            except OSError as error:
                seen.append(repr(error))

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    code = checkout / "portal" / "observability.py"
    code.write_text(code.read_text().replace('{"alive": True}', '{"alive": "with new code"}'))
    web.send_signal(signal.SIGHUP)
    until_two(web, "Finished server process")
    over.set()
    for visitor in visitors:
        visitor.join()
    assert set(seen) == {200}
    assert ask(web.port, "/livez") == (200, '{"alive": "with new code"}')
