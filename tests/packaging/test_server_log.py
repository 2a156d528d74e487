"""All that the server of production writes to standard error is lines of JSON, and none tells of a person."""

import json
import logging
import shutil
import signal
import socket
import subprocess

import pytest

from portal.observability import formatter
from tests.packaging.surroundings import ROOT, ask, free_port, production

ENTRY = "deploy/entrypoint.sh"
NONSENSE = [
    b"GET /accounts/email-token HTTP/9.9\r\n\r\n",
    b"email-token\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: portal.example\r\nemail token: x\r\n\r\n",
    b"GET http://portal.example/accounts/email-token/ HTTP/1.1\r\n\r\n",
    b"GET /accounts/email-token HTTP/1.1\r\nHost: portal.example\r\nTransfer-Encoding: email-token\r\n\r\n",
]


def say(port, words):
    with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as line:
        line.sendall(words)
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass


@pytest.mark.once
@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_every_line_of_the_server_is_json_and_names_nobody(level, tmp_path, migrated_file, collected):
    shutil.copy(migrated_file, tmp_path / "portal.sqlite3")
    env = production(tmp_path, PORT=free_port(), WEB_CONCURRENCY="", LOG_LEVEL=level)
    web = subprocess.Popen([ENTRY, "web"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    try:
        assert ask(env["PORT"], "/livez")[0] == 200
        for words in NONSENSE:
            say(env["PORT"], words)
    finally:
        web.send_signal(signal.SIGTERM)
        written = web.communicate(timeout=60)[1]
    lines = [json.loads(line) for line in written.splitlines()]
    assert all({"event", "level", "timestamp", "logger"} <= set(line) for line in lines)
    assert sum(line["event"].startswith("Starting gunicorn") for line in lines) == 1
    assert "127.0.0.1" not in written
    assert "token" not in written
    assert any(line.get("route") == "livez" for line in lines) is (level == "DEBUG")


SAID = [
    (
        "gunicorn.error",
        "Listening at: %s (%s)",
        ("http://0.0.0.0:8000", 7),
        "Listening at: http://0.0.0.0:8000 (7)",
    ),
    ("gunicorn.error", "Worker (pid:%s) was sent %s!", (7, "SIGKILL"), "Worker (pid:7) was sent SIGKILL!"),
    (
        "gunicorn.error",
        "Invalid request from ip=192.0.2.7: Bad thing: b'GET /token'",
        (),
        "Invalid request: Bad thing",
    ),
    ("gunicorn.error", "Invalid request from ip=2001:db8::7: 100% wrong", (), "Invalid request: 100% wrong"),
    (
        "gunicorn.error",
        "Error handling request %s %s",
        ("GET", "/a/token"),
        "Error handling request GET (path)",
    ),
    ("gunicorn.error", "Error handling request %s", ("https://x/token",), "Error handling request (path)"),
    ("gunicorn.error", "Worker exception: %s", (ValueError("token"),), "Worker exception: ValueError"),
    ("gunicorn.error", ValueError("token"), (), "ValueError"),
    ("uvicorn.error", "%s - connection made", ("192.0.2.7:50000",), "(address):50000 - connection made"),
    ("uvicorn.error", "%s gone", ("[2001:db8::7]:50000",), "[(address)]:50000 gone"),
    ("asyncio", "Fatal error\ntransport: <raddr=('192.0.2.7', 5)>\ntoken", (), "Fatal error"),
    ("gunicorn.error", "Can't connect to %s", ("('0.0.0.0', 80)",), "Can't connect to 0.0.0.0:80"),
    ("gunicorn.error", "Connection in use: %s", ("('0.0.0.0', 80)",), "Connection in use: 0.0.0.0:80"),
    ("asyncio", "%(what)s failed", ({"what": "accept"},), "accept failed"),
]


@pytest.mark.parametrize(("name", "words", "args", "written"), SAID)
def test_what_came_over_a_connection_is_taken_out(name, words, args, written):
    record = logging.LogRecord(name, logging.ERROR, "", 0, words, args, None)
    line = formatter(readable=False).format(record)
    assert json.loads(line)["event"] == written
    assert "token" not in line


def test_other_loggers_say_what_they_say():
    record = logging.LogRecord("django.server", logging.INFO, "", 0, "said 'it' to 192.0.2.7", (), None)
    assert json.loads(formatter(readable=False).format(record))["event"] == "said 'it' to 192.0.2.7"
