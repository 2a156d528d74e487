"""A client that is older than the portal: pages and emails say what is known of it, and no more."""

from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from registrations.workflow import secrets
from tests.api.calling import verifies
from tests.desk.pages import QUEUE
from tests.emails.sending import delivered
from tests.pages.addresses import at, secret_at
from tests.support import people
from tests.support.adopted import CLIENT_ID, OLD_SECRET, SECRET, adopt, verifier
from tests.support.invariants import check_invariants
from tests.support.pages import words
from tests.support.registrations import reveal

pytestmark = pytest.mark.django_db

WITH_AN_OLDER_SECRET = [
    {"verifier": verifier(SECRET)},
    {"verifier": verifier(OLD_SECRET), "expires_at": "2099-12-31T23:00:00+01:00"},
]
PARTNERS = ["", "credentials/", "edit/", "restrict/", "close/", "metadata.json"]
DESK = ["client/", "review/", "history/", "suspend/", "close/", "revoke-secret/"]


def test_every_page_about_it_opens_and_says_what_is_known(partner, reviewer):
    registration = adopt(client_secrets=WITH_AN_OLDER_SECRET)
    secret = registration.secrets.get(status="active")
    browser = people.sign_in(Client(), partner)
    shown = {page: browser.get(at(registration, page)) for page in PARTNERS}
    shown["revoke"] = browser.get(secret_at(registration, secret, "revoke"))
    shown["list"] = browser.get("/registrations/")
    desk = people.sign_in(Client(), reviewer)
    shown |= {f"desk {page}": desk.get(f"{QUEUE}{registration.uuid}/{page}") for page in DESK}
    shown["desk organisation"] = desk.get(f"{QUEUE}organisations/{registration.organisation.uuid}/")
    shown["desk list"] = desk.get(f"{QUEUE}?state=all&q={CLIENT_ID}")
    assert {page: answer.status_code for page, answer in shown.items()} == dict.fromkeys(shown, 200)
    said = {page: " ".join(words(answer).split()) for page, answer in shown.items()}
    assert "This client was in use before this portal." in said[""]
    assert "Pleo added the client, which was in use before this portal." in said[""]
    assert "does not know its last digits" in said["credentials/"]
    assert "Revoke the secret from before this portal?" in said["revoke"]
    for page in ("desk client/", "desk review/", "desk history/", "desk organisation"):
        assert "Adopted" in said[page]
    assert "Nobody: it was adopted" in said["desk review/"]
    assert "No reviewer has approved a version of it yet" in said["desk review/"]
    assert "from before this portal" in said["desk revoke-secret/"]
    assert "ends in <code></code>" not in "".join(said.values())
    assert "None" not in said["desk review/"]


def test_the_desk_sees_that_nobody_belongs_to_its_organisation(reviewer):
    registration = adopt(organisation="Nobody Yet Ltd")
    browser = people.sign_in(Client(), reviewer)
    page = words(browser.get(f"{QUEUE}organisations/{registration.organisation.uuid}/"))
    assert "Nobody belongs to this organisation." in page


def sent():
    """The text of all emails so far, on one line."""
    return " ".join(" ".join(email.body.split()) for email in delivered(""))


def test_its_secret_is_rotated_and_revoked_like_any_other(partner):
    registration = adopt()
    old = registration.secrets.get()
    secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    new = reveal(registration, partner)
    assert verifies(UUID(CLIENT_ID), SECRET)
    assert "The old secret, which was in use before this portal, works until" in sent()
    secrets.revoke(registration.uuid, old.uuid, by=partner)
    assert not verifies(UUID(CLIENT_ID), SECRET)
    assert verifies(UUID(CLIENT_ID), new)
    assert "It was in use before this portal and no longer works." in sent()
    check_invariants()
