"""Tokens × rights × environments: what each call answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import api_tokens as texts
from registrations.domain.api_rights import Right
from registrations.models import ApiToken
from registrations.workflow import api_tokens
from tests.api.calling import a_token, bearer, page, read, verify
from tests.support.people import partner, reviewer
from tests.support.registrations import approved, submitted

pytestmark = pytest.mark.django_db

NEEDS = {
    "clients": Right.READ,
    "client": Right.READ,
    "verify-secret": Right.VERIFY,
    "applied": Right.APPLIED,
    "inventory": Right.APPLIED,
    "usage": Right.USAGE,
}
OF_THE_WHOLE = {"inventory", "usage"}
"""Calls about an environment: they name what is not in it, in place of 404."""


def calls(client, token, client_id):
    """The status of each call."""
    one, headers = f"/api/v1/clients/{client_id}", bearer(token)
    wrong, served = {"client_secret": "0" * 64}, {"version": 1, "updated_at": "2020-01-01T00:00:00Z"}
    json = {"content_type": "application/json", "headers": headers}
    return {
        "clients": client.get("/api/v1/clients?environment=staging", headers=headers).status_code,
        "client": client.get(one, headers=headers).status_code,
        "verify-secret": client.post(f"{one}/verify-secret", wrong, **json).status_code,
        "applied": client.put(f"{one}/applied", served, **json).status_code,
        "inventory": client.put("/api/v1/inventory", {"clients": []}, **json).status_code,
        "usage": client.post("/api/v1/usage", {"uses": []}, **json).status_code,
    }


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("right", [Right.READ, Right.VERIFY, Right.APPLIED, Right.USAGE])
def test_each_right_opens_its_own_calls_in_its_own_environment(client, right, environment):
    registration, token = approved(partner(), reviewer()), a_token(right, environment=environment)
    there = 200 if environment == "staging" else 404
    expected = {
        name: (200 if name in OF_THE_WHOLE else there) if needed is right else 403
        for name, needed in NEEDS.items()
    }
    assert calls(client, token, registration.client_id) == expected


def test_a_token_that_does_not_work_opens_nothing(client, time_machine):
    registration = approved(partner(), reviewer())
    revoked, expired = a_token(), a_token(days=1)
    (row,) = ApiToken.objects.filter(keyed_hash__in=texts.hashes_of(revoked))
    api_tokens.revoke(row.uuid, by=None)
    time_machine.move_to(timezone.now() + timedelta(days=2))
    for token in (revoked, expired, texts.make().text, "crp_nonsense", ""):
        assert set(calls(client, token, registration.client_id).values()) == {401}
    answer = client.get("/api/v1/clients", headers=bearer(revoked))
    assert answer["WWW-Authenticate"].endswith('error="invalid_token"')
    assert client.get("/api/v1/clients")["WWW-Authenticate"].startswith("Bearer ")


def test_what_a_token_may_not_know_of_is_not_there_in_the_same_words(client):
    member, staff = partner(), reviewer()
    foreign = approved(member, staff, environment="production", redirect_uris=["https://client.example/cb"])
    waiting, token = submitted(member, client_name="Waiting"), a_token(*Right)
    ids = [foreign.client_id, waiting.uuid, "abc", str(foreign.client_id).upper(), foreign.client_id.hex]
    state = {"version": 1, "updated_at": foreign.record_updated_at.isoformat()}
    sent = {"verify-secret": ("post", {"client_secret": "x"}), "applied": ("put", state)}
    for address in ("", "/verify-secret", "/applied"):
        said = set()
        for client_id in ids:
            method, body = sent.get(address[1:], ("get", {}))
            answer = getattr(client, method)(
                f"/api/v1/clients/{client_id}{address}",
                body,
                **({"content_type": "application/json"} if body else {}),
                headers=bearer(token),
            )
            said.add((answer.status_code, answer["Content-Type"], answer.content))
        assert len(said) == 1
        assert said.pop()[0] == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [({"CONTENT_LENGTH": str(4 * 2**20)}, 413), ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411)],
)
def test_a_body_that_is_not_read_is_refused_in_the_same_form(client, given, status):
    address = "/api/v1/clients/x/verify-secret"
    answer = client.post(address, "{}", content_type="application/json", headers=bearer(a_token()), **given)
    assert answer.status_code == answer.json()["status"] == status
    assert answer["Content-Type"] == "application/problem+json"


def test_no_session_no_cookie_and_no_token_of_a_form_is_needed_or_given(client):
    registration, token = approved(partner(), reviewer()), a_token()
    client.handler.enforce_csrf_checks = True
    for answer in (read(client, token, registration), verify(client, token, registration, "x")):
        assert answer.status_code == 200
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Request-ID"]
    assert "clients" in page(client, token)


@pytest.mark.parametrize("accepted", ["text/html", "application/problem+json", 'a/b;c="', "x" * 5000])
@pytest.mark.parametrize("query", ["", "?format=xml"])
def test_every_call_answers_in_json_whatever_else_is_asked_for(client, accepted, query):
    registration, token = approved(partner(), reviewer()), a_token(*Right)
    client.defaults["HTTP_ACCEPT"] = accepted
    one, served = (
        f"/api/v1/clients/{registration.client_id}",
        {"version": 1, "updated_at": "2020-01-01T00:00:00Z"},
    )
    for method, address, body in (
        ("get", "/api/v1/clients", {}),
        ("get", one, {}),
        ("post", f"{one}/verify-secret", {"client_secret": "x"}),
        ("put", f"{one}/applied", served),
        ("put", "/api/v1/inventory", {"clients": []}),
        ("post", "/api/v1/usage", {"uses": []}),
    ):
        sent = {"content_type": "application/json"} if body else {}
        call = getattr(client, method)
        answer = call(f"{address}{query}", body, headers=bearer(token), **sent)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert call(f"{address}{query}", body, **sent).status_code == 401


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("put", "/api/v1/clients", 405),
        ("get", "/api/v1/usage", 403),
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/v1/clients?changed_since=%00", 400),
        ("get", "/api/v1/clients?environment=test", 400),
    ],
)
def test_every_refusal_is_a_problem_document(client, method, address, status):
    answer = getattr(client, method)(address, headers=bearer(a_token()))
    assert answer.status_code == answer.json()["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert int(answer["Content-Length"]) == len(answer.content)
