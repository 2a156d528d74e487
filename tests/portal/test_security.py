from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.security import REFUSED, PortalHandler

pytestmark = [pytest.mark.urls("tests.portal.urls"), pytest.mark.django_db]

MIB = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/livez", 200),
        ("/t/plain/x/", 200),
        ("/t/forbidden/", 403),
        ("/missing/", 404),
        ("/t/throttled/", 429),
        ("/t/crashing/", 500),
        ("/t/without-database/", 503),
        ("/t/wrong-statement/", 500),
        ("/t/plain/%00/", 400),
        ("/t/plain/x", 301),
    ],
)
def test_every_answer_carries_the_headers(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "publickey-credentials-get=(self)" in response["Permissions-Policy"]
    assert "noindex" in response["X-Robots-Tag"]


def test_the_redirect_to_https_carries_the_headers(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/t/plain/x/")
    assert response.status_code == 301
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_https_is_remembered(client):
    assert "includeSubDomains" in client.get("/t/plain/x/", secure=True)["Strict-Transport-Security"]


def test_static_files_carry_the_headers(settings, tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    settings.STATIC_ROOT = tmp_path
    response = Client().get("/static/a.css")
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "max-age" in response["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response
    response.close()


def test_a_page_that_says_how_to_cache_it_is_believed(client):
    assert "immutable" in client.get("/t/immutable/")["Cache-Control"]


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("redirects", [True, False])
def test_an_unknown_host_is_a_bad_request_with_the_headers(secure, redirects, settings):
    settings.SECURE_SSL_REDIRECT = redirects
    response = Client().get("/t/plain/x/", headers={"Host": "evil.example"}, secure=secure)
    assert response.status_code == 400
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "charset", ["utf-7", "utf8", "utf-16", "latin-1", "hex", "rot13", "idna", "no-such", "", "x" * 999]
)
@pytest.mark.parametrize("page", ["echo", "guarded"])
def test_a_form_in_another_encoding_is_a_bad_request(charset, page):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    response = client.generic("POST", f"/t/{page}/", b"text=a", content_type=f"{FORM}; charset={charset}")
    assert response.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_form_in_utf_8_is_read(client, charset):
    response = client.generic("POST", "/t/echo/", b"text=%C3%A4", content_type=f"{FORM}; charset={charset}")
    assert (response.status_code, response.content.decode()) == (200, "ä")


@pytest.mark.parametrize(
    "content_type",
    [
        f"{FORM}; charset=a\x00b",
        f"{FORM}; charset*=no-such''utf-8",
        f"{FORM}; charset*=a\x00''utf-8",
        "multipart/form-data; boundary=\x00",
        "multipart/form-data",
        "multipart/form-data; boundary=é",
    ],
)
def test_a_content_type_that_is_nonsense_is_a_bad_request(content_type):
    environ = {
        **Client()._base_environ(PATH_INFO="/t/echo/", REQUEST_METHOD="POST"),
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "6",
        "wsgi.input": BytesIO(b"text=a"),
    }
    started = []
    response = PortalHandler()(environ, lambda status, headers: started.append(status))
    response.close()
    assert started == ["400 Bad Request"]


@pytest.mark.parametrize("path", ["/t/plain/%00/", "/t/plain/x/?a=%00", "/t/plain/x/?%00=a", "/static/%00"])
def test_a_nul_in_an_address_is_a_bad_request(client, path):
    assert client.get(path).status_code == 400


def test_a_nul_in_a_cookie_is_a_bad_request(client, settings):
    client.cookies.load(f'{settings.SESSION_COOKIE_NAME}="a\\000b"')
    assert client.get("/t/plain/x/").status_code == 400


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%FF%FE", "%C3", "%u0000"])
def test_odd_bytes_in_a_form_are_no_fault_of_ours(client, text):
    assert client.post("/t/echo/", f"text={text}".encode(), content_type=FORM).status_code == 200


@pytest.mark.parametrize("debug", [False, True])
def test_too_many_fields_are_a_bad_request(client, settings, debug):
    settings.DEBUG = debug
    assert client.get("/t/plain/x/?" + "a=1&" * 400).status_code == 400


class Unread:
    """A body that fails the test when anything reads it."""

    def read(self, size=-1):
        raise AssertionError("The body was read.")

    readline = read


def answer_unread(path, **environ):
    """Status and headers of the answer to a POST whose body nobody may read."""
    whole = {
        **Client()._base_environ(PATH_INFO=path, REQUEST_METHOD="POST"),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "wsgi.input": Unread(),
        "wsgi.input_terminated": True,
        **environ,
    }
    started = []
    response = PortalHandler()(whole, lambda status, headers: started.append((status, dict(headers))))
    response.close()
    return started[0]


TOO_MUCH = [
    ({"CONTENT_LENGTH": str(3 * MIB + 1)}, "413 Request Entity Too Large"),
    ({"CONTENT_LENGTH": str(400 * MIB)}, "413 Request Entity Too Large"),
    ({"CONTENT_LENGTH": str(400 * MIB), "REQUEST_METHOD": "GET"}, "413 Request Entity Too Large"),
    ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411 Length Required"),
    ({"HTTP_TRANSFER_ENCODING": "gzip, chunked", "CONTENT_LENGTH": "6"}, "411 Length Required"),
    ({"CONTENT_LENGTH": "many"}, "400 Bad Request"),
    ({"CONTENT_LENGTH": "-1"}, "400 Bad Request"),
    ({"CONTENT_LENGTH": "9" * 5000}, "400 Bad Request"),
]


@pytest.mark.parametrize("path", ["/t/echo/", "/accounts/login/", "/static/a.css", "/livez", "/missing/"])
@pytest.mark.parametrize(("environ", "status"), TOO_MUCH)
def test_a_body_too_large_or_of_unknown_length_is_not_read(path, environ, status):
    answered, headers = answer_unread(path, **environ)
    assert answered == status
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_counts_as_part_of_the_body(client):
    file = SimpleUploadedFile("a.png", b"x" * (3 * MIB))
    response = client.post("/t/echo/", {"text": "a", "file": file})
    assert response.status_code == 413
    assert "logo can be at most 1 MiB" in response.content.decode()


def test_a_logo_and_long_lists_are_read(client):
    file = SimpleUploadedFile("a.png", b"x" * MIB)
    response = client.post("/t/echo/", {"text": "a" * (3 * MIB // 2), "file": file})
    assert (response.status_code, len(response.content)) == (200, 3 * MIB // 2)


@pytest.mark.parametrize("room", [0, 1])
def test_a_body_may_have_three_mebibytes_to_the_byte(client, room):
    response = client.post("/t/echo/", b"text=" + b"a" * (3 * MIB - 5 + room), content_type=FORM)
    assert response.status_code == (413 if room else 200)


def test_a_request_without_a_length_has_no_body():
    environ = {**Client()._base_environ(PATH_INFO="/t/plain/x/"), "CONTENT_LENGTH": ""}
    started = []
    PortalHandler()(environ, lambda status, headers: started.append(status)).close()
    assert started == ["200 OK"]


def test_a_form_without_its_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/t/guarded/", {"text": "a"})
    assert response.status_code == 403
    assert "templates" not in response.content.decode()
    assert response.templates[0].name == "403_csrf.html"


def test_a_page_whose_database_is_away_says_when_to_come_back(client):
    response = client.get("/t/without-database/")
    assert response["Retry-After"].isdecimal()
    assert "not available right now" in response.text
    assert "db.internal" not in response.text


@pytest.mark.parametrize(
    ("status", "words"), [(408, "did not arrive in time"), (503, "not available right now")]
)
def test_what_the_server_refuses_has_a_page_with_the_headers(client, status, words):
    response = client.post("/t/echo/", **{REFUSED: status})
    assert response.status_code == status
    assert words in response.text
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


def test_a_throttled_page_says_when_to_come_back(client):
    assert client.get("/t/throttled/")["Retry-After"] == "42"
