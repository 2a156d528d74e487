"""The server of production, and bodies that it must not take in."""

import http.client

import pytest

from tests.support.servers import migrated_env, web_server

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with web_server(migrated_env(tmp_path_factory.mktemp("served"), WEB_CONCURRENCY="1")) as port:
        yield port


def answer(port, *chunks, **headers):
    """To a form for the sign-in of which no more than these chunks is ever sent."""
    line = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    line.putrequest("POST", "/accounts/login/", skip_host=True)
    spoken = {"Host": "portal.example", "Content-Type": "multipart/form-data; boundary=x"}
    for name, value in (spoken | headers).items():
        line.putheader(name, value)
    line.endheaders()
    for chunk in chunks:
        line.send(chunk)
    response = line.getresponse()
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
