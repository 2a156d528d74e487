"""Approved means works: what the portal gives a partner is enough for a first token."""

import json
import time

import pytest
from django.utils import timezone

from registrations.models import Registration
from tests.browser import steps
from tests.browser.scenery import page_of
from tests.browser.test_journey import approve
from tests.e2e.conftest import GRANTED, PATIENCE, measured, wait_until
from tests.rules.test_uri_vectors import VECTORS
from tests.support.registrations import excepted, reveal, revealed


def accepted(subject, member):
    """What the rule book accepts."""
    rows = map(json.loads, (VECTORS / f"{subject}.jsonl").read_text("utf-8").splitlines())
    return list(dict.fromkeys(row[member] for row in rows if row["verdict"] == "accept"))


HOW_MANY = 30
NAMES = accepted("client_names", "name")
CONTACTS = accepted("contacts", "contact")
URIS = accepted("redirect_uris", "uri")
SERVED_WITHIN = {"with webhooks": 5, "by the feed alone": 60}


@pytest.mark.browser
def test_a_client_from_the_form_gets_its_first_token(connect, window, partner, reviewer):
    partner_client, page = connect(), window(partner)
    page.goto("/registrations/new/")
    steps.fill_form(page)
    steps.submit(page)
    approve(window(), reviewer)
    page.reload()
    secret = steps.reveal(page)
    registration = Registration.objects.get()
    assert page.locator("[data-client-id]").inner_text() == str(registration.client_id)
    wait_until_in_force(page, registration)
    assert partner_client.authorize(registration, secret) == GRANTED


def wait_until_in_force(page, registration):
    """Look at the client's page until the server has reported what it serves."""
    begun = time.monotonic()
    page.goto(page_of(registration))
    while not page.get_by_text("In force since").count():
        assert time.monotonic() - begun < PATIENCE
        page.reload()


@pytest.mark.parametrize("how", SERVED_WITHIN)
def test_what_is_approved_is_served_soon(connect, partner, reviewer, how):
    partner_client = connect(webhooks=how == "with webhooks")
    registration, secret = revealed(partner, reviewer)
    wait_until(partner_client, registration, secret)
    approved_at = registration.revisions.live().get().decided_at
    took = (timezone.now() - approved_at).total_seconds()
    measured[f"From approval to served, {how}"] = took
    assert took <= SERVED_WITHIN[how]


def test_thirty_different_clients_get_their_first_token(connect, partner, lead):
    """With the names, contacts and redirect URIs of the rule book; every fifth with a PKCE exception."""
    clients = [mixed(number, partner, lead) for number in range(HOW_MANY)]
    partner_client = connect()
    assert [partner_client.authorize(*client) for client in clients] == [GRANTED] * HOW_MANY


def mixed(number, partner, lead):
    """A live client and its secret."""
    record = {
        "client_name": NAMES[number],
        "contacts": [CONTACTS[number % len(CONTACTS)]],
        "redirect_uris": URIS[number::HOW_MANY],
        "scope": ["users:read", "accounts:read", "tags:read"][: number % 3 + 1],
        "subject_type_preference": ["", "company", "organisation"][number % 3],
    }
    if number % 5:
        return revealed(partner, lead, **record)
    registration = excepted(partner, lead, **record)
    return registration, reveal(registration, partner)
