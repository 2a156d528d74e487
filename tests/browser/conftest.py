"""Chromium in front of a live server with the settings of production.

The cookies are the real ones: a browser takes Secure and __Host- cookies from localhost, which it
counts as trustworthy without TLS.
"""

import signal
from zlib import crc32

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client

from portal.outbox.worker import run_once
from registrations.management.commands.worker import JOBS, KINDS
from tests.support import people
from tests.support.browser import Watch, playwright_running, started
from tests.support.gate import Gate
from tests.support.scale import FULL

ON_BOTH_DATABASES = {"test_journey", "test_desk_journey", "test_restrict"}
"""What changes the most rows. The others see one database: they are about pages."""
WIDTHS = {1280: 900, 390: 844}
"""Widths of a window, and the heights that go with them."""
PATIENCE = 600
"""Seconds that a test may take on the busiest machine."""


def pytest_collection_modifyitems(config, items):
    mine = [item for item in items if item.path.parent.name == "browser"]
    for item in mine:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True))
        if item.path.stem not in ON_BOTH_DATABASES:
            item.add_marker(pytest.mark.once)
    if not FULL and len(mine) < len(items):
        _leave_out_every_second_variant(config, mine, items)


def _leave_out_every_second_variant(config, mine, items):
    """A test that is repeated for widths, schemes and scripts runs for half of them in a run of everything.

    Which half depends on its name. The full run has all, and so has a run of the browser's tests alone.
    """
    variants = {}
    for item in sorted(mine, key=lambda item: item.nodeid):
        variants.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out = {
        item
        for name, repeated in variants.items()
        if len(repeated) > 1
        for item in repeated[crc32(name.encode()) % 2 :: 2]
    }
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def nothing_waits_for_ever():
    """A script that is never answered would hold up the whole run: Playwright waits for it without an end."""

    def end(*_):
        raise TimeoutError(f"The test was not over after {PATIENCE} s.")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)


@pytest.fixture(scope="module")
def playwright_here():
    """For one module, since its loop is in the way of all other tests."""
    with playwright_running() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser_here(playwright_here):
    browser = started(playwright_here.chromium)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def gate(live_server):
    """Stands in front of the live server."""
    server = live_server.thread.httpd
    gate = Gate(server.get_app())
    server.set_app(gate)
    return gate


@pytest.fixture
def site(live_server, gate, transactional_db, settings):
    """Its address; emails lead there too. No request of the test runs on while its rows are removed."""
    settings.PORTAL_BASE_URL = live_server.url
    cache.clear()
    gate.open()
    yield live_server.url
    gate.close()


@pytest.fixture
def window(browser_here, site):
    """``window(person)`` opens a browser of its own, signed in unless nobody is named.

    What none of them may do on any page is looked at when the test is over.
    """
    opened = []

    def new(person=None, *, width=1280, scheme="light", javascript=True, storage=None, zone=None):
        context = browser_here.new_context(
            base_url=site,
            viewport={"width": width, "height": WIDTHS[width]},
            color_scheme=scheme,
            timezone_id=zone,
            java_script_enabled=javascript,
            storage_state=storage,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(30_000)
        opened.append((context, Watch(context, site)))
        if person:
            context.add_cookies([session_cookie(person, site)])
        return context.new_page()

    yield new
    for context, _ in opened:
        context.close()
    assert [trouble for _, watch in opened for trouble in watch.troubles] == []


def session_cookie(person, site, minutes_ago=0):
    signed_in = people.sign_in(Client(), person, minutes_ago)
    name = configured.SESSION_COOKIE_NAME
    return {
        "name": name,
        "value": signed_in.cookies[name].value,
        # Playwright sets Secure from the scheme, and __Host- cookies have to be.
        "url": site.replace("http://", "https://"),
        "httpOnly": True,
        "sameSite": "Lax",
    }


@pytest.fixture
def send_emails():
    """``send_emails()`` lets the worker go round once, so that ordered emails are written and sent."""
    return lambda: run_once(KINDS, JOBS)
