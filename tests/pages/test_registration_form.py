"""The form keeps what was typed and puts each finding beside its field."""

import pytest
from crispy_forms.utils import render_crispy_form
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from registrations.draft_checks import DraftChecks
from registrations.forms.markup import HELP
from registrations.forms.registration_form import RegistrationForm
from registrations.models.catalogue import Offer
from registrations.rules.findings import Finding, Severity
from registrations.rules.record_fields import FIELDS, OPTIONAL_FIELDS
from tests.pages.elements import elements, ids, with_attribute

SCOPES = [("test:test", "Test"), ("users:read", "Read people")]
SUBJECT_TYPES = [("company", "Company")]
HOSTILE = "\"><script>alert(1)</script>'`{{7*7}}"


def make(values=None, files=None, **options):
    checks = DraftChecks(Offer(SCOPES, SUBJECT_TYPES), None)
    return RegistrationForm(values, files, checks=checks, **options)


def posted(**values):
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def shown(form):
    return render_crispy_form(form)


def control(html, name, value=None):
    return [e for e in with_attribute(html, "name", name) if value is None or e.get("value") == value]


def reject(field, message="Wrong.", **rest):
    return Finding("R-06", Severity.REJECT, field, message, **rest)


def test_an_empty_post_is_a_draft():
    typed = make(posted()).draft_data()
    assert set(typed) == set(FIELDS) - {"logo"}
    assert typed["redirect_uris"] == typed["contacts"] == typed["scope"] == []
    assert typed["confidential"] is False


FORM_TABLE = [
    # field, what is posted, what the draft then holds
    ("redirect_uris", "", []),
    ("redirect_uris", " \t\r\n\r\n", []),
    ("redirect_uris", "a\r\nb\rc\nd", ["a", "b", "c", "d"]),
    ("redirect_uris", " a\t", ["a"]),
    ("redirect_uris", "- https://a.example/cb", ["- https://a.example/cb"]),
    ("redirect_uris", "\n\na\n \nb\n\n", ["a", "b"]),
    ("redirect_uris", "* b\n•\tc\n – d\n1. e ", ["* b", "•\tc", "– d", "1. e"]),
    ("redirect_uris", '[\n  "a",\n  "b"\n]', ["[", '"a",', '"b"', "]"]),
    ("contacts", '"a",\nb;', ['"a",', "b;"]),
    ("redirect_uris", "a b", ["a b"]),
    ("redirect_uris", "a,b", ["a,b"]),
    ("redirect_uris", "\u00a0a\u3000", ["\u00a0a\u3000"]),
    ("contacts", "a\x0b\x0c\x1c\x85\u2028\u2029b", ["a\x0b\x0c\x1c\x85\u2028\u2029b"]),
    ("contacts", "A@Client.Example\r\n", ["A@Client.Example"]),
    ("scope", ["users:read", "users:read", "test:test"], ["users:read", "test:test"]),
    ("scope", [" users:read", ""], [" users:read", ""]),
    ("client_name", "  Acme\n Ltd ", "  Acme\n Ltd "),
    ("client_uri", " https://client.example/ ", " https://client.example/ "),
    ("environment", "Production ", "Production "),
    ("pkce_support", "", ""),
    ("pkce_justification", "One\r\nTwo", "One\r\nTwo"),
    ("subject_type_preference", "COMPANY", "COMPANY"),
    ("confidential", "on", True),
    ("confidential", "", False),
    ("confidential", "false", False),
]


@pytest.mark.parametrize(("name", "sent", "kept"), FORM_TABLE, ids=range(len(FORM_TABLE)))
def test_all_that_the_form_does_before_the_rules_see_it(name, sent, kept):
    assert make(posted(**{name: sent})).draft_data()[name] == kept


def test_lines_lose_the_blanks_round_them_and_empty_ones_go():
    form = make(posted(redirect_uris=" https://client.example/a\t\r\n\r\nhttps://client.example/b \r\n \r\n"))
    kept = ["https://client.example/a", "https://client.example/b"]
    assert form.draft_data()["redirect_uris"] == kept
    (area,) = control(shown(form), "redirect_uris")
    assert area.text.strip("\n").split("\n") == kept


def test_a_line_keeps_separators_that_only_look_like_line_ends():
    assert make(posted(contacts="a\x0bb\u2028c")).draft_data()["contacts"] == ["a\x0bb\u2028c"]


def test_single_texts_are_kept_to_the_letter():
    assert (
        make(posted(client_uri=" https://client.example/ ")).draft_data()["client_uri"]
        == " https://client.example/ "
    )


@pytest.mark.parametrize("name", ["environment", "pkce_support", "subject_type_preference"])
def test_an_answer_that_is_not_offered_is_kept_and_shown(name):
    form = make(posted(**{name: HOSTILE}))
    assert form.draft_data()[name] == HOSTILE
    (choice,) = control(shown(form), name, HOSTILE)
    assert "checked" in choice.attrs


def test_a_scope_that_is_not_offered_is_kept_and_shown():
    form = make(posted(scope=["users:read", "users:reed", "users:read"]))
    assert form.draft_data()["scope"] == ["users:read", "users:reed"]
    assert "checked" in control(shown(form), "scope", "users:reed")[0].attrs


