"""Headers by which proxies say who asks, in shapes that no proxy of ours writes: no page breaks."""

from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.accounts.urls import account_pages
from portal.limits import SIGN_UP, client_address
from tests.support import people
from tests.support.limits import use_up
from tests.support.people import PASSWORD, sign_in

PEER = "192.0.2.1"
MALFORMED_FORWARDED_FOR = {
    "too few hops": "203.0.113.9",
    "empty": "",
    "blanks": "   ",
    "commas alone": ",,,,",
    "a blank hop": "203.0.113.9, , 198.51.100.7",
    "no address": "unknown, hidden, _secret",
    "the grammar of Forwarded": "for=203.0.113.9;proto=https, for=198.51.100.7",
    "a number too large": "203.0.113.999, 198.51.100.7",
    "leading zeros": "203.000.113.009, 198.51.100.7",
    "IPv6 with a port and no brackets": "2001:db8:0:0:0:0:0:1:443, 198.51.100.7",
    "an open bracket": "[2001:db8::1, 198.51.100.7",
    "brackets around nothing": "[]:443, 198.51.100.7",
    "a port that is none": "203.0.113.9:https, 198.51.100.7",
    "a zone": "fe80::1%eth0, 198.51.100.7",
    "a network": "203.0.113.0/24, 198.51.100.7",
    "another alphabet's digits": "٢٠٣.٠.١١٣.٩, 198.51.100.7",
    "bytes above ASCII": "\xff\xfe\xe9, 198.51.100.7",
    "a NUL": "203.0.113.9\0, 198.51.100.7",
    "a line of its own": "203.0.113.9\r\nX-Other: 1, 198.51.100.7",
    "very long": "9" * 100_000 + ", 198.51.100.7",
    "very many": ", ".join(["x"] * 20_000),
}
FORWARDED_FOR = {
    "203.0.113.9, 198.51.100.7": "203.0.113.9",
    "203.0.113.9:52044, 198.51.100.7": "203.0.113.9",
    "[2001:db8::1]:443, 198.51.100.7": "2001:db8::1",
    "[2001:db8::1], 198.51.100.7": "2001:db8::1",
    "2001:DB8:0::1, 198.51.100.7": "2001:db8::1",
    "::ffff:203.0.113.9, 198.51.100.7": "203.0.113.9",
    "somebody's own words, 203.0.113.9, 198.51.100.7": "203.0.113.9",
}
OTHER_MALFORMED = {
    "X-Forwarded-Proto": ("", "gopher", "https, http", "\xff\xfe", "h" * 100_000, "https\0"),
    "X-Forwarded-Host": ("", "elsewhere.example", "[", "\xff\xfe", "h" * 100_000),
    "X-Forwarded-Port": ("", "443, 80", "port"),
    "Forwarded": ("", "for=unknown", 'for="[2001:db8::1', "\xff\xfe"),
    "X-Real-IP": ("", "not an address"),
}
MALFORMED = [
    *(pytest.param("X-Forwarded-For", text, id=what) for what, text in MALFORMED_FORWARDED_FOR.items()),
    *(pytest.param(name, text) for name, texts in OTHER_MALFORMED.items() for text in texts),
]
MALFORMED_HOSTS = (
    "",
    "elsewhere.example",
    "[",
    "[::1",
    "testserver:port",
    "\xff\xfe.example",
    "h" * 100_000,
    "testserver, elsewhere.example",
    "testserver\0",
    "testserver/path",
    "a@testserver",
)


def address_of(page):
    given = {"key": "one-key", "uidb36": "1", "token": "one-token", "uuid": UUID(int=1)}
    wanted = page.pattern.regex.groupindex
    return reverse(page.name, kwargs={name: given[name] for name in wanted})


READ = [
    "/",
    "/registrations/",
    "/organisation/",
    "/rules/",
    "/admin/",
    "/admin/login/",
    *map(address_of, account_pages),
]
NEW = {"password1": "amber-lantern-81", "password2": "amber-lantern-81"}
POSTED = {
    "/accounts/login/": {"login": "partner@client.example", "password": PASSWORD},
    "/accounts/signup/": {"email": "new@client.example", **NEW},
    "/accounts/password/reset/": {"email": "partner@client.example"},
    "/accounts/password/reset/key/1-set-password/": NEW,
    "/accounts/confirm-email/one-key/": {},
    "/accounts/reauthenticate/": {"password": PASSWORD},
    "/accounts/password/change/": {"oldpassword": PASSWORD, **NEW},
    "/accounts/logout/": {},
}


