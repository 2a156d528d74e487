"""How the values of a record are shown, on every page that shows one."""

import pytest
from django.template.loader import render_to_string

from registrations.domain.differences import Change
from registrations.forms.markup import code_spans
from registrations.models import Scope, SubjectType
from registrations.rules.findings import Finding, Severity
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.registrations import a_draft, a_logo

HOSTILE = "\"><script>alert(1)</script>'"


def answers(**row):
    row = {"label": "Label", "change_url": None, "findings": [], "is_numbered": False, **row}
    return render_to_string("includes/answers.html", {"sections": [{"title": "Part", "rows": [row]}]})


def answer(field, value):
    return next(e for e in elements(answers(field=field, value=value)) if e.tag == "dd").words()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("client_name", "Example Client", "Example Client"),
        ("logo", None, "Not given"),
        ("initiation_uri", "", "Not given"),
        ("redirect_uris", ["https://client.example/callback"], "https://client.example/callback"),
        ("scope", ("test:test", "users:read"), "test:testusers:read"),
        ("confidential", True, "Yes"),
        ("confidential", False, "Not confirmed"),
        ("environment", "production", "Production"),
        ("pkce_support", "exception_requested", "Not supported, needs an exception"),
        ("pkce_support", "odd", "odd"),
    ],
)
def test_a_value_is_shown_in_words(field, value, words):
    assert answer(field, value) == words


def test_a_web_page_is_linked_and_told_nothing_of_where_the_click_came_from():
    (link,) = with_attribute(answers(field="tos_uri", value="https://client.example/tos"), "href")
    assert link.get("rel") == "noopener noreferrer nofollow"
    assert link.words() == link.get("href")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_uri", "javascript:alert(1)"),
        ("client_uri", "http://client.example/"),
        ("redirect_uris", ["https://client.example/callback"]),
    ],
)
def test_nothing_else_becomes_a_link(field, value):
    assert not with_attribute(answers(field=field, value=value), "href")


def test_the_change_link_names_its_field():
    html = answers(field="scope", label="Scopes", value=[], change_url="/edit/#id_scope")
    assert with_attribute(html, "href")[0].words() == "Change Scopes"


def test_a_difference_shows_both_sides_of_every_change(db):
    logo = a_logo("a" * 64, digest_128="1" * 64, digest_256="2" * 64)
    small, large = f"/logos/{'1' * 64}.png", f"/logos/{'2' * 64}.png"
    changes = [
        Change("client_name", "Client name", "Example", HOSTILE),
        Change("logo", "Logo", None, logo.digest),
        Change("redirect_uris", "Redirect URIs", ("https://a.example/",), ("https://b.example/",)),
    ]
    html = render_to_string("includes/difference.html", {"changes": changes})
    cells = [e.words() for e in elements(html) if e.tag == "td"]
    assert cells == ["Example", HOSTILE, "Not given", "", "https://a.example/", "https://b.example/"]
    (shown,) = with_attribute(html, "src", small)
    assert shown.get("srcset") == f"{small} 1x, {large} 2x"


def test_hostile_values_stay_text():
    finding = Finding("R-06", Severity.REJECT, "scope", HOSTILE, 0, HOSTILE)
    html = answers(field="scope", value=[HOSTILE, HOSTILE], findings=[finding])
    assert "<script" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Use `https://`.", "Use <code>https://</code>."),
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("one ` only", "one ` only"),
        ("`a` then ` only", "<code>a</code> then ` only"),
        ("`<b>`&", "<code>&lt;b&gt;</code>&amp;"),
        ("``", ""),
    ],
)
def test_what_stands_between_backticks_is_code(text, html):
    assert code_spans(text) == html


@pytest.mark.parametrize("page", ["check/", ""])
def test_scopes_and_the_subject_type_are_shown_with_their_words(login, partner, page):
    registration = a_draft(partner, scope=["users:read"], subject_type_preference="organisation")
    answers = [e.words() for e in elements(login(partner).get(at(registration, page)).text) if e.tag == "dd"]
    assert "users:read See the company's users." in answers
    assert "Organisation with several companies" in answers
    assert "organisation" not in answers


def test_an_option_that_left_the_catalogue_stands_alone(login, partner):
    registration = a_draft(partner, scope=["users:read"], subject_type_preference="company")
    Scope.objects.filter(name="users:read").update(is_offered=False)
    SubjectType.objects.filter(code="company").update(is_offered=False)
    answers = [e.words() for e in elements(login(partner).get(at(registration)).text) if e.tag == "dd"]
    assert {"users:read", "company"} <= set(answers)
