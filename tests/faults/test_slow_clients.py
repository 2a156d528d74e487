"""Clients that send or read next to nothing: everybody else is served, and they are cut in time.

A fault drill with a clock, since the figures are about time: docs/decisions/0014.
"""

import asyncio

import pytest

from portal.server.time_limits import GRACE_SECONDS, HEADERS_SECONDS
from tests.packaging.surroundings import ask
from tests.support.proxy import caddy
from tests.support.scale import FULL
from tests.support.servers import ready_env, web_server
from tests.support.slow_clients import Attack, send_steadily

pytestmark = pytest.mark.once

SECONDS = 60 if FULL else GRACE_SECONDS + 6
READ_BODY_SECONDS = 210
LATE = 2
"""Seconds that a visitor may wait, and that a cut may come late on a busy machine."""


@pytest.fixture(scope="module")
def port(tmp_path_factory, migrated_file):
    env = ready_env(tmp_path_factory.mktemp("served"), migrated_file, WEB_CONCURRENCY="2")
    with web_server(env) as port:
        ask(port, "/accounts/login/")
        yield port


@pytest.mark.parametrize(("count", "every"), [(200, 4), (100, 3)] if FULL else [(30, 3)])
def test_visitors_are_served_while_many_clients_are_slow(port, count, every):
    report = Attack(port, seconds=SECONDS, every=every).run(
        headers=count // 2, bodies=count // 2, readers=count // 4
    )
    assert report.failures == []
    assert report.longest_wait() <= LATE
    for kind, seconds in (("headers", HEADERS_SECONDS), ("bodies", GRACE_SECONDS)):
        assert len(report.cut[kind]) >= count // 2
        assert min(report.cut[kind]) >= seconds - LATE
        assert max(report.ages(kind)) <= seconds + LATE


def test_visitors_are_served_through_the_proxy_while_many_clients_are_slow(port, tmp_path):
    """Caddy keeps a slow body's connection up to read_body: docs/decisions/0014."""
    count = 200 if FULL else 30
    with caddy(tmp_path, port) as proxy:
        report = Attack(proxy, seconds=SECONDS, every=4, tls=True).run(headers=count // 2, bodies=count // 2)
    assert report.failures == []
    assert report.longest_wait() <= LATE
    assert max(report.ages("headers")) <= HEADERS_SECONDS + LATE
    assert max(report.ages("bodies")) <= READ_BODY_SECONDS + LATE


def test_a_slow_form_that_does_not_fall_behind_is_read(port):
    """It takes longer than the grace, but each 8,000 bytes of it earn a second."""
    assert asyncio.run(send_steadily(port, size=60_000, seconds=GRACE_SECONDS + 3)) == 403
