"""What changes in the portal, changes at the server."""

import time

import pytest
from django.utils import timezone

from registrations.models import ClientSecret
from registrations.workflow import client, drafting, review, secrets
from tests.browser.scenery import page_of
from tests.browser.steps import send
from tests.e2e.conftest import GRANTED, measured, wait_until
from tests.support.registrations import change, reveal, revealed

OLD_URI, NEW_URI = "https://client.example/callback", "https://client.example/callback/new"


@pytest.fixture
def live(partner, reviewer):
    """A live client and its secret."""
    return revealed(partner, reviewer)


def test_with_a_grace_both_secrets_work_and_then_one(live, connect, partner):
    registration, old = live
    secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    new = reveal(registration, partner)
    partner_client = connect()
    assert [partner_client.authorize(registration, secret) for secret in (old, new)] == [GRANTED] * 2
    assert ClientSecret.objects.filter(status="retiring").update(expires_at=timezone.now()) == 1
    assert partner_client.authorize(registration, old)["refused"] == "invalid_client"
    assert partner_client.authorize(registration, new) == GRANTED


@pytest.mark.browser
def test_a_revoked_secret_is_refused_at_once(live, connect, window, partner):
    registration, secret = live
    partner_client, page = connect(), window(partner)
    page.goto(page_of(registration, f"secrets/{registration.secrets.get().uuid}/revoke/"))
    page.locator("#id_confirmed").fill("Example Client")
    assert partner_client.authorize(registration, secret) == GRANTED
    begun = time.monotonic()
    send(page, "Revoke the secret")
    assert partner_client.authorize(registration, secret)["refused"] == "invalid_client"
    measured["From the press of Revoke to the first refusal"] = time.monotonic() - begun


def test_a_suspended_client_is_refused_until_it_is_reinstated(live, connect, reviewer):
    partner_client = connect()
    client.suspend(live[0].uuid, by=reviewer, reason="The host is for sale.")
    wait_until(partner_client, *live, refused="invalid_client")
    client.reinstate(live[0].uuid, by=reviewer, signed_in_at=timezone.now())
    wait_until(partner_client, *live)


def test_a_changed_redirect_uri_works_once_it_is_approved(live, connect, partner, reviewer):
    registration, secret = live
    partner_client = connect()
    change(registration, partner, redirect_uris=[NEW_URI])
    drafting.submit(registration.uuid, by=partner)
    with_new = partner_client.authorize(registration, secret, redirect_uri=NEW_URI)
    assert with_new["refused"] == "invalid_redirect_uri"
    assert partner_client.authorize(registration, secret) == GRANTED
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    wait_until(partner_client, registration, secret, redirect_uri=NEW_URI)
    with_old = partner_client.authorize(registration, secret, redirect_uri=OLD_URI)
    assert with_old["refused"] == "invalid_redirect_uri"
