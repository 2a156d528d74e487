"""Checks that really connect, to servers on this machine."""

import socket
import threading

import pytest

from registrations.preflight.network import Internet, check, look_up
from registrations.preflight.targets import target_of
from registrations.preflight.verdicts import Verdict, is_public
from tests.preflight.servers import HOST, serving

PAGE = target_of("tos_uri", f"https://{HOST}/legal/tos.html?lang=en#top")
CALLBACK = target_of("redirect_uris", f"https://{HOST}/callback")
OK = b"HTTP/1.1 200 OK\r\n"
INSIDE = """127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 127.0.0.01 ::1 0:0:0:0:0:0:0:1 ::127.0.0.1
::ffff:127.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1 64:ff9b:1::7f00:1 2002:7f00:1:: 2001::7f00:1
fe80::1 fe80::1%lo fd00::1 fec0::1 ff02::1 :: 0.0.0.0 10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1
169.254.169.254 192.0.2.1 198.18.0.1 224.0.0.1 255.255.255.255 2001:db8::1 localhost"""
KILOBYTE = b"x" * 1023 + b"\n"


@pytest.fixture
def towards(authority):
    """``towards(server)`` is an internet in which every name leads to that server."""

    def made(server, **changes):
        here = {
            "look_up": lambda host: ["127.0.0.1"],
            "is_public": lambda address: True,
            "trust": authority.trust,
            "port": server.port,
            "seconds": 20,
        }
        return Internet(**(here | changes))

    return made


@pytest.fixture
def verdict_on(authority, towards):
    """The verdict on the page of a server that answers with these pieces."""

    def verdict(*pieces, made_by=None, context=None, **changes):
        with serving(context or authority.context(), *pieces, made_by=made_by) as server:
            found = check(PAGE, towards(server, **changes))
        assert not server.gave_up
        return found

    return verdict


def test_a_page_answers(authority, towards):
    with serving(authority.context(), OK, b"Content-Length: 5\r\n\r\n", b"hello") as server:
        assert check(PAGE, towards(server)) is Verdict.ANSWERS
    assert server.names == [HOST]


def test_the_request_says_where_who_and_nothing_else(authority, towards):
    with serving(authority.context(), OK, b"\r\n") as server:
        check(PAGE, towards(server))
    assert server.requests[0].decode().split("\r\n") == [
        "GET /legal/tos.html?lang=en HTTP/1.1",
        f"Host: {HOST}",
        "User-Agent: pleo-client-registration-portal",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]


def test_a_callback_is_never_asked_for(authority, towards):
    with serving(authority.context(), OK, b"\r\n") as server:
        assert check(CALLBACK, towards(server)) is Verdict.ANSWERS
    assert server.visits == 1
    assert server.requests == [b""]
    assert server.names == [HOST]


def test_a_callback_with_a_wrong_certificate_is_at_fault(authority, towards):
    with serving(authority.context("other.example")) as server:
        assert check(CALLBACK, towards(server)) is Verdict.FAULT


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "308 For good"])
def test_a_redirect_is_not_followed(authority, towards, status):
    with serving(authority.context(), OK, b"\r\n") as further:
        answer = f"HTTP/1.1 {status}\r\nLocation: https://{HOST}:{further.port}/\r\n\r\n".encode()
        with serving(authority.context(), answer) as server:
            assert check(PAGE, towards(server)) is Verdict.FAULT
        assert (server.visits, further.visits) == (1, 0)


@pytest.mark.parametrize("status", ["404 Not Found", "403 No", "500 Oops", "101 Switching", "999 What"])
def test_an_error_is_at_fault(verdict_on, status):
    assert verdict_on(f"HTTP/1.1 {status}\r\n\r\n".encode()) is Verdict.FAULT


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"\x00" * 5000,
        OK + b"x: " + b"y" * 70_000 + b"\r\n\r\n",
        OK + b"".join(b"h%d: %s\r\n" % (number, b"v" * 900) for number in range(90)) + b"\r\n",
        OK + b"".join(b"h%d: v\r\n" % number for number in range(5000)) + b"\r\n",
    ],
    ids=["ssh", "no status", "zeros", "long header", "big headers", "many headers"],
)
def test_what_is_no_answer_of_the_web_is_at_fault(verdict_on, answer):
    assert verdict_on(answer) is Verdict.FAULT


@pytest.mark.parametrize(
    "head",
    [b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"Content-Length: 1000000000000000\r\n\r\n"],
    ids=["to the end", "chunked", "claimed"],
)
def test_of_an_endless_page_the_beginning_is_enough(verdict_on, head):
    def endless(server):
        yield OK + head
        while True:
            yield b"400\r\n" + KILOBYTE + b"\r\n" if b"chunked" in head else KILOBYTE

    assert verdict_on(made_by=endless) is Verdict.ANSWERS


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 1000000000000000\r\n\r\nshort",
        b"Content-Length: -7\r\n\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\n-5\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\nmany\r\nshort",
    ],
    ids=["long claim", "negative", "long chunk", "negative chunk", "no number"],
)
def test_a_length_that_is_no_length_does_no_harm(verdict_on, body):
    assert verdict_on(OK + body) is Verdict.ANSWERS


