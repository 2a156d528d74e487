"""Rows that come and go, and what the page says of them."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.scenery import page_of
from tests.support.registrations import a_draft

FIRST, PLAIN, LAST = (
    "https://client.example/first",
    "http://client.example/second",
    "https://client.example/third",
)


A, B = "https://a.example/cb", "https://b.example/cb"
PASTED = [
    # field, what is pasted, the rows that come of it
    ("redirect_uris", f"{A}, {B}", [A, B]),
    ("redirect_uris", f"{A},{B}", [A, B]),
    ("redirect_uris", f"{A} {B}", [A, B]),
    ("redirect_uris", f'"{A}",\n"{B}",\n', [A, B]),
    ("redirect_uris", f"- {A}\r\n\r\n- {B}\r\n", [A, B]),
    ("redirect_uris", f"1. {A}\n2. {B}", [A, B]),
    ("redirect_uris", f'["{A}", "{B}"]', [A, B]),
    ("redirect_uris", f'[\n  "{A}",\n  "{B}"\n]\n'.replace("/", r"\/"), [A, B]),
    ("redirect_uris", f'["{A}"]', [A]),
    ("redirect_uris", f'"redirect_uris": ["{A}", "{B}"],', [A, B]),
    ("redirect_uris", f'{{"web": {{"redirect_uris": ["{A}", "{B}"], "auth_uri": "{A}"}}}}', [A, B]),
    ("redirect_uris", f'{{"redirect_uris": "{A}", "tos_uri": "{B}"}}', [A]),
    ("redirect_uris", f'"{A}", "{B}"', [A, B]),
    ("redirect_uris", f'"redirect_uris": [\n  "{A}",\n  "{B}",\n', [A, B]),
    ("redirect_uris", f'{{redirectUris: ["{A}"], postLogoutRedirectUris: ["{B}"]}}', [A]),
    ("redirect_uris", f"redirectUris:\n  - {A}\n  - {B}\nscope: x", [A, B]),
    ("redirect_uris", f"CLIENT_ID=x\nREDIRECT_URI={A}", [A]),
    ("redirect_uris", f'"{A}",', [f'"{A}",']),
    ("redirect_uris", f"“{A}”,", [f"“{A}”,"]),
    ("redirect_uris", f"- {A}", [f"- {A}"]),
    ("redirect_uris", '{"client_name": "Acme"}', ['{"client_name": "Acme"}']),
    ("redirect_uris", f'"client_uri": "{A}",\n"tos_uri": "{B}"', [f'"client_uri": "{A}","tos_uri": "{B}"']),
    ("redirect_uris", f'"logout_uris": ["{A}", "{B}"]', [f'"logout_uris": ["{A}", "{B}"]']),
    ("redirect_uris", f"Callback: {A}\nWebsite: {B}", [A]),
    ("redirect_uris", "[" * 5000, ["[" * 5000]),
    ("redirect_uris", f"{A}?to={B}", [f"{A}?to={B}"]),
    ("redirect_uris", "two words", ["two words"]),
    ("contacts", "a@client.example; b@client.example", ["a@client.example", "b@client.example"]),
    ("contacts", "* a@client.example\n* b@client.example", ["a@client.example", "b@client.example"]),
    ("contacts", '["a@client.example", "b@client.example"]', ["a@client.example", "b@client.example"]),
    ("contacts", '{"contacts": ["a@client.example"], "tos_uri": "x"}', ["a@client.example"]),
    ("contacts", "A <a@client.example>; b@client.example", ["a@client.example", "b@client.example"]),
    ("contacts", "Ann Other <a@client.example>", ["Ann Other <a@client.example>"]),
]


def test_a_pasted_list_comes_apart_in_view(window, partner):
    page = window(partner)
    for name, text, expected in PASTED:
        page.goto("/registrations/new/")
        paste(page, rows(page, name).first, text)
        expect(rows(page, name)).to_have_count(len(expected))
        assert [row.input_value() for row in rows(page, name).all()] == expected
        assert page.locator(f"textarea[name={name}]").input_value().split("\n") == expected


def test_what_is_pasted_into_a_row_that_holds_something_stays_a_part_of_it(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    rows(page).first.fill("https://client.example")
    paste(page, rows(page).first, "/callback,")
    assert values(page) == ["https://client.example/callback,"]


def test_an_empty_row_between_moves_nothing_to_another_row(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    paste(page, rows(page).first, f"{FIRST}\n{LAST}")
    rows(page).first.press("Enter")
    rows(page).nth(2).fill(PLAIN)
    expect(finding(page)).to_contain_text("Line 3:")
    expect(rows(page).nth(2)).to_have_attribute("aria-invalid", "true")
    steps.press(page, "Use https://client.example/second")
    assert values(page) == [FIRST, "", "https://client.example/second"]


def paste(page, row, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    row.focus()
    page.keyboard.press("ControlOrMeta+V")


@pytest.fixture
def form(window, partner):
    """The form of a draft whose second redirect URI is refused, with all its errors."""
    page = window(partner)
    page.goto(page_of(a_draft(partner, redirect_uris=[FIRST, PLAIN, LAST]), "edit/?show=all"))
    return page


def rows(page, name="redirect_uris"):
    return page.locator(f"[data-row-of={name}]")


def values(page):
    return [row.input_value() for row in rows(page).all()]


def finding(page):
    return page.locator("li.finding[data-field=redirect_uris][data-severity=reject]")


def test_a_suggestion_goes_to_its_own_row_after_another_was_removed(form):
    steps.press(form, "Remove redirect URI 1")
    steps.press(form, "Use https://client.example/second")
    assert values(form) == ["https://client.example/second", LAST]
    assert form.locator("textarea[name=redirect_uris]").input_value() == "\n".join(values(form))


def test_what_is_said_of_a_row_moves_with_it(form):
    steps.press(form, "Remove redirect URI 1")
    expect(finding(form)).to_contain_text("Line 1:")
    expect(form.locator("[data-error-summary]")).to_contain_text("Redirect URIs, line 1:")
    expect(rows(form).first).to_have_attribute("aria-invalid", "true")
    expect(rows(form).last).not_to_have_attribute("aria-invalid", "true")
    form.locator("[data-error-summary] a").click()
    expect(rows(form).first).to_be_focused()


def test_what_is_said_of_a_row_goes_with_it(form):
    steps.press(form, "Remove redirect URI 2")
    expect(finding(form)).to_have_count(0)
    expect(form.locator("[data-error-summary]")).to_be_hidden()
    assert values(form) == [FIRST, LAST]


@pytest.mark.parametrize("name", ["redirect_uris", "contacts"])
def test_an_empty_list_is_marked_where_its_error_leads(window, partner, name):
    page = window(partner)
    page.goto(page_of(a_draft(partner, **{name: []}), "edit/?show=all"))
    expect(rows(page, name)).to_have_attribute("aria-invalid", "true")
    expect(rows(page, name)).to_have_class("form-control is-invalid")
