"""A paste that comes back comes back without its secret."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.client_metadata import as_json
from registrations.domain.secret_members import REMOVED, blanked
from tests.domain.documents import CANARY, FORMATS
from tests.rules.test_metadata import EXAMPLE

SECRET = "hunter2-hunter2"
DAMAGED = [
    *("client_secre", "client_secr", "client_sec", "client_ecret", "client_sercet", "client_sekret"),
    *("clientSecert", "client_s3cret", "CLIENT_SECR3T", "client_s\u0435cret", "client_se_cret", "pasword"),
    *("acces_tokn", "credentail", 'client_s"ecret', "client_s\u200becret"),
]
"""Names of secrets after a slip of hand or a damaging copy."""


@pytest.mark.parametrize(
    "text",
    [
        '{"client_secret": "%s", "scope": "kept"}',
        '{"client_secret":"%s","client_secret":"%s","scope": "kept"}',
        '{"client_secret"\n   :\n  "%s",\n "scope": "kept",}',
        '{"scope": "kept", "client_secret": "%s',
        '{"scope": "kept", "client_secret": "a\\"%s"}',
        '{"scope": "kept", "client_secret": "a"%s"}',
        '{"scope": "kept", "client_secret": %s}',
        '{"client_secret": null, "password": "%s", "refresh_token": 1234567, "scope": "kept", "x": }',
        "{'scope': 'kept', 'client_secret': '%s'}",
        "scope = kept\nclient_secret = %s\n",
        "{“scope”: “kept”, “client_secret”: “%s”}",
        '{"scope": "kept", "web": {"client_secret": "%s"}, "contacts": 1}',
        '{"scope": "kept", "clientSecret": {"value": "%s"}}',
        '{"scope": "kept", "client_secret": ["%s"]}',
        '{"scope": "kept", "client_secret": ["%s", ], "contacts": 1}',
        '{"scope": "kept", "clientSecret": {"value": "%s"',
        '{"scope": "kept", "registration_access_token": "%s"}',
        '{"scope": "kept", "PASSWORD": "%s", "contacts": 1}',
        '{"client_secre\\u0074": "%s", "scope": "kept"}',
        '{"client_\\u0073ecret": "\\u0068unter2-hunter2", "scope": "kept"}',
        '{"a secret\\n": "%s", "scope": "kept"}',
        '{"a secret": {"x": ["y", {"z": "%s"}]}, "scope": "kept"}',
        '{"client_secret": "%s", "scope": "kept", "note": "%s"}',
        '{"jwks": {"keys": [{"kty": "EC", "d": "%s", "x": "kept"}]}}',
        '{"jwks": {"keys": [{"kty": "EC", "d": "%s", "x": "kept"}, ]}}',
        '{"passwordCredentials": [{"secretText": "%s", "hint": "hunter2"}], "scope": "kept"}',
        '{"passwordCredentials": [{"secretText": "%s", "hint": "hunter2"}], "scope": "kept", }',
        '{"values": [{"key": "client_secret", "value": "%s"}, {"key": "scope", "value": "kept"}]}',
        '{"values": [{"key": "client_secret", "value": "%s"}, {"key": "scope", "value": "kept"}, ]}',
        '{"values": [{"key": "x", "value": "%s", "type": "secret"}], "scope": "kept"}',
        '{"values": [{"key": "x", "value": "%s", "type": "secret"}, ], "scope": "kept"}',
        '{"x": "-----BEGIN PRIVATE KEY-----\\n%s", "scope": "kept"}',
        '{"x": "https://client.example/?access_token=%s", "scope": "kept"}',
        '{"x": "https://me:%s@client.example/", "scope": "kept"}',
        '{"x": "Bearer %s", "scope": "kept"}',
        '["Basic %s", "kept"]',
        '{"apiKey": "%s", "scope": "kept"}',
        '{"credentials": {"oauthClient": {"x": "%s"}}, "scope": "kept"}',
        *(f'{{"{name}": "%s", "scope": "kept"{end}' for name in DAMAGED for end in ("}", ", }")),
        '{"scope": "kept", client_secret": "%s"}',
        '{"scope": "kept", "client_secret: "%s"}',
        '{"scope": "kept", "client_secret": hunter2\nhunter2"\n, "x": 1}',
        "scope: kept\nclient_secret: |\n  hunter2\n  hunter2\nname: x",
        'client_secret = """\nhunter2\n"""\nscope = "kept"',
        '{"x": "a8f5f167f44f4964e6c998dee827110c-hunter2", "scope": "kept", }',
        '{"": "q0Xk+hunter2/8Zt3==", "scope": "kept", }',
        "SCOPE=kept\nSHARED=q0Xkhunter2-8Zt3qq\n",
        '{"scope": "kept", "x": "eyJhbGciOiJIUzI1NiJ9hunter2.eyJzdWIiOiIxMjMhunter2", }',
    ],
)
def test_paste_is_kept_without_its_secret(text):
    kept = blanked(text.replace("%s", SECRET))
    assert SECRET not in kept
    assert "hunter2" not in kept
    assert "kept" in kept


@pytest.mark.parametrize(
    "text",
    [
        '{"client_\\u0073ecret": "%s"',
        '{"jwks": {"keys": [{"kty": "EC", "d": "%s", }]}}',
        '{"values": [{"key": "client_secret", "value": "%s", }]}',
        '{"value": "%s", "type": "secret", }',
        '{"x": "-----BEGIN PRIVATE KEY-----\\n%s", }',
        '{"x": "https://me:%s@client.example/", }',
        "curl -u client:%s -d {}",
        "Authorization Bearer %s",
        '{"client_secret" "%s"}',
        '{"client_secret" /* mine */: "%s", "contacts": 1}',
        "client_secret %s",
        '{"client_\\u0073ecret": "%s", "x": ' + "[" * 9000 + "}",
        '{"client_sec ret": "%s", }',
        '{"client_sec\nret": "%s"}',
        '{"client_sec-\n  ret": "%s"}',
        '{"p@ssword": "%s", }',
        '{"pass\u00adword": "%s", }',
        "client_sec\\\nret = %s",
    ],
)
def test_paste_is_not_kept_where_a_secret_may_hide(text):
    assert blanked(text.replace("%s", SECRET)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        json.dumps(as_json(EXAMPLE), indent=2),
        '{"contacts": "a@client.example", "client_secret": "", "client_name": "Caf\\u00e9"',
        '{"token_endpoint_auth_method": "client_secret_basic"',
        '{"client_secret_expires_at": 0, "response_types": ["token"], "id_token_signed_response_alg": "x"',
        '{"tls_client_certificate_bound_access_tokens": true, "client_secret": null, "token_uri": "x", }',
        '{"keys": [{"kty": "EC", "x": "y"}], "d": "kept", "values": [{"key": "scope", "value": "kept"}]}',
        '{"client_secret": "(secret removed)"}',
        '{"client_secret": "(secret removed)", "values": [{"key": "secret", "value": "(secret removed)"}, ]}',
    ],
)
def test_paste_without_a_secret_is_kept_to_the_letter(text):
    assert blanked(text) == text


def test_blanked_document_is_still_json():
    document = as_json(EXAMPLE) | {"client_secret": SECRET}
    assert json.loads(blanked(json.dumps(document, indent=2))) == document | {"client_secret": REMOVED}


@given(st.text(alphabet="{}[]\":,\\ \n'=" + string.ascii_letters), st.text(alphabet='":,\n {[', max_size=5))
def test_no_text_keeps_a_proper_secret(before, after):
    assert SECRET not in blanked(f'{before}\n"client_secret": "{SECRET}"{after}')


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("end", ["", "}", ",", "\n// mine"])
def test_document_of_each_format_comes_back_without_its_secrets(name, end):
    kept = blanked(FORMATS[name] + end)
    assert CANARY not in kept
    assert "://" in kept


def test_number_is_a_secret_too():
    assert blanked('{"client_secret": 123456, "x": 1}') == f'{{"client_secret": "{REMOVED}", "x": 1}}'


def test_names_stay_where_they_are_also_the_value_of_a_secret():
    assert json.loads(blanked('{"client_secret": "scope", "scope": "x"}')) == {
        "client_secret": REMOVED,
        "scope": "x",
    }


MANY_MEMBERS = json.dumps({f"m{number}": 1 for number in range(60_000)})


@pytest.mark.parametrize(
    "text",
    ["secret" * 40_000, "secret:\n" * 30_000, '"' * 260_000, "é " * 130_000, "x" * 900_000, MANY_MEMBERS]
    + [" -u" + "=" * 240_000, "https://" * 30_000, "true é " * 30_000, "1a" * 120_000],
)
def test_megabytes_of_nonsense_come_through(text):
    assert isinstance(blanked(text), str)
