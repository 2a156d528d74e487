"""CPU time of ordinary pages on our server, compared with gunicorn's gthread worker in the same run.

Two processes of four threads each serve the demo on SQLite to eight clients that keep their
connections. The figure is the CPU time of the server's processes per request, over many short rounds.
Both servers run in each round and take turns in going first, so a temporary slowdown of the machine
affects both. Requests per second are shown too, but depend on what else runs.

Goal: at most 1.05 times gthread's CPU time, as the geometric mean over the pages. Exits with 1 if it is
missed.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import geometric_mean

from tests.packaging.surroundings import ROOT, ask, free_port, production, run

MOST_TIMES_GTHREAD = 1.05
ROUNDS = 40
CLIENTS, REQUESTS = 8, 10
PAGES = ("/", "/rules/", "/registrations/")
OURS = ("--config", "deploy/gunicorn.conf.py", "portal.asgi")
GTHREAD = (
    "--workers",
    "2",
    "--threads",
    "4",
    "--worker-class",
    "gthread",
    "--keep-alive",
    "75",
    "portal.wsgi",
)


def main():
    with tempfile.TemporaryDirectory() as folder:
        env = production(Path(folder), DEBUG="true", LOG_LEVEL="WARNING", WEB_CONCURRENCY="2")
        for command in ("migrate", "createcachetable", "seed_demo"):
            run(sys.executable, "manage.py", command, env=env).check_returncode()
        with _served(OURS, env) as ours, _served(GTHREAD, env) as gthread:
            mean = geometric_mean(_line(page, ours, gthread) for page in PAGES)
    reached = mean <= MOST_TIMES_GTHREAD
    print(f"{mean:.2f}×; goal (at most {MOST_TIMES_GTHREAD}×): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


@contextmanager
def _served(arguments, env):
    """Run a server; yields its process group, its port and the cookies of a signed-in user."""
    port = free_port()
    command = ["gunicorn", "--bind", f"127.0.0.1:{port}", *arguments]
    server = subprocess.Popen(command, cwd=ROOT, env=env | {"PORT": port}, start_new_session=True)
    try:
        ask(port, "/livez")
        yield server.pid, port, _signed_in(port)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def _signed_in(port):
    line = http.client.HTTPConnection("127.0.0.1", int(port))
    line.request("GET", "/accounts/login/", headers={"Host": "portal.example"})
    page = line.getresponse()
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
    form = f"csrfmiddlewaretoken={token}&login=partner%40client.example&password=demo-password"
    headers = {
        "Host": "portal.example",
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    line.request("POST", "/accounts/login/", form, headers)
    answer = line.getresponse()
    answer.read()
    cookies = [part.partition(";")[0] for part in answer.headers.get_all("Set-Cookie")]
    return "; ".join(cookies)


def _line(page, ours, gthread):
    """Print one line; return the ratio of our CPU time to gthread's."""
    turns = (ours, gthread), (gthread, ours)
    seen = {ours: [], gthread: []}
    for number in range(ROUNDS):
        for server in turns[number % 2]:
            seen[server].append(_load(page, *server))
    cpu, plain = (sum(used for used, _ in seen[server]) for server in (ours, gthread))
    asked = ROUNDS * CLIENTS * REQUESTS
    rate, plain_rate = (asked / sum(took for _, took in seen[server]) for server in (ours, gthread))
    print(
        f"{page:<20} ms of CPU {cpu / asked * 1000:>6.2f}, gthread {plain / asked * 1000:>6.2f}: "
        f"{cpu / plain:.2f}×   requests a second {rate:>5.0f}, gthread {plain_rate:>5.0f}",
        flush=True,
    )
    return cpu / plain


def _load(page, group, port, cookies):
    """Make one round of requests; return the CPU and wall-clock seconds it took."""
    before, began = _cpu_seconds(group), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda _: _ask_often(page, port, cookies), range(CLIENTS)))
    return _cpu_seconds(group) - before, time.monotonic() - began


def _ask_often(page, port, cookies):
    line = http.client.HTTPConnection("127.0.0.1", int(port))
    for _ in range(REQUESTS):
        line.request("GET", page, headers={"Host": "portal.example", "Cookie": cookies})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    line.close()


def _cpu_seconds(group):
    """User and system time of all processes in the group: fields 14 and 15 of /proc/<pid>/stat."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # the process ended meanwhile
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
