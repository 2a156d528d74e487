"""The record as RFC 7591 writes it, out and in again."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.client_metadata import UnreadableDocument, as_json, parse, read
from registrations.domain.draft_data import metadata_of
from registrations.rules.client_names import normalise
from registrations.rules.metadata import Metadata
from tests.rules.test_metadata import EXAMPLE

SECRET = "hunter2-hunter2"
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


def reasons(**document):
    return {member.key: member.reason for member in read(document).unused}


def complaints(text):
    with pytest.raises(UnreadableDocument) as refused:
        read(parse(text))
    return refused.value.complaints


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
    )
    again = taken_in(as_json(full))
    lost = {
        field.name for field in fields(Metadata) if getattr(full, field.name) != getattr(again, field.name)
    }
    assert lost == {"logo_digest", "pkce_justification", "pkce_controls", "confidential", "scope_reasons"}
    to_do = " ".join(read(as_json(full)).to_do)
    for words in ("logo", "PKCE", "instead", "client secret stays on a server", "reason", "each scope"):
        assert words in to_do


def test_justification_is_left_to_do_only_with_an_exception():
    assert "PKCE" not in " ".join(read({}).to_do)


# In


def test_empty_document_is_an_empty_draft_in_staging():
    assert taken_in({}) == Metadata()


def test_requirement_lifted_asks_for_an_exception():
    assert read({"pkce_required": False}).data["pkce_support"] == "exception_requested"
    assert read({"pkce_required": True}).data["pkce_support"] == "supported"


def test_document_names_its_environment():
    assert read({"environment": "production"}).data["environment"] == "production"


@pytest.mark.parametrize(
    ("scope", "entries"),
    [
        ("users:read users:write", ["users:read", "users:write"]),
        ("users:read  users:write", ["users:read", "", "users:write"]),
        (" users:read", ["", "users:read"]),
        ("users:read\tusers:write", ["users:read\tusers:write"]),
        ("users:read,users:write", ["users:read,users:write"]),
        ("", []),
    ],
)
def test_scope_is_split_at_single_spaces_and_nowhere_else(scope, entries):
    assert read({"scope": scope}).data["scope"] == entries


def test_scopes_that_are_badly_joined_are_told_of():
    assert "Separate scopes with one space." in reasons(scope="users:read  users:write")["scope"]
    assert reasons(scope="users:read users:nope") == {}


def test_entries_keep_their_blanks_and_breaks_for_the_rules_to_find():
    entries = [" https://client.example/a", "https://client.example/b\nhttps://client.example/c", ""]
    assert read({"redirect_uris": entries}).data["redirect_uris"] == entries


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        (
            "logo_uri",
            "https://client.example/logo.png",
            "Upload the logo instead: addresses are never fetched.",
        ),
        ("client_id", "x", "Issued by the portal"),
        ("client_secret", SECRET, "Issued by the portal"),
        ("client_secret_expires_at", 0, "Issued by the portal"),
        ("registration_access_token", SECRET, "Issued by the portal"),
        ("jwks", {"keys": []}, "no place for keys"),
        ("jwks_uri", "https://client.example/jwks", "no place for keys"),
        ("software_statement", "e30.e30.", "not evaluated"),
        ("software_id", "x", "no such setting"),
        ("subject_type", "pairwise", "another thing"),
        ("pkce_exception_expires_on", "2027-01-31", "Decided by Pleo"),
        ("colour", "blue", "Unknown member."),
        ("client_name#fr", "Client", "One language only"),
        ("colour#fr", "bleu", "Unknown member."),
        ("client_uri", None, "`null`"),
        ("token_endpoint_auth_method", "none", "`none` is not supported"),
        ("grant_types", ["implicit"], "`implicit` is not supported"),
        ("grant_types", ["authorization_code", "password"], "`password` is not supported"),
        ("grant_types", ["authorization_code"], "Every client has"),
        ("grant_types", [], "Every client has"),
        ("response_types", ["code", "token"], "`token` is not supported"),
    ],
)
def test_each_member_that_is_not_used_says_why(member, value, words):
    found = reasons(**{member: value})
    assert list(found) == [member]
    assert words in found[member]
    assert SECRET not in found[member]


def test_what_every_client_has_anyway_is_no_news():
    assert (
        reasons(
            token_endpoint_auth_method="client_secret_basic",
            grant_types=["refresh_token", "authorization_code"],
            response_types=["code"],
        )
        == {}
    )


def test_name_of_an_unknown_member_can_be_read_whatever_it_is():
    (member,) = read({"a\u202e\x00\ud800" + "b" * 500: 1}).unused
    member.shown.encode()
    assert member.shown.startswith("aU+202EU+0000U+D800b")
    assert len(member.shown) < 100


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"redirect_uris": "https://client.example/"}, "`redirect_uris` has to be a list"),
        ({"contacts": [1]}, "`contacts` has to be a list"),
        ({"contacts": [["a@client.example"]]}, "`contacts` has to be a list"),
        ({"contacts": {"a": 1}}, "`contacts` has to be a list"),
        ({"client_name": 5}, "`client_name` has to be text"),
        ({"client_name": ["x"]}, "`client_name` has to be text"),
        ({"scope": ["users:read"]}, "`scope` has to be one text"),
        ({"grant_types": "implicit"}, "`grant_types` has to be a list"),
        ({"token_endpoint_auth_method": True}, "`token_endpoint_auth_method` has to be text"),
        ({"pkce_required": "false"}, "`pkce_required` has to be `true` or `false`"),
        ({"pkce_required": 0}, "`pkce_required` has to be `true` or `false`"),
    ],
)
def test_wrong_type_is_told_by_name(document, words):
    (complaint,) = complaints(json.dumps(document))
    assert complaint.startswith(words)


def test_wrong_types_are_told_all_at_once():
    assert len(complaints('{"contacts": 1, "scope": 2, "redirect_uris": {}}')) == 3