USUAL = {200, 302, 404, 405}
"""404 for the links of emails that were never written, 405 for what is only posted."""


@pytest.fixture(autouse=True)
def behind_two_proxies(settings, db):
    settings.TRUSTED_PROXY_COUNT = 2
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    cache.clear()


def statuses(**headers):
    """Of the pages, to somebody whom nobody knows and to a partner who signed in an hour ago."""
    visitor, member = Client(REMOTE_ADDR=PEER), Client(REMOTE_ADDR=PEER)
    sign_in(member, people.partner(), minutes_ago=60)
    for browser, who in ((visitor, "visitor"), (member, "member")):
        browser.raise_request_exception = False
        for page in READ:
            yield f"{who} GET {page}", browser.get(page, headers=headers).status_code
        for page, form in POSTED.items():
            yield f"{who} POST {page}", browser.post(page, form, headers=headers).status_code


def test_the_pages_answer_where_the_headers_are_in_order():
    answers = dict(statuses(**{"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}))
    assert set(answers.values()) == USUAL


@pytest.mark.parametrize(("name", "text"), MALFORMED)
def test_a_malformed_header_is_ignored(name, text):
    assert {page: status for page, status in statuses(**{name: text}) if status not in USUAL} == {}


@pytest.mark.parametrize("host", MALFORMED_HOSTS)
def test_a_host_that_is_not_ours_is_a_bad_request(host):
    assert {page: status for page, status in statuses(Host=host) if status != 400} == {}


@pytest.mark.parametrize("host", MALFORMED_HOSTS)
def test_nobody_is_sent_on_to_a_host_that_is_not_ours(settings, host):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/accounts/login/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("scheme", OTHER_MALFORMED["X-Forwarded-Proto"])
def test_a_scheme_that_no_proxy_writes_is_not_https(settings, scheme):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/accounts/login/", headers={"X-Forwarded-Proto": scheme})
    assert answer.status_code == (200 if scheme.startswith("https,") else 301)


@pytest.mark.parametrize("text", MALFORMED_FORWARDED_FOR.values(), ids=MALFORMED_FORWARDED_FOR)
def test_who_sends_a_malformed_hop_is_the_peer(rf, text):
    request = rf.get("/", headers={"X-Forwarded-For": text}, REMOTE_ADDR=PEER)
    assert client_address(request) == PEER


@pytest.mark.parametrize(("text", "address"), FORWARDED_FOR.items())
def test_the_hop_that_our_outermost_proxy_wrote_is_the_client(rf, text, address):
    request = rf.get("/", headers={"X-Forwarded-For": text}, REMOTE_ADDR=PEER)
    assert client_address(request) == address


def test_limits_of_allauth_and_of_the_portal_count_for_the_same_client():
    """Requests for a new password are counted by allauth, attempts to sign up by the portal."""
    headers = {"X-Forwarded-For": "[2001:db8::1]:443, 198.51.100.7"}
    use_up(SIGN_UP, "2001:db8::/64")
    assert Client().post("/accounts/signup/", {"email": "a@b.example"}, headers=headers).status_code == 429
    for number in range(20):
        other = {"X-Forwarded-For": f"[2001:db8::{number:x}]:{number + 1}, 198.51.100.7"}
        Client().post("/accounts/password/reset/", {"email": f"n{number}@b.example"}, headers=other)
    assert (
        Client().post("/accounts/password/reset/", {"email": "n@b.example"}, headers=headers).status_code
        == 429
    )


def test_a_peer_without_an_address_is_answered():
    """The web server may listen on a socket that is a file, where nobody has an address."""
    browser = Client(REMOTE_ADDR="")
    assert browser.post("/accounts/password/reset/", {"email": "a@b.example"}).status_code == 302
