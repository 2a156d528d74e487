"""The server of production, and bodies that it must not take in."""

import http.client
import sys

import pytest

from tests.packaging.surroundings import run
from tests.support.proxy import caddy, speak_tls
from tests.support.servers import ready_env, web_server

pytestmark = pytest.mark.once

MIB = 1024 * 1024


SIGNED_IN = """
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.create_user("partner@client.example", "violet-harbour-62"))
print(client.cookies["portal-session"].value)
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory, migrated_file):
    return ready_env(tmp_path_factory.mktemp("served"), migrated_file, WEB_CONCURRENCY="1")


@pytest.fixture(scope="module")
def port(env):
    with web_server(env) as port:
        yield port


@pytest.fixture(scope="module")
def session(env):
    """The cookie of a person who is signed in."""
    said = run(sys.executable, "manage.py", "shell", "--verbosity=0", "--command", SIGNED_IN, env=env)
    return f"portal-session={said.stdout.split()[-1]}"


def answer(port, *chunks, path="/accounts/login/", tls=False, **headers):
    """To a form for that address of which no more than these chunks is ever sent."""
    line = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    if tls:
        line.sock = speak_tls(port)
    line.putrequest("POST", path, skip_host=True)
    spoken = {"Host": "portal.example", "Content-Type": "multipart/form-data; boundary=x"}
    for name, value in (spoken | headers).items():
        line.putheader(name, value)
    line.endheaders()
    for chunk in chunks:
        line.send(chunk)
    response = line.getresponse()
    response.text = response.read().decode()
    line.close()
    return response


def test_a_large_body_is_refused_before_it_comes(port):
    response = answer(port, **{"Content-Length": str(400 * MIB)})
    assert response.status == 413
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_body_in_chunks_is_refused_before_it_ends(port):
    response = answer(port, b"5\r\nhello\r\n", **{"Transfer-Encoding": "chunked"})
    assert response.status == 411
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_ordinary_body_is_read(port):
    body = b"--x--\r\n"
    assert answer(port, body, **{"Content-Length": str(len(body))}).status == 403


FORM = "/registrations/new/"
PART = b'--x\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n\r\n'
LONG = PART + bytes(11 * MIB) + b"\r\n--x--\r\n"


def test_a_long_form_of_a_signed_in_person_is_read(port, session):
    """The answer is about what is in it: it has no token."""
    long = {"Content-Length": str(len(LONG)), "Cookie": session}
    assert answer(port, LONG, path=FORM, **long).status == 403
    too_long = {"Content-Length": str(12 * MIB + 1), "Cookie": session}
    assert answer(port, path=FORM, **too_long).status == 413
    assert answer(port, path="/registrations/import/", **long).status == 413


@pytest.mark.parametrize(
    "cookie", ["", "portal-session=abcdefghijklmnopqrstuvwxyz012345", "portal-session=;"]
)
def test_a_long_form_of_nobody_is_refused_before_it_comes(port, cookie):
    assert answer(port, path=FORM, **{"Content-Length": str(len(LONG)), "Cookie": cookie}).status == 413


def test_the_shipped_proxy_lets_the_portal_say_what_is_too_large(port, session, tmp_path):
    with caddy(tmp_path, port) as proxy:
        cookie = {"Cookie": session, "Host": f"portal.example:{proxy}"}
        read = answer(proxy, LONG, path=FORM, tls=True, **cookie, **{"Content-Length": str(len(LONG))})
        body = bytes(12 * MIB + 1)
        refused = answer(proxy, body, path=FORM, tls=True, **cookie, **{"Content-Length": str(len(body))})
        assert (read.status, refused.status) == (403, 413)
        assert "Open the form as it was last saved" in refused.text
