"""What each member of a registration becomes, and what is said of those that are not used."""

import json

import pytest

from registrations.domain.document_reading import draft_from, read
from registrations.domain.draft_data import metadata_of
from registrations.domain.json_documents import UnreadableDocument
from registrations.rules.metadata import Metadata

SECRET = "hunter2-hunter2"
ADDRESS = "https://client.example/callback"


def taken_in(document):
    return metadata_of(read(document).data, logo_digest=None)


def reasons(**document):
    return {member.key: member.reason for member in read(document).unused}


def notes(**document):
    return {member.key: member.note for member in read(document).used}


def complaints(document):
    with pytest.raises(UnreadableDocument) as refused:
        draft_from(json.dumps(document))
    return refused.value.complaints


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
    assert "Separate scopes with one space." in notes(scope="users:read  users:write")["scope"]
    assert notes(scope="users:read users:nope") == {"scope": ""}


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
        ("client_id", "x", "The portal issues this"),
        ("client_secret", SECRET, "The portal issues this"),
        ("client_secret_expires_at", 0, "The portal issues this"),
        ("registration_access_token", SECRET, "The portal issues this"),
        ("jwks", {"keys": []}, "no place for keys"),
        ("jwks_uri", "https://client.example/jwks", "no place for keys"),
        ("software_statement", "e30.e30.", "not evaluated"),
        ("software_id", "x", "no such setting"),
        ("subject_type", "pairwise", "not the same as"),
        ("pkce_exception_expires_on", "2027-01-31", "Pleo decides this"),
        ("colour", "blue", "Unknown member."),
        ("colour#fr", "bleu", "Unknown member."),
        ("client_uri", None, "`null`"),
        ("token_endpoint_auth_method", "none", "`none` is not supported"),
        ("grant_types", ["implicit"], "`implicit` is not supported"),
        ("grant_types", ["authorization_code", "password"], "`password` is not supported"),
        ("grant_types", ["authorization_code"], "Every client has"),
        ("grant_types", [], "Every client has"),
        ("client_id", "https://client.example/client.json", "identifies your client elsewhere"),
        ("api_key", SECRET, "This is a secret"),
        ("clientSecret", SECRET, "This is a secret"),
        ("privateKey", SECRET, "This is a secret"),
        ("post_logout_redirect_uris", [], "no such setting"),
        ("application_type", "native", "every client of Pleo keeps its secret"),
        ("initiate_login_uri", "https://client.example/login", "not the same as `initiation_uri`"),
        ("logoUrl", "https://client.example/logo.png", "Upload the logo instead"),
        ("contacts", [], "It is empty"),
        ("client_name", "", "It is empty"),
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


def test_name_that_is_used_or_is_anothers_can_be_read_too():
    tagged = read({"client_name#en\u202e": "Till"})
    assert tagged.data["client_name"] == "Till"
    assert [member.shown for member in tagged.used] == ["client_name#enU+202E"]
    keycloak = read({"clientId": "till", "redirectUris": [ADDRESS], "enabled\u202e": True})
    assert keycloak.others_shown == ["enabledU+202E"]


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("contacts", [1], "It has to be a list"),
        ("contacts", [["a@client.example"]], "It has to be a list"),
        ("contacts", {"a": 1}, "It has to be a list"),
        ("contacts", "a@client.example, b@client.example", "It has to be a list"),
        ("redirect_uris", f"{ADDRESS} {ADDRESS}", "It has to be a list"),
        ("redirect_uris", [ADDRESS, None], "It has to be a list"),
        ("redirect_uris", 5, "It has to be a list"),
        ("client_name", 5, "It has to be text"),
        ("client_name", ["x"], "It has to be text"),
        ("client_uri", {"href": ADDRESS}, "It has to be text"),
        ("scope", 5, "It has to be one text"),
        ("scope", ["users:read users:write"], "It has to be one text"),
        ("scope", ["users:read", 1], "It has to be one text"),
        ("grant_types", "implicit", "`implicit` is not supported"),
        ("grant_types", {"a": 1}, "It has to be a list"),
        ("response_types", "code", "we read it as a list with one entry"),
        ("response_types", "code token", "It has to be a list"),
        ("token_endpoint_auth_method", True, "It has to be text"),
        ("token_endpoint_auth_method", ["client_secret_basic"], "It has to be text"),
        ("pkce_required", "false", "It has to be `true` or `false`"),
        ("pkce_required", 0, "It has to be `true` or `false`"),
        ("pkce_support", ["supported"], "It has to be text"),
    ],
)
def test_member_in_another_shape_stops_only_itself(member, value, words):
    document = {"tos_uri": "https://client.example/tos", member: value}
    found = reasons(**document)
    assert list(found) == [member]
    assert words in found[member]
    assert taken_in(document) == Metadata(tos_uri="https://client.example/tos")


