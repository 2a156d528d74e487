"""Every page that people meet carries the headers, not just the ones we thought of."""

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.support import people
from tests.support.people import sign_in
from tests.support.registrations import a_draft, approved, submitted

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"<(?:script|link|img|iframe|source)[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
)


def visits(partner, reviewer):
    """Every page: who looks, and where."""
    draft, waiting, live = a_draft(partner), submitted(partner), approved(partner, reviewer)
    seen, desk = sign_in(Client(), partner), sign_in(Client(), people.lead())
    for path in ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"):
        yield Client().get(path)
    for path in ("/registrations/", "/registrations/new/", "/organisation/", "/accounts/email/", "/nowhere/"):
        yield seen.get(path)
    for registration in (draft, waiting, live):
        for page in ("", "edit/", "check/", "credentials/"):
            yield seen.get(f"/registrations/{registration.uuid}/{page}")
    for path in (
        "/admin/",
        "/admin/registrations/registration/",
        "/admin/registrations/scope/",
        "/admin/nowhere/",
    ):
        yield desk.get(path)
    for registration in (waiting, live):
        yield desk.get(f"/admin/registrations/registration/{registration.uuid}/review/")
    secret = live.secrets.get()
    for _ in range(2):
        yield seen.post(f"/registrations/{live.uuid}/secrets/{secret.uuid}/reveal/")
    yield seen.post(f"/registrations/{draft.uuid}/edit/", {"draft_version": "9", "client_name": "x\0"})


def directives(answer):
    policy = answer.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_every_page_carries_the_headers_and_nothing_inline(partner, reviewer):
    for answer in visits(partner, reviewer):
        where = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']}"
        policy = directives(answer)
        assert policy["default-src"] == "'none'", where
        assert policy["script-src"] == policy["style-src"] == "'self'", where
        assert policy["img-src"] == "'self' data:", where
        assert "unsafe" not in answer.headers["Content-Security-Policy"], where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), where
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert not INLINE.search(answer.text), where
        assert not ELSEWHERE.search(answer.text), where


def test_every_page_of_a_person_is_stored_nowhere(partner, reviewer):
    for answer in visits(partner, reviewer):
        assert "no-store" in answer.headers["Cache-Control"], answer.request["PATH_INFO"]


@pytest.mark.parametrize("name", ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "KNOWN_DEVICES_COOKIE_NAME"])
def test_cookies_belong_to_this_host_and_to_no_script(partner, name):
    client = Client()
    client.post("/accounts/login/", {"login": partner.email, "password": people.PASSWORD})
    client.get("/organisation/new/")
    cookie = client.cookies[getattr(settings, name)]
    assert cookie.key.startswith("__Host-")
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
