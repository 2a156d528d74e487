"""A document fills a new draft, and the answer lists what it used and what it did not."""

import json
import logging
import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from portal.accounts.models import Role
from registrations.domain.json_documents import MAX_DOCUMENT_BYTES
from registrations.models import Registration
from tests.domain.documents import CANARY, FORMATS
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.pages.importing import EXAMPLE, IMPORT, SECRET, complaint, paste, pasted_again, unused, upload
from tests.support import people
from tests.support.leaks import holds
from tests.support.pages import words
from tests.support.registrations import again, approved, example_values
from tests.support.statements import statements


def dumped():
    """The whole database as JSON."""
    written = StringIO()
    call_command("dumpdata", stdout=written)
    return written.getvalue()


def test_visitor_is_sent_to_sign_in(db):
    assert Client().post(IMPORT)["Location"] == f"/accounts/login/?next={IMPORT}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_viewer_may_not_import(login, viewer, method):
    assert getattr(login(viewer), method)(IMPORT, {"document": "{}"}).status_code == 403
    assert not Registration.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_refused(login, partner, method):
    assert getattr(login(partner), method)(IMPORT).status_code == 405


def test_list_leads_to_it(login, partner, viewer, reviewer):
    link = f'href="{IMPORT}"'
    assert link in login(partner).get("/registrations/").text
    approved(partner, reviewer)
    assert link in login(partner).get("/registrations/").text
    assert link not in login(viewer).get("/registrations/").text


def test_empty_form_finds_fault_with_nothing(login, partner):
    page = login(partner).get(IMPORT)
    assert page.status_code == 200
    assert not with_attribute(page.text, "data-rule")
    assert not with_attribute(page.text, "data-error-summary")


def test_pasted_document_fills_a_draft_and_says_what_is_left(login, partner):
    page = paste(login(partner), EXAMPLE)
    registration = Registration.objects.get()
    assert page.status_code == 200
    assert registration.draft.data == example_values(confidential=False)
    assert registration.organisation == people.home(partner)
    assert "Everything in the document was used." in page.text
    for task in ("The logo", "client secret stays on your own server", "A reason"):
        assert task in page.text
    assert f'href="{at(registration, "edit/")}"' in page.text
    assert registration.revision_count == 0


def test_uploaded_document_does_the_same(login, partner):
    assert upload(login(partner), json.dumps(EXAMPLE).encode()).status_code == 200
    assert Registration.objects.get().draft.data == example_values(confidential=False)


def test_form_then_shows_the_findings(login, partner):
    browser = login(partner)
    paste(browser, EXAMPLE | {"redirect_uris": [" https://client.example/*"], "scope": "users:reed"})
    page = browser.get(at(Registration.objects.get(), "edit/"))
    shown = {(e.get("data-field"), e.get("data-rule")) for e in with_attribute(page.text, "data-rule")}
    assert {("redirect_uris", "R-03"), ("scope", "S-04")} <= shown


def test_every_member_that_was_not_used_is_listed_with_its_reason(login, partner):
    page = paste(
        login(partner),
        EXAMPLE
        | {
            "logo_uri": "https://client.example/logo.png",
            "token_endpoint_auth_method": "none",
            "grant_types": ["implicit"],
            "jwks": {"keys": []},
            "<b>bold</b>": 1,
            "client_secret": SECRET,
        },
    )
    listed = unused(page)
    assert listed["logo_uri"] == "Upload the logo instead: addresses are never fetched."
    assert listed["client_secret"].startswith("The portal issues this")
    assert listed["<b>bold</b>"] == "Unknown member."
    assert set(listed) == {
        "logo_uri",
        "token_endpoint_auth_method",
        "grant_types",
        "jwks",
        "<b>bold</b>",
        "client_secret",
    }
    assert "https://client.example/logo.png" not in page.text
    assert not again(Registration.objects.get()).draft.logo


def test_secret_in_a_document_goes_nowhere(login, partner):
    browser = login(partner)
    page = paste(browser, EXAMPLE | {"client_secret": SECRET, "web": {"client_secret": SECRET}})
    assert SECRET not in page.text
    assert SECRET not in json.dumps(Registration.objects.get().draft.data)
    assert SECRET not in browser.get(at(Registration.objects.get(), "edit/")).text
    assert SECRET not in str(dict(browser.session))


@pytest.mark.parametrize(
    "text",
    [
        f'{{"software_id": "kept", "client_secret": "{SECRET}"}}',
        f'{{"contacts": ["kept"], "client_secret": "{SECRET}",}}',
        f'{{"contacts": ["kept"], "client_secret": "{SECRET}',
    ],
)
def test_refused_paste_comes_back_without_its_secret(login, partner, text):
    page = paste(login(partner), text)
    assert complaint(page)
    assert SECRET not in page.text
    assert '"kept"' in pasted_again(page)
    assert '"client_secret": "(secret removed)"' in pasted_again(page)
    assert "We replaced what may be a secret in your document" in words(page)


