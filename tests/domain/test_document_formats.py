"""Each format is recognised by its shape, and every member of it says what became of it."""

import json

import pytest

from registrations.domain.document_formats import Opened, opened
from registrations.domain.document_reading import draft_from
from registrations.domain.json_documents import UnreadableDocument
from tests.domain.documents import CANARY, FORMATS

HOST = "https://till.client.example"
CALLBACK = f"{HOST}/oauth/callback"


def filled(text):
    """What the draft holds, without the fields that were left at their defaults."""
    reading = draft_from(text)
    return {name: value for name, value in reading.data.items() if value and name not in UNASKED}


UNASKED = {"environment", "pkce_support"}
LINKS = {"tos_uri": f"{HOST}/terms", "policy_uri": f"{HOST}/privacy"}


@pytest.mark.parametrize(
    ("name", "title", "values"),
    [
        (
            "google_web",
            "a Google credentials file",
            {"redirect_uris": [CALLBACK, f"{HOST}/oauth/*"]},
        ),
        ("google_installed", "a Google credentials file", {"redirect_uris": ["http://localhost"]}),
        (
            "keycloak",
            "a Keycloak client",
            {
                "client_name": "Till Connect",
                "client_uri": f"{HOST}/start",
                "redirect_uris": [CALLBACK, f"{HOST}/oauth/*"],
            }
            | LINKS,
        ),
        (
            "slack",
            "a Slack app manifest",
            {"client_name": "Till Connect", "redirect_uris": [f"{HOST}/slack/callback"]},
        ),
        (
            "microsoft",
            "a Microsoft app manifest",
            {
                "client_name": "Till Connect",
                "client_uri": f"{HOST}/",
                "redirect_uris": [f"{HOST}/signin-oidc"],
            }
            | LINKS,
        ),
        (
            "microsoft_older",
            "a Microsoft app manifest",
            {
                "client_name": "Till Connect",
                "client_uri": f"{HOST}/",
                "redirect_uris": [f"{HOST}/signin-oidc"],
            }
            | LINKS,
        ),
        (
            "postman",
            "a Postman environment",
            {"redirect_uris": [CALLBACK], "scope": ["users:read", "users:write"]},
        ),
        (
            "openid",
            "a client registration (RFC 7591 or OpenID Connect)",
            {
                "client_name": "Till Connect",
                "client_uri": f"{HOST}/",
                "contacts": ["oauth@client.example"],
                "redirect_uris": [f"{HOST}/oidc/callback"],
            }
            | LINKS,
        ),
        (
            "metadata_document",
            "a client metadata document",
            {"client_name": "Till Connect", "client_uri": f"{HOST}/", "redirect_uris": [CALLBACK]},
        ),
        (
            "wrapped",
            "a client registration (RFC 7591 or OpenID Connect)",
            {"client_name": "Till Connect", "redirect_uris": [CALLBACK], "scope": ["users:read"]},
        ),
    ],
)
def test_each_format_fills_the_form(name, title, values):
    assert draft_from(FORMATS[name]).title == title
    assert filled(FORMATS[name]) == values


@pytest.mark.parametrize("name", FORMATS)
def test_every_member_is_named_and_no_secret_is(name):
    reading = draft_from(FORMATS[name])
    assert CANARY not in repr(reading)
    named = [member.key for member in [*reading.used, *reading.unused]] + reading.others
    missing = {
        member
        for member in json.loads(FORMATS[name])
        if not any(member == key or key.startswith(f"{member}.") for key in named)
    }
    assert missing <= {"token_endpoint_auth_method", "grant_types", "response_types"} or name == "postman"


@pytest.mark.parametrize(
    ("name", "member", "label", "note"),
    [
        ("google_web", "web.redirect_uris", "Redirect URIs", ""),
        ("keycloak", "redirectUris", "Redirect URIs", "completed with `rootUrl`"),
        ("keycloak", "attributes.tosUri", "Terms of service", ""),
        ("slack", "oauth_config.redirect_urls", "Redirect URIs", ""),
        ("microsoft", "info.privacyStatementUrl", "Privacy policy", ""),
        ("microsoft_older", "replyUrlsWithType", "Redirect URIs", "another type than `Web`"),
        ("postman", "redirect_uri", "Redirect URIs", "one entry"),
        ("wrapped", "data.client.client_name", "Client name", ""),
    ],
)
def test_what_was_used_says_what_it_became(name, member, label, note):
    (used,) = [used for used in draft_from(FORMATS[name]).used if used.key == member]
    assert used.label == label
    assert note in used.note
    assert bool(note) == bool(used.note)


@pytest.mark.parametrize(
    ("name", "member", "reason"),
    [
        ("google_web", "web.client_secret", "The portal issues this"),
        ("google_installed", "installed", "only clients that keep their secret on a server"),
        ("keycloak", "clientId", "The portal issues this"),
        ("keycloak", "registrationAccessToken", "The portal issues this"),
        ("keycloak", "rootUrl", "only completes"),
        ("keycloak", "attributes.logoUri", "never fetched"),
        ("keycloak", "defaultClientScopes", "scopes of another service"),
        ("slack", "oauth_config.scopes", "scopes of another service"),
        ("microsoft", "spa.redirectUris", "only clients that keep their secret on a server"),
        ("microsoft", "passwordCredentials", "This is a secret"),
        ("postman", "client_secret", "This is a secret"),
        ("postman", "signing", "This is a secret"),
        ("postman", "callbackUrl", "switched off"),
        ("openid", "application_type", "every client of Pleo"),
        ("openid", "initiate_login_uri", "not the same as `initiation_uri`"),
        ("openid", "subject_type", "not the same as"),
        ("openid", "client_name#da", "One language only"),
        ("openid", "jwks", "no place for keys"),
        ("metadata_document", "client_id", "identifies your client elsewhere"),
        ("metadata_document", "token_endpoint_auth_method", "`private_key_jwt` is not supported"),
        ("wrapped", "data.client.client_secret", "The portal issues this"),
    ],
)
def test_what_was_not_used_says_why(name, member, reason):
    (unused,) = [unused for unused in draft_from(FORMATS[name]).unused if unused.key == member]
    assert reason in unused.reason


