"""The activity names the secret that an event is about, as the page of credentials does."""

import re

import pytest
from django.utils import timezone

from registrations.workflow import client, secrets
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.people import home, viewer
from tests.support.registrations import approved, reveal, revealed
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def said(browser, registration, begins):
    """What the newest entry that holds these words says after the time."""
    found = [entry.words() for entry in with_attribute(browser.get(at(registration)).text, "data-event")]
    entry = next(entry for entry in found if begins in entry)
    return re.sub(r"^.*? UTC ", "", entry)


@pytest.fixture
def rotated(partner, reviewer):
    """A client with two secrets that were revealed, the second in place of the first."""
    registration, first = revealed(partner, reviewer)
    secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    return registration, first[-4:], reveal(registration, partner)[-4:]


def test_each_event_names_its_secret(login, partner, rotated):
    registration, first, second = rotated
    browser = login(partner)
    assert said(browser, registration, "approved").endswith(f"The secret ends in {first}.")
    assert said(browser, registration, "revealed").endswith(f"The secret ends in {second}.")
    new, old = f"The new secret ends in {second}", f"the old secret ends in {first}"
    assert said(browser, registration, "issued").endswith(f"{new}, {old}.")
    secrets.revoke(
        registration.uuid,
        registration.secrets.get(status="active").uuid,
        by=partner,
        confirmed="Example Client",
    )
    assert said(browser, registration, "revoked").endswith(f"The secret ends in {second}.")


def test_closing_names_the_secret_that_it_stopped(login, partner, rotated):
    registration, _, second = rotated
    client.close(registration.uuid, by=partner)
    assert said(login(partner), registration, "closed").endswith(f"The secret ends in {second}.")


def test_a_secret_that_nobody_has_seen_is_not_named(login, partner, reviewer):
    registration = approved(partner, reviewer)
    hint = registration.secrets.get().hint
    assert said(login(partner), registration, "approved") == "Pleo approved the submission."
    assert f"<code>{hint}</code>" not in login(partner).get(at(registration)).text


def test_a_viewer_reads_it_too(login, partner, rotated):
    registration, _, second = rotated
    assert second in said(login(viewer(home(partner))), registration, "revealed")


def test_all_secrets_are_read_at_once(login, partner, rotated):
    registration, *_ = rotated
    costs, browser = [], login(partner)
    for _ in range(2):
        with statements() as made:
            browser.get(at(registration))
        costs.append(len(made))
        for _ in range(3):
            secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
            reveal(registration, partner)
    assert costs[0] == costs[1]
