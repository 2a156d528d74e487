"""One connection of the server: when it is ended, and what it may hold until then."""

import asyncio
import select
import socket
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
from uvicorn import Config, Server

from portal.server.connections import MAX_HEADERS, MAX_HEADERS_SIZE, TimedProtocol, Worker

pytestmark = pytest.mark.once

HOST = "Host: portal.example\r\n"
GET = f"GET / HTTP/1.1\r\n{HOST}\r\n"
LARGE = 8 * 1024 * 1024
"""Bytes: more than the sockets of both sides take up by themselves."""


class Hurried(TimedProtocol):
    """The same with deadlines of a moment, and room for a few."""

    headers_seconds = 0.3
    allowed_seconds = staticmethod(lambda size: 0.3)
    most_connections = 3
    waiting = {}


async def application(scope, receive, send):
    """Answers with the method, or with much where the path says so."""
    body = b"x" * LARGE if scope["path"] == "/large" else scope["method"].encode()
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port():
    options = {
        **Worker.CONFIG_KWARGS,
        "http": Hurried,
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": 1,
    }
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(Config(application, **options, log_config=None))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(timeout=30)


@contextmanager
def connected(port, *words):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        with suppress(ConnectionError):  # the other side may have ended it before the last word
            for word in words:
                line.sendall(word.encode())
        yield line


def all_of(line):
    """Everything until the other side ends it, in an orderly way or not."""
    got = b""
    try:
        while chunk := line.recv(65536):
            got += chunk
    except ConnectionResetError:
        got += b"(reset)"
    return got


def answers(port, *words):
    """The lines of status that a connection gets until it is ended."""
    with connected(port, *words) as line:
        return [part[:3].decode() for part in all_of(line).split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("words", ["", "GET / HTTP/1.1\r\nX: a", "\r\n"])
def test_a_connection_without_whole_headers_is_ended(port, words):
    assert answers(port, words) == []


def test_a_byte_puts_nothing_off(port):
    with connected(port, "GET / HTTP/1.1\r\nX: ") as line:
        line.settimeout(0.05)
        for _ in range(100):
            try:
                line.sendall(b"a")
                if line.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                return
    pytest.fail("The connection was never ended.")


def test_the_next_request_has_its_time_as_well(port):
    assert answers(port, GET, "GET / HTTP/1.1\r\nX: a") == ["200"]


def test_one_request_after_the_other_is_answered(port):
    with connected(port) as line:
        for _ in range(5):
            line.sendall(GET.encode())
            got = b""
            while not got.endswith(b"\r\n\r\nGET"):
                got += line.recv(65536)


def test_a_request_that_does_not_wait_for_the_answer_is_not_read(port):
    assert answers(port, GET.replace("/ ", "/slow ") + GET * 50) == ["200"]


def test_nonsense_behind_a_request_does_not_take_its_answer_away(port):
    assert answers(port, GET.replace("/ ", "/slow ") + "nonsense\r\n\r\n") == ["200"]


def test_nothing_is_read_behind_headers_that_tell_no_length(port):
    chunked = f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n"
    assert answers(port, chunked, "a:\r\n" * 100_000) == ["200"]


def test_there_may_be_so_many_headers(port):
    def with_headers(count):
        lines = "".join(f"X-{number}: 1\r\n" for number in range(count))
        return f"GET / HTTP/1.1\r\n{HOST}{lines}Connection: close\r\n\r\n"

    assert answers(port, with_headers(MAX_HEADERS - 2)) == ["200"]
    assert answers(port, with_headers(MAX_HEADERS - 1)) == ["400"]


def test_headers_that_come_all_at_once_have_the_same_limit(port):
    def with_header_of(size):
        return f"GET / HTTP/1.1\r\n{HOST}X: {'a' * size}\r\nConnection: close\r\n\r\n"

    assert answers(port, with_header_of(MAX_HEADERS_SIZE - 500)) == ["200"]
    assert answers(port, with_header_of(MAX_HEADERS_SIZE)) in (["400"], [])  # read in one piece, or in two


def test_endless_headers_are_ended(port):
    assert answers(port, "GET / HTTP/1.1\r\nX: ", *["a" * 60_000] * 10) == []


def test_an_answer_that_is_not_read_is_ended_even_if_more_is_asked_for(port):
    with connected(port, GET.replace("/ ", "/large "), GET) as line:
        ended = select.poll()
        ended.register(line, select.POLLHUP)  # and nothing of what may be read
        assert ended.poll(5_000)


def test_an_answer_that_is_read_leaves_the_connection_open(port):
    with connected(port, GET.replace("/ ", "/large ")) as line:
        got = 0
        while got < LARGE:
            got += len(line.recv(1 << 20))
        line.sendall(GET.encode())
        assert b"HTTP/1.1 200" in line.recv(65536)


def test_whoever_has_said_all_still_reads_the_answer(port):
    with connected(port, GET.replace("/ ", "/slow ")) as line:
        line.shutdown(socket.SHUT_WR)
        assert all_of(line).startswith(b"HTTP/1.1 200")


def test_the_connection_that_waits_the_longest_makes_room(port):
    with connected(port, "GET / ") as first, connected(port), connected(port), connected(port, GET) as last:
        assert last.recv(65536).startswith(b"HTTP/1.1 200")
        assert all_of(first) in (b"", b"(reset)")
