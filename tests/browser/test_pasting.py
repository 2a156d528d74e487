"""What partners paste into the form, and the one press that makes an accepted address of it."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.scenery import page_of
from tests.support.registrations import a_draft

A, B = "https://a.example/cb", "https://b.example/cb"
GOOD, PLAIN = "https://client.example/cb", "https://client.example/cb?a=1&b=2"
DAMAGED = [
    ("https%3A%2F%2Fclient.example%2Fcb", GOOD),
    ("https:%2F%2Fclient.example%2Fcb", GOOD),
    ("redirect_uri=https%3A%2F%2Fclient.example%2Fcb", GOOD),
    ("https://x.example/authorize?client_id=1&state=2&redirect_uri=https%3A%2F%2Fclient.example%2Fcb", GOOD),
    (r"https:\/\/client.example\/cb", GOOD),
    (r"https://client.example/cb?a=1\u0026b=2", PLAIN),
    ('"https://client.example/cb",', GOOD),
    ("https://client.example/cb?a=1&amp;b=2", PLAIN),
    ("https://client.example/cb?a=1&#38;b=2", PLAIN),
    ("https://client.example/cb&nbsp;", GOOD),
    ("<https://client.example/cb>", GOOD),
    ("[text](https://client.example/cb)", GOOD),
    ("- https://client.example/cb", GOOD),
    ("1. https://client.example/cb", GOOD),
    ("“https://client.example/cb”", GOOD),
    ("https://client.example/cb,", GOOD),
    ("https://client.example/cb;", GOOD),
    ("https://client.example/cb.", GOOD),
    ("https://client.example/cb)", GOOD),
]
LIST = f'["{A}","{B}"]'


def rows(page, name="redirect_uris"):
    return page.locator(f"[data-row-of={name}]")


def values(page):
    return [row.input_value() for row in rows(page).all()]


def paste(page, line, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    line.focus()
    page.keyboard.press("ControlOrMeta+V")


def findings(page, name="redirect_uris"):
    return page.locator(f"li.finding[data-field={name}]")


def use(page, *addresses):
    with page.expect_response("**/registrations/check/"):
        steps.press(page, f"Use {' '.join(addresses)}")


def test_each_damage_of_a_copy_ends_with_one_press(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    for damaged, meant in DAMAGED:
        rows(page).first.fill("")
        paste(page, rows(page).first, damaged)
        expect(rows(page).first).to_have_value(damaged)
        use(page, meant)
        expect(findings(page)).to_have_count(0)
        assert values(page) == [meant]


def test_a_page_takes_it_as_well(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    line = page.locator("#id_tos_uri")
    for damaged in (r"https:\/\/client.example\/terms#a", "[terms](https://client.example/terms#a)"):
        line.fill("")
        paste(page, line, damaged)
        use(page, "https://client.example/terms#a")
        expect(line).to_have_value("https://client.example/terms#a")
        expect(findings(page, "tos_uri")).to_have_count(0)


def test_an_entry_that_holds_a_list_becomes_rows(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    rows(page).first.fill(GOOD)
    steps.press(page, "Add another redirect URI")
    rows(page).nth(1).fill(LIST)
    use(page, A, B)
    expect(findings(page)).to_have_count(0)
    expect(rows(page).nth(1)).to_be_focused()
    assert values(page) == [GOOD, A, B]
    assert page.locator("textarea[name=redirect_uris]").input_value().split("\n") == [GOOD, A, B]


@pytest.mark.parametrize("listed", [[LIST], ["[", f'"{A}",', f'"{B}"', "]"], [f"- {A}", f"- {B}"]])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_stored_list_becomes_entries_with_one_press(window, partner, listed, javascript):
    page = window(partner, javascript=javascript)
    page.goto(page_of(a_draft(partner, redirect_uris=listed), "edit/?show=all"))
    if javascript:
        use(page, A, B)
        assert values(page) == [A, B]
    else:
        steps.send(page, f"Use {A} {B}")
    expect(findings(page)).to_have_count(0)
    assert page.locator("textarea[name=redirect_uris]").input_value().split() == [A, B]