def test_settings_of_the_other_service_are_listed_without_a_reason():
    assert {"protocol", "enabled", "webOrigins", "attributes.client.secret.creation.time"} <= set(
        draft_from(FORMATS["keycloak"]).others
    )
    assert set(draft_from(FORMATS["postman"]).others) == {"client_id", "base_url", "name"}


@pytest.mark.parametrize(
    ("root", "uris", "joined"),
    [
        ("https://till.client.example", ["/cb"], ["https://till.client.example/cb"]),
        ("https://client.example/till", ["/cb"], ["https://client.example/till/cb"]),
        (
            "http://localhost:3000",
            ["/cb", "https://b.example/"],
            ["http://localhost:3000/cb", "https://b.example/"],
        ),
        ("https://till.client.example/", ["/cb"], ["/cb"]),
        ("${authBaseUrl}", ["/cb"], ["/cb"]),
        ("", ["/cb"], ["/cb"]),
        (None, ["/cb"], ["/cb"]),
        ("https://till.client.example", ["//evil.example/cb", "cb", "*"], ["//evil.example/cb", "cb", "*"]),
        ("https://till.client.example?x", ["/cb"], ["/cb"]),
    ],
)
def test_root_completes_paths_only_where_that_is_certain(root, uris, joined):
    document = {"clientId": "till", "rootUrl": root, "redirectUris": uris}
    assert filled(json.dumps(document)) == {"redirect_uris": joined}


def test_first_of_two_members_for_the_same_field_is_used():
    reading = draft_from(json.dumps({"appId": "x", "displayName": "Till Connect", "name": "Till"}))
    assert reading.data["client_name"] == "Till Connect"
    assert [member.key for member in reading.used] == ["displayName"]
    (name,) = [member for member in reading.unused if member.key == "name"]
    assert name.reason == "Another member for the same field is used."


def test_public_client_of_keycloak_says_that_it_is_not_supported():
    document = {"clientId": "till", "publicClient": True, "redirectUris": ["https://client.example/cb"]}
    (said,) = [member for member in draft_from(json.dumps(document)).unused if member.key == "publicClient"]
    assert "keep their secret on a server" in said.reason


@pytest.mark.parametrize("wrapper", ["client", "data", "oauth_client", "registration", "x"])
def test_one_client_is_found_in_its_wrapper(wrapper):
    assert filled(json.dumps({wrapper: {"client_name": "Till"}})) == {"client_name": "Till"}


@pytest.mark.parametrize("name", ["keycloak", "slack", "microsoft", "google_web", "postman"])
def test_another_format_is_found_in_its_wrapper(name):
    wrapped = json.dumps({"client": json.loads(FORMATS[name])})
    assert filled(wrapped) == filled(FORMATS[name])
    assert all(member.key.startswith("client.") for member in draft_from(wrapped).used)


def test_wrappers_in_wrappers_end():
    document = {"client_name": "Till"}
    for _ in range(5):
        document = {"client": document}
    with pytest.raises(UnreadableDocument, match="Nothing in this document"):
        draft_from(json.dumps(document))


def test_two_wrapped_clients_are_one_too_many():
    with pytest.raises(UnreadableDocument, match="more than one client in this document: `a` and `b`"):
        draft_from(json.dumps({"a": {"client_name": "A"}, "b": {"client_name": "B"}}))


@pytest.mark.parametrize(
    "more",
    [
        {"client": {"client_name": "Other"}},
        {"web": {"client_secret": "x", "redirect_uris": ["https://client.example/cb"]}},
        {"values": [{"key": "redirect_uri", "value": "https://client.example/cb"}]},
        {"clientId": "x", "redirectUris": ["https://client.example/cb"]},
        {"oauth_config": {"redirect_urls": ["https://client.example/cb"]}},
    ],
)
def test_members_of_its_own_decide_the_format_of_a_document(more):
    assert filled(json.dumps({"client_name": "Till"} | more)) == {"client_name": "Till"}


@pytest.mark.parametrize(
    "document",
    [
        {"values": [{"key": 1}]},
        {"values": [{"key": "redirect_uri", "value": {"a": 1}}]},
        {"clientId": "x", "redirectUris": {"a": 1}, "attributes": []},
        {"replyUrlsWithType": [1, {"url": 2}, {"type": "Web"}]},
        {"replyUrlsWithType": "x", "web": []},
        {"display_information": {}, "oauth_config": []},
        {"web": {"client_secret": 1, "redirect_uris": [[]]}},
        {"clientId": "x", "rootUrl": "https://a.example", "baseUrl": 5, "redirectUris": [1, None, "/cb"]},
    ],
)
def test_known_format_with_values_of_another_shape_raises_nothing_else(document):
    assert isinstance(opened(document), Opened)
    with pytest.raises(UnreadableDocument):
        draft_from(json.dumps(document))
