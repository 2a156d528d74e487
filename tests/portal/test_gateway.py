"""From the event loop to the threads: what a WSGI application gets, and who answers when none does."""

import asyncio
from threading import Event

import pytest

from portal.security import REFUSED
from portal.server.bodies import Bodies, Refused
from portal.server.gateway import Gateway

pytestmark = pytest.mark.once

HOST = [(b"host", b"portal.example")]


def spelled(environ, start_response):
    """Answers with what it was given, one name a line."""
    start_response("200 OK", [("Set-Cookie", " blank=before")])
    given = {**environ, "wsgi.input": environ["wsgi.input"].read()}
    return ["\n".join(f"{name}={given[name]}" for name in sorted(given)).encode()]


async def ask(gateway, path="/", *, method="GET", headers=(), body=(b"",), query=b"", goes_away=False):
    """Status, headers and text; nothing where the client goes away after the last chunk of ``body``."""
    chunks, sent = list(body), []

    async def receive():
        if not chunks:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunks.pop(0), "more_body": goes_away or bool(chunks)}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [*HOST, *headers],
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.1", 4711),
    }
    await gateway(scope, receive, send)
    return (sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"].decode()) if sent else None


def environ(**request):
    gateway = Gateway(spelled, threads=1, longest_body=100)
    status, _, text = asyncio.run(ask(gateway, **request))
    assert status == 200
    return dict(line.split("=", 1) for line in text.splitlines())


def form(*chunks, length):
    headers = [(b"content-length", str(length).encode()), (b"content-type", b"text/plain")]
    return {"method": "POST", "headers": headers, "body": chunks}


def test_a_request_arrives_with_its_address_and_peer():
    given = environ(path="/caf%C3%A9/%2F", query=b"a=%20b")
    assert given["PATH_INFO"].encode("latin-1").decode() == "/café//"
    assert given["QUERY_STRING"] == "a=%20b"
    assert given["REMOTE_ADDR"] == "192.0.2.1"
    assert given["HTTP_HOST"] == "portal.example"


def test_a_header_with_an_underscore_passes_for_no_other():
    spoof = [(b"x_forwarded_for", b"10.0.0.1"), (b"x-forwarded-for", b"192.0.2.9")]
    assert environ(headers=spoof)["HTTP_X_FORWARDED_FOR"] == "192.0.2.9"
    assert "HTTP_X_FORWARDED_FOR" not in environ(headers=spoof[:1])


def test_headers_that_are_repeated_are_joined():
    twice = [(b"x-forwarded-for", b"a"), (b"x-forwarded-for", b"b"), (b"cookie", b"c=1"), (b"cookie", b"d=2")]
    given = environ(headers=twice)
    assert given["HTTP_X_FORWARDED_FOR"] == "a,b"
    assert given["HTTP_COOKIE"] == "c=1; d=2"


def test_a_body_arrives_whole():
    given = environ(**form(b"one ", b"two", b"", length=7))
    assert given["wsgi.input"] == "b'one two'"
    assert given["CONTENT_LENGTH"] == "7"
    assert given["CONTENT_TYPE"] == "text/plain"


def arriving(*sizes, then=None):
    """A body in chunks of these sizes, after which the next one is waited for in vain."""
    left = [*sizes]

    async def receive():
        if not left:
            await then.wait()
        size = left.pop(0)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(left or then)}

    return receive


def test_the_slowest_body_makes_room_for_others():
    bodies = Bodies(memory=100)

    async def read(receive):
        try:
            async with bodies.whole(receive, 80) as body:
                return len(body.read())
        except Refused as refused:
            return refused.status

    async def visits():
        slow = asyncio.create_task(read(arriving(60, then=asyncio.Event())))
        await asyncio.sleep(0)
        quick = await read(arriving(40, 40))
        return await slow, quick, await read(arriving(80))

    assert asyncio.run(visits()) == (503, 80, 80)


def test_bodies_that_are_worked_on_leave_no_room_for_more():
    bodies = Bodies(memory=100)

    async def visits():
        async with bodies.whole(arriving(80), 80):
            with pytest.raises(Refused) as refused:
                async with bodies.whole(arriving(80), 80):
                    pass
        async with bodies.whole(arriving(80), 80) as body:
            return refused.value.status, len(body.read())

    assert asyncio.run(visits()) == (503, 80)


def test_a_body_that_is_too_long_is_left_unread():
    given = environ(**form(length=101))
    assert given["wsgi.input"] == "b''"
    assert given["CONTENT_LENGTH"] == "101"


