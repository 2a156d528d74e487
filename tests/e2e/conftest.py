"""A certified authorization server and client around the portal. ``make e2e`` installs and runs them.

The server of `e2e/` follows the portal's feed, takes its webhooks and asks it about every secret. Portal,
worker, server and client are processes that speak http with each other, as they would anywhere.
"""

import time
from contextlib import ExitStack

import pytest

from portal.webhooks.targets import Target
from registrations.domain.api_rights import Right
from registrations.models import Scope
from registrations.workflow import api_tokens, feed
from tests.browser.conftest import (  # noqa: F401
    browser_here,
    gate,
    nothing_waits_for_ever,
    playwright_here,
    site,
    window,
)
from tests.e2e.processes import KEY, WEBHOOK_KEY, Partner, node, worker

PATIENCE = 60
GRANTED = {"scope": "users:read"}
measured = {}
"""Seconds by what took them; printed after the run."""


def pytest_terminal_summary(terminalreporter):
    for what, seconds in measured.items():
        terminalreporter.write_line(f"{what}: {seconds:.1f} s")


@pytest.fixture
def connect(site, settings):  # noqa: F811
    """``connect()`` starts an authorization server for staging and a worker; it returns a partner's client.

    Without ``webhooks`` the server has the feed alone; its clock may be some days ahead of the portal's.
    """
    with ExitStack() as running:

        def start(*, webhooks=True, days_ahead=0):
            _, token = api_tokens.create(
                "e2e", by=None, signed_in_at=None, environment="staging", rights=list(Right)
            )
            feed.assign_due()
            server = running.enter_context(
                node(
                    "server.js",
                    days_ahead=days_ahead,
                    PORTAL_URL=site,
                    PORTAL_TOKEN=token,
                    ENVIRONMENT="staging",
                    SCOPES=" ".join(Scope.objects.values_list("name", flat=True)),
                    WEBHOOK_KEYS=WEBHOOK_KEY if webhooks else "",
                )
            )
            issuer = server.stdout.readline().strip()
            assert issuer, "the authorization server did not start"
            address = f"{issuer}/hooks" if webhooks else ""
            settings.PORTAL_WEBHOOKS = {"staging": Target(address, (KEY,))} if webhooks else {}
            running.enter_context(worker(site, address))
            return Partner(running.enter_context(node("partner.js")), issuer)

        yield start


def wait_until(partner_client, registration, secret, *, refused=None, **changes):
    """Ask until the server has heard of a change."""
    begun = time.monotonic()
    while (said := partner_client.authorize(registration, secret, **changes)).get("refused") != refused:
        assert time.monotonic() - begun < PATIENCE, said
