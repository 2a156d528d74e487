"""The desk's page to revoke a secret that somebody else may know."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit.models import Event
from registrations.workflow import client, secrets
from tests.desk.pages import QUEUE, review_path
from tests.desk.typing import filled
from tests.pages.elements import elements, with_attribute
from tests.support import people
from tests.support.kept_forms import fields_of
from tests.support.people import home, sign_in
from tests.support.registrations import approved, excepted, reveal

pytestmark = pytest.mark.django_db

WHY = "It was posted on a <public> forum."


def address(registration):
    return f"{QUEUE}{registration.uuid}/revoke-secret/"


@pytest.fixture
def live(desk, by):
    """A client with one secret that works and an older one."""
    registration = approved(by, desk.who)
    reveal(registration, by)
    secrets.rotate(registration.uuid, by=by, grace="7d", signed_in_at=timezone.now())
    reveal(registration, by)
    return registration


def test_the_page_shows_hints_and_states_and_no_secret(desk, live):
    page = desk.get(address(live)).text
    for secret, words in zip(live.secrets.all(), ("In use", "Being replaced"), strict=True):
        assert f"ends in {secret.hint} · {words}" in page
        assert secret.verifier not in page
    assert not re.search(r"\b[0-9a-f]{64}\b", page)
    for path in (review_path(live), f"{QUEUE}{live.uuid}/client/"):
        assert with_attribute(desk.get(path).text, "href", address(live))


def test_a_reviewer_revokes_with_a_reason_that_the_partner_reads(desk, by, live):
    secret = live.secrets.get(status="active")
    for missing in ("reason", "secret"):
        given = {"secret": str(secret.uuid), "reason": WHY, missing: " "}
        answer = desk.post(address(live), given)
        assert (answer.status_code, live.secrets.filter(status="revoked").exists()) == (422, False)
    answer = desk.post(address(live), {"secret": str(secret.uuid), "reason": WHY})
    assert answer["Location"] == review_path(live)
    assert live.secrets.get(status="revoked") == secret
    event = Event.objects.get(verb="secret.revoked_at_desk")
    assert (event.actor, event.detail["leaked"]) == (str(desk.who.pseudonym), False)
    page = sign_in(Client(), by).get(f"/registrations/{live.uuid}/credentials/").text
    assert "It was posted on a &lt;public&gt; forum." in page


def test_a_leak_ends_the_exception_and_the_page_says_so_before(leads_desk, by):
    registration = excepted(by, leads_desk.who)
    assert "This also ends the PKCE exception" in leads_desk.get(address(registration)).text
    secret = str(registration.secrets.get().uuid)
    leads_desk.post(address(registration), {"secret": secret, "reason": WHY, "leaked": "on"})
    assert registration.pkce_exceptions.get().status == "revoked"


def test_it_works_while_suspended_and_long_after_the_sign_in(desk, live):
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    sign_in(desk, desk.who, minutes_ago=600)
    secret = str(live.secrets.get(status="active").uuid)
    assert desk.post(address(live), {"secret": secret, "reason": WHY})["Location"] == review_path(live)
    assert live.secrets.filter(status="revoked").count() == 1


def test_what_is_stopped_already_is_not_revoked_again(desk, by, live):
    secret = live.secrets.get(status="active")
    secrets.revoke(live.uuid, secret.uuid, by=by)
    answer = desk.post(address(live), {"secret": str(secret.uuid), "reason": WHY})
    assert answer.status_code == 422
    assert "Choose again" in answer.text
    client.close(live.uuid, by=by)
    assert desk.get(address(live)).status_code == 409


def test_nobody_revokes_a_secret_of_another_client_through_it(desk, by, live):
    other = approved(by, desk.who).secrets.get()
    answer = desk.post(address(live), {"secret": str(other.uuid), "reason": WHY})
    other.refresh_from_db()
    assert (answer.status_code, other.status) == (422, "sealed")


def test_staff_of_the_organisation_and_auditors_revoke_nothing(desk, by, live):
    insider = people.lead()
    insider.memberships.create(organisation=home(by), role="viewer")
    for who in (insider, people.auditor()):
        browser = sign_in(Client(), who)
        assert browser.get(address(live)).status_code == 403
        given = {"secret": str(live.secrets.get(status="active").uuid), "reason": WHY}
        assert browser.post(address(live), given).status_code == 403
    assert not live.secrets.filter(status="revoked").exists()


def test_what_a_signed_out_reviewer_typed_comes_back(desk, live):
    secret = str(live.secrets.get(status="active").uuid)
    posted = fields_of(desk.get(address(live))) | {"reason": [WHY], "secret": [secret], "leaked": ["on"]}
    who = desk.who
    desk.logout()
    asked_to_sign_in = desk.post(address(live), posted)["Location"]
    assert asked_to_sign_in == f"/accounts/login/?next={address(live)}"
    sign_in(desk, who)
    page = desk.get(asked_to_sign_in.partition("?next=")[2])
    assert "We kept what you typed" in page.text
    (link,) = [one.get("href") for one in elements(page.text) if one.words() == "Go on with what you typed"]
    shown = filled(desk.get(link).text)
    assert (shown["reason"], shown["secret"], shown["leaked"]) == ([WHY], [secret], ["on"])
    assert desk.post(address(live), shown)["Location"] == review_path(live)
    assert "We kept what you typed" not in desk.get(address(live)).text
