"""The record as RFC 7591 writes it, out and in again."""

import json
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.client_metadata import as_json
from registrations.domain.document_reading import read
from registrations.domain.draft_data import metadata_of
from registrations.domain.json_documents import parse
from registrations.rules.client_names import normalise
from registrations.rules.metadata import Metadata
from tests.rules.test_metadata import EXAMPLE

TEXTS = st.text(max_size=30)
SCOPES = st.lists(st.text(min_size=1, max_size=12).filter(lambda name: " " not in name), unique=True)
RECORDS = st.builds(
    Metadata,
    client_name=TEXTS.map(normalise),
    client_uri=TEXTS,
    tos_uri=TEXTS,
    policy_uri=TEXTS,
    contacts=st.lists(TEXTS).map(tuple),
    initiation_uri=TEXTS,
    configuration_uri=TEXTS,
    environment=st.sampled_from(["staging", "production", "live", "Ü"]),
    redirect_uris=st.lists(TEXTS).map(tuple),
    scope=SCOPES.map(tuple),
    pkce_support=st.sampled_from(["supported", "exception_requested", "maybe"]),
    subject_type_preference=TEXTS,
)


def taken_in(document):
    return metadata_of(read(document).data, logo_digest=None)


# Out


def test_documents_own_example_in_the_order_of_the_standard():
    document = as_json(EXAMPLE, client_id="1", logo_uri="https://portal.example/logos/x.png")
    assert list(document) == [
        "client_id",
        "client_name",
        "client_uri",
        "logo_uri",
        "tos_uri",
        "policy_uri",
        "contacts",
        "redirect_uris",
        "scope",
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "environment",
        "pkce_required",
    ]
    assert document["scope"] == "test:test users:read users:write"
    assert document["token_endpoint_auth_method"] == "client_secret_basic"
    assert document["grant_types"] == ["authorization_code", "refresh_token"]
    assert document["response_types"] == ["code"]
    assert document["pkce_required"] is True


def test_what_is_empty_is_left_out():
    assert set(as_json(Metadata())) == {
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "environment",
        "pkce_required",
    }


def test_exception_that_runs_is_told_with_its_last_day():
    excepted = replace(EXAMPLE, pkce_support="exception_requested")
    document = as_json(excepted, pkce_required=False, pkce_exception_expires_on="2027-01-31")
    assert document["pkce_required"] is False
    assert document["pkce_exception_expires_on"] == "2027-01-31"
    assert "pkce_support" not in document


def test_a_client_that_is_stopped_says_so():
    assert as_json(EXAMPLE, registration_status="suspended")["registration_status"] == "suspended"


def test_exception_that_is_only_asked_for_leaves_the_requirement():
    document = as_json(replace(EXAMPLE, pkce_support="exception_requested"))
    assert (document["pkce_required"], document["pkce_support"]) == (True, "exception_requested")


# Round


@given(RECORDS, st.booleans())
def test_whole_record_comes_back(record, required):
    document = json.loads(json.dumps(as_json(record, pkce_required=required)))
    assert taken_in(document) == record


@given(RECORDS, st.booleans())
def test_everything_the_portal_writes_is_used(record, required):
    assert read(parse(json.dumps(as_json(record, pkce_required=required)))).unused == []


def test_what_does_not_come_back_is_what_is_left_to_do():
    full = replace(
        EXAMPLE,
        logo_digest="0" * 64,
        scope_reasons=(("users:read", "Our till greets each of them."),),
        pkce_support="exception_requested",
        pkce_justification="Our till cannot send a code challenge.",
        pkce_controls="One fixed address.",
        pkce_wished_end="2027-03-31",
    )
    again = taken_in(as_json(full))
    lost = {
        field.name for field in fields(Metadata) if getattr(full, field.name) != getattr(again, field.name)
    }
    assert lost == {
        "logo_digest",
        "pkce_justification",
        "pkce_controls",
        "pkce_wished_end",
        "confidential",
        "scope_reasons",
    }
    to_do = " ".join(read(as_json(full)).to_do)
    for words in ("logo", "PKCE", "instead", "secret stays on your own server", "reason", "each scope"):
        assert words in to_do


def test_justification_is_left_to_do_only_with_an_exception():
    assert "PKCE" not in " ".join(read({}).to_do)
