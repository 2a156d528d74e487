"""Lines about clients that are older than the portal: what is read, and what no row could hold."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from registrations.domain.adoption import KnownSecret, LineRefused, older_client
from registrations.rules.vocabulary import MAX_HOST_LENGTH, MAX_NAME_LENGTH, MAX_URI_LENGTH
from tests.support.adopted import CLIENT_ID, LINE, OLD_SECRET, SECRET, verifier

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
OLD = {"verifier": verifier(OLD_SECRET), "expires_at": "2026-12-01T12:00:00+02:00"}
NEW = {"verifier": verifier(SECRET)}


def read(**changes):
    """The client of the line; a change to ... leaves the member out."""
    members = {name: value for name, value in (LINE | changes).items() if value is not ...}
    return older_client(json.dumps(members), now=NOW)


def refused(line):
    """The members that are wrong with the line, each with the reason."""
    with pytest.raises(LineRefused) as refusal:
        older_client(line, now=NOW)
    return refusal.value.problems


def members_refused(**changes):
    members = {name: value for name, value in (LINE | changes).items() if value is not ...}
    return [problem.member for problem in refused(json.dumps(members))]


def test_a_line_is_read_as_it_is():
    client = read()
    assert (str(client.client_id), client.organisation) == (CLIENT_ID, "Client Ltd")
    assert client.record.redirect_uris == ("https://ledger.example/callback", "https://ledger.example/other")
    assert client.record.scope == ("test:test", "users:read")
    assert client.active_since == datetime.fromtimestamp(1_700_000_000, UTC)
    assert client.secrets == (KnownSecret(verifier(SECRET), None),)
    assert client.notes == ()


@pytest.mark.parametrize("since", [None, ...])
def test_when_it_began_may_be_unknown(since):
    assert read(client_id_issued_at=since).active_since is None


def test_the_secret_that_stays_comes_first_and_ends_are_in_utc():
    end = datetime(2026, 12, 1, 10, tzinfo=UTC)
    expected = (KnownSecret(verifier(SECRET), None), KnownSecret(verifier(OLD_SECRET), end))
    assert read(client_secrets=[OLD, NEW]).secrets == read(client_secrets=[NEW, OLD]).secrets == expected
    assert read(client_secrets=[OLD]).secrets == expected[1:]


def test_http_is_for_the_loopback_interface():
    uris = ("http://localhost:8080/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb")
    assert read(redirect_uris=uris).record.redirect_uris == uris


def test_what_is_not_taken_over_is_noted():
    client = read(client_name="  Old   Ledger ", software_id="ledger-7", registration_status="active")
    assert client.record.client_name == "Old Ledger"
    assert [note.member for note in client.notes] == ["software_id", "client_name"]
    assert str(client.notes[1]) == "client_name: It is stored as “Old Ledger”."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "This is not JSON"),
        ("[]", "A line has to be a JSON object."),
        ("{", "This is not JSON"),
        ('{"a": 1, "a": 2}', "twice"),
    ],
)
def test_what_is_no_object_is_refused_as_a_whole(line, said):
    (problem,) = refused(line)
    assert problem.member == ""
    assert said in str(problem)


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"client_id": ...}, "client_id"),
        ({"client_id": 7}, "client_id"),
        ({"client_id": "ledger"}, "client_id"),
        ({"client_id": CLIENT_ID.upper()}, "client_id"),
        ({"client_id": CLIENT_ID.replace("-", "")}, "client_id"),
        ({"organisation": ...}, "organisation"),
        ({"organisation": ["Client Ltd"]}, "organisation"),
        ({"organisation": "  "}, "organisation"),
        ({"registration_status": "suspended"}, "registration_status"),
        ({"registration_status": ["active"]}, "registration_status"),
        ({"client_id_issued_at": "yesterday"}, "client_id_issued_at"),
        ({"client_id_issued_at": True}, "client_id_issued_at"),
        ({"client_id_issued_at": 1e300}, "client_id_issued_at"),
        ({"client_id_issued_at": -1}, "client_id_issued_at"),
        ({"client_id_issued_at": NOW.timestamp() + 1}, "client_id_issued_at"),
        ({"client_secret": SECRET}, "client_secret"),
        ({"client_name": "!!"}, "client_name"),
        ({"client_name": "x" * (MAX_NAME_LENGTH + 1)}, "client_name"),
        ({"client_uri": ...}, "client_uri"),
        ({"tos_uri": ""}, "tos_uri"),
        ({"policy_uri": f"https://ledger.example/{'x' * MAX_URI_LENGTH}"}, "policy_uri"),
        ({"environment": ...}, "environment"),
        ({"environment": "moon"}, "environment"),
        ({"pkce_required": False}, "pkce_required"),
        ({"scope": ""}, "scope"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["ftp://ledger.example/"]}, "redirect_uris"),
        ({"redirect_uris": ["http://ledger.example/"]}, "redirect_uris"),
        ({"redirect_uris": ["https://*.ledger.example/"]}, "redirect_uris"),
        ({"redirect_uris": ["https://ledger.example/#cb"]}, "redirect_uris"),
        ({"redirect_uris": [f"https://ledger.example/{'x' * MAX_URI_LENGTH}"]}, "redirect_uris"),
        ({"redirect_uris": [f"https://{'x' * (MAX_HOST_LENGTH + 1)}/"]}, "redirect_uris"),
        ({"redirect_uris": ["https://ledger.example/", "https://ledger.example/"]}, "redirect_uris"),
        ({"contacts": ["a\0@ledger.example"]}, "contacts"),
        ({"contacts": ["\ud800@ledger.example"]}, "contacts"),
        ({"grant_types": ["implicit"]}, "grant_types"),
        ({"client_secrets": ...}, "client_secrets"),
        ({"client_secrets": {}}, "client_secrets"),
        ({"client_secrets": []}, "client_secrets"),
        ({"client_secrets": ["abc"]}, "client_secrets"),
        ({"client_secrets": [{}]}, "client_secrets"),
        ({"client_secrets": [NEW | {"hint": "f00d"}]}, "client_secrets"),
        ({"client_secrets": [{"verifier": 7}]}, "client_secrets"),
        ({"client_secrets": [{"verifier": NEW["verifier"].upper()}]}, "client_secrets"),
        ({"client_secrets": [{"verifier": NEW["verifier"][1:]}]}, "client_secrets"),
        ({"client_secrets": [{"verifier": verifier("")}]}, "client_secrets"),
        ({"client_secrets": [NEW, {"verifier": OLD["verifier"]}]}, "client_secrets"),
        ({"client_secrets": [OLD, OLD]}, "client_secrets"),
        ({"client_secrets": [OLD | {"expires_at": "2026-11-23T10:30:00Z"}]}, "client_secrets"),
        ({"client_secrets": [OLD | {"expires_at": "2026-12-01T12:00:00"}]}, "client_secrets"),
        ({"client_secrets": [OLD | {"expires_at": 1_800_000_000}]}, "client_secrets"),
        ({"client_secrets": [OLD | {"expires_at": "soon"}]}, "client_secrets"),
        ({"client_secrets": [OLD | {"expires_at": "9999-12-31T23:59:59-14:00"}]}, "client_secrets"),
    ],
)
def test_a_line_is_refused_for(changes, member):
    assert set(members_refused(**changes)) == {member}


def test_a_request_for_an_exception_is_named_by_the_member_that_is_there():
    changes = {"pkce_required": ..., "pkce_support": "exception_requested"}
    assert members_refused(**changes) == ["pkce_support"]


def test_everything_that_is_wrong_is_said_at_once():
    changes = {"client_id": "ledger", "environment": "moon", "scope": "", "client_secrets": []}
    assert set(members_refused(**changes)) == set(changes)


def test_the_end_of_a_secret_may_be_in_any_zone():
    zone = timezone(timedelta(hours=-9))
    end = datetime(2026, 12, 1, 1, tzinfo=zone)
    (secret,) = read(client_secrets=[OLD | {"expires_at": end.isoformat()}]).secrets
    assert (secret.expires_at, secret.expires_at.tzinfo) == (end, UTC)