def test_a_new_form_presets_staging_pkce_and_no_subject_type():
    html = shown(make())
    assert "checked" in control(html, "environment", "staging")[0].attrs
    assert "checked" in control(html, "pkce_support", "supported")[0].attrs
    assert "checked" in control(html, "subject_type_preference", "")[0].attrs
    assert "checked" not in control(html, "confidential")[0].attrs


def test_what_a_draft_holds_comes_back_as_it_was_typed():
    typed = make(
        posted(
            client_name="Ex", redirect_uris="https://a.example/\r\n*", scope=["test:test"], confidential="on"
        )
    ).draft_data()
    assert make(posted(), initial=typed).initial == typed
    html = shown(make(initial=typed))
    assert control(html, "redirect_uris")[0].text == "\nhttps://a.example/\n*"
    assert "checked" in control(html, "scope", "test:test")[0].attrs
    assert "checked" in control(html, "confidential")[0].attrs


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"logo", "confidential"}))
@pytest.mark.parametrize("unstorable", ["a\x00b", "a\ud800b", "a" * 20_001])
def test_what_cannot_be_stored_is_an_error_beside_its_field(name, unstorable):
    form = make(posted(**{name: unstorable}))
    html = shown(form)
    html.encode("utf-8")
    assert [item.field for item in form.error_summary()] == [name]
    assert with_attribute(html, "data-field", name)
    with pytest.raises(ValueError, match="cannot be stored"):
        form.draft_data()


@pytest.mark.parametrize("version", ["x", "-1", "9" * 5000, "\ud800", "1.5", str(2**63)])
def test_a_draft_version_that_is_no_number_is_an_error(version):
    assert "draft_version" in make(posted(draft_version=version)).errors


def test_an_empty_file_is_left_to_the_rules_of_logos():
    form = make(posted(client_name="Ex"), MultiValueDict({"logo": [SimpleUploadedFile("x.png", b"")]}))
    assert form.draft_data()["client_name"] == "Ex"
    assert form.cleaned_data["logo"].size == 0


def test_exactly_the_optional_fields_are_marked_so():
    form = make()
    optional = {name for name in FIELDS if form[name].optional}
    assert optional == OPTIONAL_FIELDS
    assert shown(form).count("(optional)") == len(OPTIONAL_FIELDS)
    assert shown(form).count("(only with an exception)") == 1


def test_every_control_has_its_label_and_every_reference_its_target():
    html = shown(make(initial={"scope": ["odd"]}, findings=[reject(name) for name in FIELDS]))
    known = ids(html)
    assert len(known) == len(set(known))
    labelled = {e.get("for") for e in elements(html) if e.tag == "label"}
    assert {e.get("id") for e in elements(html) if e.tag in {"input", "textarea"}} == labelled
    for element in with_attribute(html, "aria-describedby"):
        assert set(element.get("aria-describedby").split()) <= set(known)
    assert {f"id_{name}" for name in FIELDS} <= set(known)


def test_a_finding_stands_beside_its_field_with_all_that_machines_read():
    html = shown(make(findings=[reject("redirect_uris", index=1, suggestion="https://client.example/cb")]))
    (finding,) = with_attribute(html, "data-rule")
    assert (finding.get("data-field"), finding.get("data-rule"), finding.get("data-severity")) == (
        "redirect_uris",
        "R-06",
        "reject",
    )
    assert finding.words().startswith("Error: Line 2: Wrong. Use https://client.example/cb Why? Rule R-06")
    (textarea,) = control(html, "redirect_uris")
    assert textarea.get("aria-invalid") == "true"
    assert "findings_redirect_uris" in textarea.get("aria-describedby")


def test_a_warning_is_shown_but_stops_nothing():
    form = make(findings=[Finding("R-56", Severity.WARN, "redirect_uris", "For development only.", 0)])
    html = shown(form)
    assert form.error_summary() == []
    assert with_attribute(html, "data-severity", "warn")
    assert not with_attribute(html, "aria-invalid")


def test_the_error_summary_follows_the_order_of_the_form():
    form = make(findings=[reject("confidential"), reject("scope", index=0), reject("client_name")])
    assert [item.href for item in form.error_summary()] == [
        "#id_client_name",
        "#id_scope",
        "#id_confidential",
    ]


def test_nothing_typed_becomes_markup():
    values = {name: HOSTILE for name in FIELDS if name not in {"logo", "confidential"}}
    findings = [reject(name, HOSTILE, suggestion=HOSTILE) for name in FIELDS]
    html = shown(make(posted(**values), findings=findings))
    assert "<script" not in html
    assert not [e for e in elements(html) if e.tag == "script"]
    assert control(html, "client_name")[0].get("value") == HOSTILE


def test_more_lines_than_anybody_lists_are_refused_at_once():
    """Each would get a finding of its own on every page that shows the draft."""
    for lines, messages in ((200, []), (201, ["Enter at most 200 lines."])):
        form = make(posted(redirect_uris="x\n" * lines))
        form.is_valid()
        assert form.errors.get("redirect_uris", []) == messages


def test_nobody_is_promised_an_email_to_the_contacts():
    assert "to your contacts" not in "".join(HELP.values())