def test_paste_in_which_a_secret_may_hide_does_not_come_back(login, partner):
    page = paste(login(partner), f'{{"client_\\u0073ecret": "{SECRET}"')
    assert SECRET not in page.text
    assert "We do not show what you pasted again" in page.text


def test_lifted_requirement_asks_for_an_exception_whose_reason_is_left_to_do(login, partner):
    page = paste(login(partner), EXAMPLE | {"pkce_required": False})
    typed = Registration.objects.get().draft.data
    assert (typed["pkce_support"], typed["pkce_justification"]) == ("exception_requested", "")
    assert "Why PKCE cannot be supported" in page.text


def test_document_may_name_production(login, partner):
    paste(login(partner), EXAMPLE | {"environment": "production"})
    assert Registration.objects.get().draft.data["environment"] == "production"


def test_record_of_one_registration_starts_another(login, partner, reviewer):
    browser, first = login(partner), approved(partner, reviewer)
    page = paste(browser, browser.get(at(first, "metadata.json")).text)
    assert set(unused(page)) == {"client_id"}
    second = Registration.objects.exclude(pk=first.pk).get()
    assert second.draft.data == example_values(confidential=False)
    assert second.client_id is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Paste a document"),
        ("{", "Line 1, character 2"),
        ("[]", "JSON object"),
        ('{"a": 1, "a": 2}', "twice"),
        ("{}", "made no draft"),
        ('{"client_name": "Till",\n}', "remove the comma before"),
        ("[" * 50_000, "nested too deeply"),
        ('{"a": NaN}', "NaN"),
        ('{"a": "\x00"}', "Null characters"),
        ('{"client_name": "\\u0000"}', "Null characters"),
        ('{"contacts": ["\\u0000"]}', "Null characters"),
        ('{"client_name": "\\ud800"}', "broken character"),
        ('{"redirect_uris": ["\\ud800"]}', "broken character"),
        ('{"scope": "\\udfff"}', "broken character"),
        ("\ufeff{}", "made no draft"),
        ('{"client_name": "%s"}' % ("a" * 4001), "at most 4000"),
        ('{"contacts": ["%s"]}' % ("a" * 20_001), "at most 20000"),
        (json.dumps({"scope": " ".join(map(str, range(201)))}), "at most 200"),
        ('{"client_name": "%s"}' % ("a" * 1_000_000), "larger than 64 KiB"),
    ],
    ids=range(19),
)
def test_what_cannot_be_read_is_an_error_beside_it_and_kept(login, partner, text, says):
    page = paste(login(partner), text)
    assert says in complaint(page)
    if "\x00" not in text:
        assert pasted_again(page) == text


def test_huge_numbers_in_members_nobody_uses_do_no_harm(login, partner):
    page = paste(login(partner), '{"scope": "a", "client_id_issued_at": %s, "x": 1e999}' % ("9" * 9000))
    assert set(unused(page)) == {"client_id_issued_at", "x"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_file_says_its_encoding_with_a_byte_order_mark(login, partner, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    content = (mark + json.dumps(EXAMPLE | {"client_name": "Café"}, ensure_ascii=False)).encode(encoding)
    assert upload(login(partner), content).status_code == 200
    assert Registration.objects.get().draft.data["client_name"] == "Café"


@pytest.mark.parametrize("name", FORMATS)
def test_document_of_each_format_fills_a_draft(login, partner, name):
    page = paste(login(partner), FORMATS[name])
    draft = Registration.objects.get().draft
    assert draft.data["redirect_uris"]
    assert " → Redirect URIs" in words(page)
    assert "We read your document as a" in words(page)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("end", ["", ",", "}}"])
def test_secret_of_no_format_goes_anywhere(login, partner, name, end, caplog):
    caplog.set_level(logging.DEBUG)
    browser = login(partner)
    pages = [paste(browser, FORMATS[name] + end), upload(browser, FORMATS[name].encode() + end.encode())]
    for registration in Registration.objects.all():
        pages.append(browser.get(at(registration, "edit/")))
    assert not any(holds(CANARY, page.content) for page in pages)
    assert not holds(CANARY, dumped().encode())
    assert not holds(CANARY, json.dumps(dict(browser.session)).encode())
    assert not holds(CANARY, caplog.text.encode())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f'{{"client_secret": "{SECRET}", "client_name": "Till",}}', "Line 1, character 60:"),
        (f'{{"token": [\n"{SECRET}"\n],\n"client_name": "Till" "x": 1}}', "Line 2, character 23:"),
        (f'{{"client_name": "Till",\n"client_secret": "{SECRET}}}', "Line 2, character 36:"),
    ],
)
def test_place_is_one_in_the_document_that_is_shown_again(login, partner, text, place):
    page = paste(login(partner), text)
    assert place in complaint(page)
    assert SECRET not in page.text


def test_canary_would_be_found(login, partner):
    paste(login(partner), EXAMPLE | {"client_name": CANARY})
    assert holds(CANARY, dumped().encode())


