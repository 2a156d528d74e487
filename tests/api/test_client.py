"""The record of a client, as authorization servers read it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.client_secrets import verifier_of
from registrations.domain.api_rights import Right
from registrations.workflow import client as verbs
from registrations.workflow import feed, pkce, secrets
from tests.api.calling import a_token, bearer, page, read
from tests.support.people import lead, partner, reviewer
from tests.support.registrations import a_logo, applied, approved, excepted, in_days, reveal, revealed
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def test_the_record_has_the_members_of_rfc_7591_and_those_of_pleo(client, settings):
    logo = a_logo("a" * 64)
    registration = applied(partner(), reviewer(), initiation_uri="https://client.example/start", logo=logo)
    with statements() as made:
        document = read(client, a_token(Right.READ), registration).json()
    assert len([sql for sql in made if "registrations_registration" in sql]) == 1
    assert document == {
        "client_id": str(registration.client_id),
        "client_name": "Example Client",
        "client_uri": "https://client.example/",
        "logo_uri": f"{settings.PORTAL_BASE_URL}/logos/{'a' * 64}.png",
        "tos_uri": "https://client.example/legal/tos.html",
        "policy_uri": "https://client.example/legal/privacy.pdf",
        "contacts": ["other@client.example"],
        "redirect_uris": ["https://client.example/callback"],
        "scope": "test:test users:read users:write",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "initiation_uri": "https://client.example/start",
        "environment": "staging",
        "pkce_required": True,
        "status": "active",
        "version": 2,
        "updated_at": f"{registration.record_updated_at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def test_secrets_are_there_for_their_right_alone_and_only_those_that_may_work(client, time_machine):
    member = partner()
    registration, old = revealed(member, reviewer())
    reader, keeper = a_token(Right.READ), a_token(Right.READ, Right.VERIFIERS)

    def listed():
        assert "client_secrets" not in read(client, reader, registration).json()
        found = read(client, keeper, registration).json()["client_secrets"]
        return [(one["verifier"], one["status"], one["expires_at"]) for one in found]

    assert listed() == [(verifier_of(old), "active", None)]
    secrets.rotate(registration.uuid, by=member, grace="24h", signed_in_at=timezone.now())
    assert listed() == [(verifier_of(old), "retiring", None)]
    new = reveal(registration, member)
    ends = registration.secrets.get(status="retiring").expires_at
    assert listed() == [
        (verifier_of(new), "active", None),
        (verifier_of(old), "retiring", f"{ends:%Y-%m-%dT%H:%M:%S.%fZ}"),
    ]
    time_machine.move_to(ends)
    assert listed() == [(verifier_of(new), "active", None)]


def test_an_old_secret_whose_successor_lapsed_is_active_before_the_worker_came_by(client, time_machine):
    member = partner()
    registration, old = revealed(member, reviewer())
    token = a_token(Right.READ, Right.VERIFIERS)
    secrets.rotate(registration.uuid, by=member, grace="7d", signed_in_at=timezone.now())
    time_machine.move_to(registration.secrets.get(status="sealed").reveal_until)
    (secret,) = read(client, token, registration).json()["client_secrets"]
    assert secret["verifier"] == verifier_of(old)
    assert secret["status"] == "active"


def test_nothing_is_sent_again_while_nothing_changed(client, time_machine):
    registration = excepted(partner(), lead())
    token = a_token(Right.READ)
    first = read(client, token, registration)
    assert first.json()["pkce_required"] is False
    assert first.json()["pkce_exception_expires_on"] == in_days(90).isoformat()

    def again(etag):
        headers = bearer(token) | {"if-none-match": etag}
        return client.get(f"/api/v1/clients/{registration.client_id}", headers=headers)

    same = again(first["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    assert again('"other"').status_code == 200
    time_machine.move_to(timezone.now() + timedelta(days=91))
    token = a_token(Right.READ)
    ended = again(first["ETag"])
    assert ended.status_code == 200
    assert ended.json()["pkce_required"] is True
    assert "pkce_exception_expires_on" not in ended.json()
    assert ended.json()["updated_at"] == first.json()["updated_at"]
    pkce.lapse_due()
    assert read(client, token, registration).json()["updated_at"] > first.json()["updated_at"]


def test_a_stopped_client_answers_with_its_status(client):
    staff = reviewer()
    registration, token = approved(partner(), staff), a_token(Right.READ)
    verbs.suspend(registration.uuid, by=staff, reason="A leak.")
    assert read(client, token, registration).json()["status"] == "suspended"
    verbs.close(registration.uuid, by=registration.created_by)
    document = read(client, token, registration).json()
    assert (document["status"], document["version"]) == ("closed", 1)
    assert document["redirect_uris"] == ["https://client.example/callback"]


def test_the_record_and_the_feed_say_the_same(client):
    registration, _ = revealed(partner(), reviewer())
    token = a_token()
    feed.assign_due()
    assert page(client, token)["clients"] == [read(client, token, registration).json()]
