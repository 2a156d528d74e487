"""What is no registration document is said in one sentence, and nothing raises."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.client_metadata import as_json
from registrations.domain.document_kinds import kind_of_bytes
from registrations.domain.document_reading import draft_from, read
from registrations.domain.draft_data import metadata_of
from registrations.domain.json_documents import MAX_DOCUMENT_BYTES, UnreadableDocument, parse
from tests.rules.test_metadata import EXAMPLE


def complaints(text):
    with pytest.raises(UnreadableDocument) as refused:
        draft_from(text)
    return refused.value.complaints


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Line 1, character 1"),
        ("{", "Line 1, character 2"),
        ('{"a": 1,}', "not JSON"),
        ("{'a': 1}", "not JSON"),
        ('{"a": "\x00"}', "invisible control character"),
        ("\x00", "null character"),
        ('{"a": NaN}', "`NaN`"),
        ('{"a": -Infinity}', "`-Infinity`"),
        ('{"a": 1} {}', "a second document"),
        ("[]", "JSON object"),
        ('"client_name"', "JSON object"),
        ("null", "JSON object"),
        ("1" * 5000, "JSON object"),
        ('{"scope": "a", "scope": "b"}', "`scope` appears twice"),
        ('{"a":' * 101 + "1" + "}" * 101, "nested too deeply"),
        ('{"x": {"b": 1, "b": 2}}', "`b` appears twice"),
        ("[" * 60_000, "nested too deeply"),
        ('{"a":' * 10_000, "nested too deeply"),
        ('{"a": "' + "x" * MAX_DOCUMENT_BYTES + '"}', "larger than 64 KiB"),
        ('{"a": "' + "ü" * (MAX_DOCUMENT_BYTES // 2) + '"}', "larger than 64 KiB"),
    ],
)
def test_what_is_no_document_is_said_in_one_sentence(text, words):
    (complaint,) = complaints(text)
    assert words in complaint


def test_long_numbers_harm_nobody():
    text = '{"client_id_issued_at": ' + "9" * 6000 + ', "x": 1e99999, "y": -' + "9" * 6000 + "}"
    assert len(read(parse(text)).unused) == 3


def test_byte_order_mark_is_ignored():
    assert parse('\ufeff{"client_name": "Till"}') == {"client_name": "Till"}
    assert parse('\ufeff {"client_name": "\ufeffTill"}') == {"client_name": "\ufeffTill"}


def test_nesting_that_no_registration_has_is_read_up_to_a_hundred_levels():
    text = '{"client_name": "Till", "x": ' + "[" * 99 + "]" * 99 + "}"
    assert draft_from(text).data["client_name"] == "Till"


def test_each_name_that_is_repeated_is_said():
    found = complaints('{"scope": "a", "x": {"b": 1, "b": 2}, "scope": "b"}')
    assert found == ("`b` appears twice. Remove one of them.", "`scope` appears twice. Remove one of them.")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"a": 1,}', (1, 8), "remove the comma before `}`"),
        ('{\n  "a": 1,\n}', (2, 9), "remove the comma before `}`"),
        ('{"a": ["x",\r\n]}', (1, 11), "remove the comma before `]`"),
        ('{"a": 1 // mine\n}', (1, 9), "remove the comment that starts with `//`"),
        ('/* mine */ {"a": 1}', (1, 1), "remove the comment from `/*` to `*/`"),
        ('{\n# mine\n"a": 1}', (2, 1), "remove the comment that starts with `#`"),
        ("{“a”: 1}", (1, 2), "curly quotation marks"),
        ('{"a”: 1}', (1, 4), "curly quotation marks"),
        ('{"a”: "b"}', (1, 4), "curly quotation marks"),
        ('{"a": "b”, "c": 1}', (1, 9), "curly quotation marks"),
        ('{"a": "b”\n}', (1, 9), "curly quotation marks"),
        ('{"a": „b“}', (1, 7), "curly quotation marks"),
        ("{'a': 1}", (1, 2), 'the double quotation mark `"`'),
        ("{\"a\": 'b'}", (1, 7), 'the double quotation mark `"`'),
        ("{a: 1}", (1, 2), "put the name between quotation marks"),
        ("{\n  client_name: 1}", (2, 3), "put the name between quotation marks"),
        ('{"a": b}', (1, 7), "put the text between quotation marks"),
        ('{"a": True}', (1, 7), "small letters"),
        ('{"a": None}', (1, 7), "write `null`"),
        ('{"a": undefined}', (1, 7), "write `null`"),
        ('{"a": 1', (1, 8), "`{` in line 1 is still open: add `}` at the end"),
        ('{"a": [\n{"b": 1}', (2, 9), "`[` in line 1 is still open: add `]}` at the end"),
        ('"a": 1}', (1, 4), "the braces are missing"),
        ('{"a": 1}}', (1, 9), "one too many"),
        ('{"a": 1 "b": 2}', (1, 9), "a comma `,` is missing"),
        ('{"a": "b" "c": 2}', (1, 11), "a comma `,` is missing"),
        ('{"a": "“b”" "c": 2}', (1, 13), "a comma `,` is missing"),
        ('{"a": 1,, "b": 2}', (1, 9), "a comma too many"),
        ('{"a" 1}', (1, 6), "a colon `:` is missing"),
        ('{"a"= 1}', (1, 5), "put a colon `:`"),
        ('{"a": }', (1, 7), "a value is missing"),
        ('{"a": "b', (1, 7), "the quotation mark that closes this text is missing"),
        ('{"a": "b\nc"}', (1, 9), "a text stops at the end of the line"),
        ('{"a": "b\tc"}', (1, 9), "a tab inside a text"),
        ('{"a": "C:\\docs"}', (1, 10), "a backslash inside a text has to be doubled"),
        ('{"a": "b"c"}', (1, 10), "Inside a text, write"),
        ('{"a": [1}', (1, 9), "a list is still open"),
        ('{"a": 1]', (1, 8), "an object is still open"),
        ('{"a": 01}', (1, 8), "remove the zero"),
        ('{"a": NaN}', (1, 7), "`NaN` is not a number in JSON"),
        ('{"NaN": "Infinity", "a": -Infinity}', (1, 26), "`-Infinity` is not a number in JSON"),
        ('{"a":\u00a01}', (1, 6), "an invisible or foreign character"),
    ],
)
def test_broken_json_says_where_and_what_to_change(text, place, words):
    line, character = place
    (complaint,) = complaints(text)
    assert complaint.startswith(f"This is not JSON. Line {line}, character {character}: ")
    assert words in complaint


@pytest.mark.parametrize(
    "text",
    [
        '{"client_secret": hunter2}',
        "{'client_secret': 'hunter2'}",
        '{"client_secret": "hunter2}',
        "hunter2",
        "{hunter2}",
        "client_secret: hunter2",
    ],
)
def test_complaint_quotes_nothing_of_a_broken_document(text):
    assert "hunter2" not in " ".join(complaints(text))


@pytest.mark.parametrize(
    "text", ['"' * 60_000, '{"' * 30_000, '{"a":' + '"\\' * 20_000, '{"a" ' + '"x”,' * 9_000]
)
def test_kilobytes_of_nonsense_are_complained_about(text):
    assert complaints(text)


@pytest.mark.parametrize(
    ("text", "title", "instead"),
    [
        ("<!DOCTYPE html><html></html>", "a web page (HTML)", "one client"),
        ("\n <html lang=en>", "a web page (HTML)", "one client"),
        ('<?xml version="1.0"?><EntityDescriptor/>', "XML", "SAML"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "a key or a certificate", "not needed"),
        ("eyJhbGciOiJub25lIn0.e30.c2ln", "a token (JWT)", "do not paste"),
        ("https://client.example/client.json", "an address", "We do not open addresses"),
        ("```json\n{}\n```", "Markdown", "Remove the lines"),
        ("curl -X POST https://as.example/register", "a command", "JSON document that it sends"),
        ("export default {\n}", "JavaScript", "Convert it to JSON"),
        ("const client = {}", "JavaScript", "Convert it to JSON"),
        ("POST /register HTTP/1.1\nHost: as.example\n\n{}", "an HTTP message", "JSON document in it"),
        ("client_id=x&scope=users%3Aread", "a query string", "one client"),
        ("CLIENT_ID=x\nSCOPE=users:read", "a file of settings", "one client"),
        ("# mine\nexport CLIENT_ID=x", "a file of settings", "one client"),
        ("[client]\nname = Till", "a file of settings", "one client"),
        ("client_name: Till\nredirect_uris:\n  - x", "YAML", "Convert it to JSON"),
        ("---\ndisplay_information:\n  name: Till", "YAML", "Convert it to JSON"),
        ("# mine\n_metadata:\n  major_version: 1", "YAML", "Convert it to JSON"),
        ("name,redirect_uri,scope\nTill,x,y\n", "a table (CSV)", "one client"),
    ],
)
def test_text_of_another_kind_is_named_with_what_to_paste_instead(text, title, instead):
    (complaint,) = complaints(text)
    assert f"This looks like {title}" in complaint
    assert instead in complaint


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04\x14", "a ZIP or Office file"),
    ],
)
def test_file_that_is_no_text_is_named_by_how_it_begins(content, title):
    assert f"This looks like {title}" in kind_of_bytes(content).says
    assert kind_of_bytes(b" " + content) is None


@pytest.mark.parametrize(
    ("document", "title", "instead"),
    [
        (
            {"issuer": "x", "authorization_endpoint": "x", "scopes_supported": ["a"], "op_tos_uri": "x"},
            "an OpenID provider’s discovery document",
            "describes an authorization server",
        ),
        ({"issuer": "x", "token_endpoint": "x"}, "an OpenID provider’s discovery document", "not a client"),
        (
            {"resource": "x", "authorization_servers": []},
            "the metadata of a protected resource",
            "not a client",
        ),
        ({"keys": [{"kty": "EC"}]}, "a set of keys (JWKS)", "one client"),
        ({"kty": "EC", "x": "y"}, "a key (JWK)", "one client"),
        ({"access_token": "x", "scope": "users:read"}, "the answer of a token endpoint", "do not paste it"),
        ({"token_type": "Bearer", "id_token": "x"}, "the answer of a token endpoint", "do not paste it"),
        (
            {"active": True, "scope": "users:read", "exp": 1},
            "the answer of a token introspection",
            "one client",
        ),
        ({"iss": "x", "sub": "y", "scope": "users:read"}, "the claims of a token", "one client"),
        ({"error": "invalid_client_metadata"}, "an error message", "one client"),
        ({"response_type": "code", "client_id": "x", "scope": "a"}, "an authorization request", "one client"),
        ({"openapi": "3.1.0", "info": {}}, "an OpenAPI description", "describes an API"),
        ({"swagger": "2.0"}, "an OpenAPI description", "describes an API"),
        ({"info": {"name": "x"}, "item": []}, "a Postman collection", "the environment"),
        ({"name": "x", "version": "1.0.0", "scripts": {}}, "a package.json", "one client"),
        ({"name": "x", "version": "1", "lockfileVersion": 3}, "a lock file of packages", "one client"),
        ({"compilerOptions": {}}, "a tsconfig.json", "one client"),
        ({"name": "x", "start_url": "/", "scope": "/", "icons": []}, "a web app’s manifest", "one client"),
        (
            {"type": "service_account", "private_key": "x", "client_email": "y"},
            "a Google service account",
            "secret",
        ),
        ({"realm": "x", "enabled": True, "clients": []}, "a Keycloak realm", "Export one client"),
        ({"realm": "x", "auth-server-url": "y", "resource": "z"}, "a Keycloak adapter", "Export the client"),
        ({"clients": [{"client_name": "x"}]}, "a list of clients", "one of its entries"),
        ({"total": 2, "items": [{"clientId": "x"}]}, "a list of clients", "one of its entries"),
        ([{"client_name": "x"}], "a list of 1 entry", "one of its entries"),
        (["https://client.example/cb", "x"], "a list of 2 entries", "one client"),
        ([], "an empty list", "one client"),
        ("client_name", "only one value", "one client"),
    ],
)
def test_json_of_another_kind_is_named_with_what_to_paste_instead(document, title, instead):
    (complaint,) = complaints(json.dumps(document))
    assert title in complaint
    assert instead in complaint


@pytest.mark.parametrize(
    "more",
    [{"keys": []}, {"error": "x"}, {"access_token": "x"}, {"apps": [{"clientId": "x"}]}, {"kty": None}],
)
def test_document_with_a_client_in_it_is_of_no_other_kind(more):
    assert draft_from(json.dumps({"client_name": "Till"} | more)).data["client_name"] == "Till"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    [*as_json(replace(EXAMPLE, initiation_uri="x")), "pkce_support", "client_secret", "jwks"]
)


@given(st.dictionaries(MEMBERS | st.text(), JSON))
def test_no_document_raises_anything_else(document):
    try:
        reading = read(parse(json.dumps(document)))
    except UnreadableDocument:
        return
    metadata_of(reading.data, logo_digest=None)
    named = {member.key for member in [*reading.used, *reading.unused]} | set(reading.others)
    assert named or not document


@given(st.text(alphabet=st.sampled_from('{}[]":,\\u00e\ufeff\x00 \n1-.aNtrue') | st.characters()))
def test_no_text_raises_anything_else(text):
    try:
        draft_from(text)
    except UnreadableDocument:
        return
