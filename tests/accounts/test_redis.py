"""CACHE_URL may name a Redis: the limits of allauth are counted there, by all processes together."""

import os
import socket
import uuid
from contextlib import suppress

import pytest
import redis
from django.core.cache import cache
from django.test import Client

from portal.environment import CACHE_SCHEMES, parse_cache_url
from tests.packaging.surroundings import free_port
from tests.support.needs import missing
from tests.support.people import PASSWORD, partner, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SERVER = os.environ.get("PORTAL_TEST_REDIS", "redis://127.0.0.1:6379/13")


@pytest.fixture(scope="module")
def server():
    """A real Redis, asked directly."""
    client = redis.Redis.from_url(SERVER, socket_timeout=5, socket_connect_timeout=5)
    try:
        client.ping()
    except redis.RedisError:
        missing("a Redis; PORTAL_TEST_REDIS names it (redis://127.0.0.1:6379/13)")
    return client


@pytest.fixture
def use(settings):
    """Puts the cache where a CACHE_URL says, under a prefix of this test alone."""

    def at(url):
        settings.CACHES = {"default": parse_cache_url("CACHE_URL", url) | {"KEY_PREFIX": uuid.uuid4().hex}}
        return settings.CACHES["default"]["KEY_PREFIX"]

    return at


def visitor(at):
    """Reads the page of an error, as people do."""
    return Client(REMOTE_ADDR=at, raise_request_exception=False)


def attempt(email, password, at="198.51.100.9"):
    return visitor(at).post("/accounts/login/", {"login": email, "password": password})


def ask_for_a_new_password(number, at="198.51.100.9"):
    email = f"n{number}@client.example"
    return visitor(at).post("/accounts/password/reset/", {"email": email})


def test_somebody_signs_in_while_the_cache_is_a_redis(server, use):
    use(SERVER)
    assert Client().get("/accounts/login/").status_code == 200
    assert attempt(partner().email, PASSWORD)["Location"] == "/registrations/"


def test_attempts_are_counted_in_redis(server, use):
    prefix = use(SERVER)
    assert [ask_for_a_new_password(number).status_code for number in range(20)] == [302] * 20
    assert ask_for_a_new_password(20).status_code == 429
    assert ask_for_a_new_password(20, at="192.0.2.44").status_code == 302
    kept = list(server.scan_iter(match=f"{prefix}:*"))
    assert kept
    assert all(0 < server.ttl(key) <= 60 for key in kept)


def test_a_connection_that_redis_closed_is_opened_again(server, use):
    use(SERVER)
    cache.set("a", 1)
    server.client_kill_filter(_id=cache._cache.get_client().client_id())
    assert cache.get("a") == 1


@pytest.fixture
def hanging():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"redis://127.0.0.1:{silent.getsockname()[1]}/0"


@pytest.fixture
def closed():
    return f"redis://127.0.0.1:{free_port()}/0"


@pytest.mark.parametrize("away", ["hanging", "closed"])
def test_pages_that_count_attempts_close_while_redis_is_away(away, use, request):
    use(request.getfixturevalue(away))
    answer = ask_for_a_new_password(1)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "not available right now" in answer.text


def test_people_sign_in_while_redis_is_away(closed, use):
    use(closed)
    assert attempt(partner().email, PASSWORD)["Location"] == "/registrations/"


@pytest.mark.parametrize("limit", ["socket_timeout", "socket_connect_timeout"])
def test_no_page_waits_longer_than_two_seconds_for_an_answer(limit):
    assert parse_cache_url("CACHE_URL", "redis://127.0.0.1/0")["OPTIONS"][limit] <= 2


@pytest.mark.parametrize("path", ["/", "/registrations/", "/registrations/new/", "/organisation/", "/readyz"])
def test_all_other_pages_go_on_while_redis_is_away(path, closed, use):
    use(closed)
    assert sign_in(Client(), partner()).get(path).status_code == 200


def test_the_page_to_sign_in_opens_while_redis_is_away(closed, use):
    use(closed)
    assert Client().get("/accounts/login/").status_code == 200


def test_every_scheme_has_its_client_library(use):
    for scheme in CACHE_SCHEMES:
        use(f"{scheme}://portal_cache" if scheme == "dbcache" else f"{scheme}://127.0.0.1:{free_port()}/0")
        with suppress(redis.ConnectionError):
            cache.get("a")
