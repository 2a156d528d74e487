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