def test_document_that_names_other_settings_lists_them(login, partner):
    page = paste(login(partner), FORMATS["keycloak"])
    assert "What is not part of a registration with Pleo" in words(page)
    assert "Everything in the document was used." not in page.text


def test_page_says_which_formats_it_reads(login, partner):
    said = words(login(partner).get(IMPORT))
    for name in ("RFC 7591", "OpenID", "client metadata document", "Google", "Keycloak", "Slack", "Postman"):
        assert name in said


@pytest.mark.parametrize(
    "text",
    [
        '{"issuer": "x", "jwks_uri": "y"}',
        "<!doctype html>",
        "a: b",
        '{"name": "x", "version": "1", "main": 1}',
    ],
)
def test_document_of_another_kind_makes_no_draft(login, partner, text):
    page = paste(login(partner), text)
    assert "This looks like" in complaint(page)
    assert pasted_again(page) == text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"\xff\xfe{\x00}", "not UTF-8 text"),
        (b"\xe9\xe8", "not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"%PDF-1.7\xff", "a PDF"),
        (b"PK\x03\x04\xff", "a ZIP"),
        (b"{\x00}", "null character"),
        (b'{"a": "' + b"x" * MAX_DOCUMENT_BYTES + b'"}', "larger than 64 KiB"),
    ],
    ids=range(9),
)
def test_file_that_cannot_be_read_is_an_error_beside_the_file(login, partner, content, says):
    assert says in complaint(upload(login(partner), content), "file")


def test_paste_and_file_at_once_are_one_too_many(login, partner):
    page = upload(login(partner), b"{}", document='{"a": 1}')
    assert "choose a file, not both" in complaint(page, "file")
    assert pasted_again(page) == '{"a": 1}'


def test_every_problem_is_told_at_once(login, partner):
    page = paste(login(partner), {"contacts": 1, "scope": [1], "client_name": {}})
    assert len(with_attribute(page.text, "data-field", "document")) == 4
    too_long = {"client_name": "a" * 4001, "contacts": ["a" * 20_001], "client_uri": "\x00"}
    page = paste(login(partner), too_long)
    assert len(with_attribute(page.text, "data-field", "document")) == 3
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "hostile", ["</textarea><script>alert(1)</script>", "{{ 7|add:7 }}", "\"'><img src=x>"]
)
def test_nothing_pasted_becomes_markup(login, partner, hostile):
    page = paste(login(partner), hostile)
    assert pasted_again(page) == hostile
    listed = paste(login(partner), {hostile: hostile, "client_name": "Till", "x": {hostile: hostile}})
    for shown in (page, listed):
        assert not [e for e in elements(shown.text) if e.tag == "script" and "alert" in e.text]
        assert not [e for e in elements(shown.text) if e.get("src") == "x"]


def test_who_works_for_several_organisations_chooses_one(login, partner):
    second = people.organisation("Second Ltd")
    people.also_in(partner, second, Role.DEVELOPER)
    browser = login(partner)
    unchosen = paste(browser, EXAMPLE)
    assert unchosen.status_code == 200
    assert "Choose the organisation" in complaint(unchosen, "organisation")
    assert json.loads(pasted_again(unchosen)) == EXAMPLE
    paste(browser, EXAMPLE, organisation=str(second.uuid))
    assert Registration.objects.get().organisation == second


def test_another_organisation_is_not_found(login, partner, stranger):
    browser = login(partner)
    answers = [
        paste(browser, EXAMPLE, organisation=str(people.home(stranger).uuid)),
        paste(browser, EXAMPLE, organisation=str(uuid.uuid4())),
        paste(browser, EXAMPLE, organisation="x"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({words(answer) for answer in answers}) == 1
    assert not Registration.objects.exists()


def test_where_one_only_looks_is_not_allowed(login, partner):
    looked_at = people.organisation("Looked At Ltd")
    people.also_in(partner, looked_at, Role.VIEWER)
    assert paste(login(partner), EXAMPLE, organisation=str(looked_at.uuid)).status_code == 403


def test_no_address_in_a_document_is_fetched(login, partner, socket_disabled):
    addresses = ("logo_uri", "jwks_uri", "client_uri", "tos_uri", "sector_identifier_uri")
    assert paste(login(partner), dict.fromkeys(addresses, "https://client.example/x")).status_code == 200


def test_the_answer_says_how_much_of_the_draft_cannot_be_submitted(login, partner):
    addresses = [f"https://client.example/{number}" for number in range(30)]
    page = paste(login(partner), EXAMPLE | {"redirect_uris": addresses})
    assert "Everything in the document was used." in page.text
    assert "Complete or correct 2 answers" in words(page)
    assert with_attribute(page.text, "href", at(Registration.objects.get(), "edit/?show=all"))


def test_importing_keeps_its_budget(login, partner):
    browser = login(partner)
    with statements() as made:
        assert paste(browser, EXAMPLE).status_code == 200
    assert len(made) <= 6