@pytest.mark.parametrize(("is_too_long", "read"), [(True, "b''"), (False, "b'" + "x" * 101 + "'")])
def test_a_longer_body_is_read_if_the_application_allows_it(is_too_long, read):
    asked = []

    def answer(environ, length):
        asked.append((environ["PATH_INFO"], length))
        return is_too_long

    gateway = Gateway(spelled, threads=1, longest_body=100, is_too_long=answer)
    _, _, text = asyncio.run(ask(gateway, "/long/", **form(b"x" * 101, length=101)))
    assert f"wsgi.input={read}" in text
    assert asked == [("/long/", 101)]


def test_an_application_that_does_not_say_whether_a_body_is_too_long_is_busy():
    go = Event()
    gateway = Gateway(
        Waiting(), threads=1, longest_body=100, is_too_long=lambda *_: go.wait(30), answer_seconds=0.1
    )

    async def visit():
        answer = await ask(gateway, **form(b"x" * 101, length=101))
        go.set()
        return answer

    assert asyncio.run(visit())[0] == 503


def test_a_body_of_unknown_length_is_left_unread():
    chunked = [(b"transfer-encoding", b"chunked")]
    assert environ(method="POST", headers=chunked, body=())["HTTP_TRANSFER_ENCODING"] == "chunked"


def test_a_request_whose_client_went_away_never_runs():
    ran = Event()

    def wsgi(environ, start_response):
        ran.set()

    gateway = Gateway(wsgi, threads=1, longest_body=100)
    assert asyncio.run(ask(gateway, **form(b"half", length=7), goes_away=True)) is None
    assert not ran.is_set()


@pytest.mark.parametrize("given", [b"", b"two words", b"a" * 65])
def test_each_request_has_an_id(given):
    headers = [(b"x-request-id", given)]
    assert environ(headers=headers)["HTTP_X_REQUEST_ID"] not in ("", given.decode())
    assert environ(headers=[(b"x-request-id", b"kept-1")])["HTTP_X_REQUEST_ID"] == "kept-1"


def test_blanks_around_a_value_are_dropped():
    _, headers, _ = asyncio.run(ask(Gateway(spelled, threads=1, longest_body=100)))
    assert headers[b"Set-Cookie"] == b"blank=before"


def test_an_answer_says_how_long_it_is():
    _, headers, text = asyncio.run(ask(Gateway(spelled, threads=1, longest_body=100)))
    assert int(headers[b"Content-Length"]) == len(text.encode())


class Waiting:
    """An application whose ordinary pages wait until they are let go."""

    def __init__(self):
        self.go, self.began = Event(), []

    def __call__(self, environ, start_response):
        refused = environ.get(REFUSED)
        if not refused and environ["PATH_INFO"] != "/livez":
            self.began.append(environ["PATH_INFO"])
            self.go.wait(30)
        start_response("503 Busy" if refused else "200 OK", [])
        return [environ["PATH_INFO"].encode()]


def test_others_are_told_in_time_when_every_thread_waits():
    application = Waiting()
    gateway = Gateway(application, threads=1, longest_body=100, answer_seconds=0.5)

    async def visits():
        stuck, queued = await asyncio.gather(ask(gateway, "/stuck"), ask(gateway, "/queued"))
        alive = await ask(gateway, "/livez")
        application.go.set()
        return stuck[0], queued[0], alive[0], (await ask(gateway, "/later"))[0]

    assert asyncio.run(visits()) == (503, 503, 200, 200)
    assert application.began == ["/stuck", "/later"]


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_only_a_probe_has_the_thread_of_probes(method):
    """A form may lead to a look-up of the session, for which that thread must not wait."""
    application = Waiting()
    gateway = Gateway(application, threads=1, longest_body=100, answer_seconds=0.5)

    async def visits():
        await ask(gateway, "/stuck")
        form, probe = await asyncio.gather(ask(gateway, "/livez", method=method), ask(gateway, "/livez"))
        application.go.set()
        return form[0], probe[0]

    assert asyncio.run(visits()) == (503, 200)


def test_a_probe_brings_no_session():
    assert "HTTP_COOKIE" not in environ(path="/livez", headers=[(b"cookie", b"portal-session=x")])


def test_an_answer_that_has_begun_is_waited_for():
    late = Event()

    def streaming(environ, start_response):
        start_response("503 Busy" if REFUSED in environ else "200 OK", [])
        yield b"first "
        late.wait(1)
        yield b"last"

    gateway = Gateway(streaming, threads=1, longest_body=100, answer_seconds=0.5)
    status, _, text = asyncio.run(ask(gateway))
    assert (status, text) == (200, "first last")