def test_a_line_that_is_closed_without_a_word_is_no_answer(verdict_on):
    assert verdict_on() is Verdict.SILENT


def drips(before, whole):
    """``whole`` byte by byte: five seconds and more, if somebody waits that long."""

    def pieces(server):
        yield before
        for place in range(len(whole)):
            if server.pause():
                return
            yield whole[place : place + 1]

    return pieces


@pytest.mark.parametrize(
    ("before", "whole"),
    [
        (b"", OK + b"Name: " + b"x" * 100 + b"\r\n\r\n"),
        (OK, b"Name: " + b"x" * 100 + b"\r\n\r\n"),
        (OK + b"\r\n", b"x" * 100),
        (OK + b"Content-Length: 100\r\n\r\n", b"x" * 100),
    ],
    ids=["from the start", "headers", "body", "body of known length"],
)
def test_an_answer_that_drips_is_none(verdict_on, before, whole):
    assert verdict_on(made_by=drips(before, whole), seconds=0.5) is Verdict.SILENT


def test_a_server_that_says_nothing_does_not_answer(towards):
    with serving(None) as server:
        assert check(PAGE, towards(server, seconds=0.5)) is Verdict.SILENT
    assert server.visits == 1


def test_a_port_where_nobody_listens_does_not_answer(authority, towards):
    with serving(authority.context()) as server:
        pass
    assert check(PAGE, towards(server)) is Verdict.SILENT


@pytest.mark.parametrize("odd", [{"host": "other.example"}, {"begins": -9, "ends": -2}])
def test_a_certificate_that_browsers_refuse_is_at_fault(authority, towards, odd):
    with serving(authority.context(**odd), OK, b"\r\n") as server:
        assert check(PAGE, towards(server)) is Verdict.FAULT
    assert not server.requests


def test_an_unknown_authority_is_not_trusted(authority, towards):
    with serving(authority.context(), OK, b"\r\n") as server:
        assert check(PAGE, towards(server, trust=Internet().trust)) is Verdict.FAULT
    assert not server.requests


def public_or_here(address):
    """The real table, with this one machine added."""
    return is_public(address) or address.number == 0x7F000001


@pytest.mark.parametrize("other", ["10.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1%eth0"])
def test_one_private_address_spoils_the_answer(authority, towards, other):
    with serving(authority.context(), OK, b"\r\n") as server:
        for answer in (["127.0.0.1", other], [other, "127.0.0.1"]):
            internet = towards(server, look_up=lambda host: answer, is_public=public_or_here)
            assert check(PAGE, internet) is Verdict.NOT_PUBLIC
    assert server.visits == 0


@pytest.mark.parametrize(
    "address",
    INSIDE.split(),
)
def test_no_address_inside_is_connected_to(authority, towards, address):
    with serving(authority.context(), OK, b"\r\n") as server:
        internet = towards(server, look_up=lambda host: [address], is_public=is_public)
        assert check(PAGE, internet) is Verdict.NOT_PUBLIC
    assert server.visits == 0


def test_the_name_is_looked_up_once(authority, towards):
    asked = []

    def rebinds(host):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving(authority.context(), OK, b"\r\n") as server:
        assert check(PAGE, towards(server, look_up=rebinds)) is Verdict.ANSWERS
    assert asked == [HOST]


def test_the_next_address_is_tried_where_one_is_away(authority, towards):
    with serving(authority.context(), OK, b"\r\n") as server:
        internet = towards(server, look_up=lambda host: ["::1", "127.0.0.1"])
        assert check(PAGE, internet) is Verdict.ANSWERS


def unknown(host):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("look_up", [unknown, lambda host: []], ids=["unknown", "no address"])
def test_a_name_without_address_does_not_answer(look_up):
    assert check(PAGE, Internet(look_up=look_up)) is Verdict.SILENT


def test_a_late_name_server_does_not_hold_the_check():
    answered = threading.Event()
    internet = Internet(look_up=lambda host: [] if answered.wait(20) else ["127.0.0.1"], seconds=0.2)
    assert check(PAGE, internet) is Verdict.SILENT
    answered.set()


def test_a_host_that_is_private_by_its_name_is_not_looked_up():
    def never(host):
        raise AssertionError(host)

    for uri in ("https://10.0.0.1/", "https://db.internal/", "https://10.0.0.5.nip.io/"):
        assert check(target_of("client_uri", uri), Internet(look_up=never)) is Verdict.NOT_PUBLIC


@pytest.mark.parametrize("address", ["127.0.0.1", "8.8.8.8", "2001:4860:4860::8888"])
def test_an_address_needs_no_name_server(address):
    assert look_up(address) == [address]