@pytest.mark.parametrize(
    ("member", "value", "read_as", "note"),
    [
        ("redirect_uris", ADDRESS, (ADDRESS,), "a list with one entry"),
        ("contacts", "a@client.example", ("a@client.example",), "a list with one entry"),
        ("scope", ["users:read", "users:write"], ("users:read", "users:write"), "joined it with spaces"),
    ],
)
def test_shape_that_can_mean_only_one_thing_is_read_and_said(member, value, read_as, note):
    assert getattr(taken_in({member: value}), member) == read_as
    assert note in notes(**{member: value})[member]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("redirectUris", "redirect_uris"),
        ("redirect_uri", "redirect_uris"),
        ("redirect_urls", "redirect_uris"),
        ("callbacks", "redirect_uris"),
        ("callback_urls", "redirect_uris"),
        ("Callback-URL", "redirect_uris"),
        ("redirect_uirs", "redirect_uris"),
        ("scopes", "scope"),
        ("homepage", "client_uri"),
        ("website", "client_uri"),
        ("clientName", "client_name"),
        ("client_nmae", "client_name"),
        ("name", "client_name"),
        ("privacy_policy_uri", "policy_uri"),
        ("terms_of_service_url", "tos_uri"),
        ("contactEmail", "contacts"),
        ("settings_uri", "configuration_uri"),
        ("grant_type", "grant_types"),
    ],
)
def test_near_name_is_named_with_the_right_one_and_not_taken(name, right):
    assert f"`{right}`" in reasons(**{name: "x"})[name]
    assert taken_in({name: "x"}) == Metadata()


@pytest.mark.parametrize("name", ["colour", "id", "uri", "application_id", "c", "x" * 5000, "", "#", "\x00"])
def test_far_name_is_not_named_with_any(name):
    assert reasons(**{name: 1}) == {name: "Unknown member."}


@pytest.mark.parametrize(
    ("document", "chosen"),
    [
        ({"client_name#da": "Kasse"}, "Kasse"),
        ({"client_name#da": "Kasse", "client_name#en": "Till"}, "Till"),
        ({"client_name#da": "Kasse", "client_name#en-GB": "Till"}, "Till"),
        ({"client_name#da": "Kasse", "client_name#de": "Kasse 2"}, "Kasse"),
        ({"client_name": None, "client_name#da": "Kasse"}, "Kasse"),
        ({"client_name#en": "Till", "client_name": "Plain"}, "Plain"),
        ({"client_name#en": None, "client_name#da": "Kasse"}, "Kasse"),
    ],
)
def test_one_language_is_used_and_the_others_say_so(document, chosen):
    reading = read(document)
    assert reading.data["client_name"] == chosen
    (used,) = reading.used
    assert used.key == next(name for name, value in document.items() if value == chosen)
    assert ("one language" in used.note) == ("#" in used.key)
    others = {name for name, value in document.items() if value not in (chosen, None)}
    assert others <= {each.key for each in reading.unused if "One language only" in each.reason}


@pytest.mark.parametrize(
    "document", [{}, {"environment": "production"}, {"pkce_required": True}, {"client_id": "x"}]
)
def test_document_with_no_usable_member_makes_no_draft(document):
    (complaint,) = complaints(document)
    assert "made no draft" in complaint
    assert "`redirect_uris`" in complaint


def test_everything_that_would_have_been_usable_is_said_at_once():
    found = complaints({"contacts": 1, "scope": 2, "redirectUris": [ADDRESS], "x": 1})
    assert [complaint.partition(":")[0] for complaint in found[1:]] == [
        "`contacts`",
        "`scope`",
        "`redirectUris`",
    ]
