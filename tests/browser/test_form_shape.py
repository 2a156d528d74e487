"""What of the form is in sight, and where."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.scenery import page_of
from tests.support.commenting import asked, sent_back
from tests.support.registrations import a_draft, submitted, with_exception

NEW = "/registrations/new/"
ONLY_WITH_EXCEPTION = ("#id_pkce_justification", "#id_pkce_controls", "#id_pkce_wished_end")


def test_what_only_an_exception_needs_comes_with_it(window, partner):
    page = window(partner)
    page.goto(NEW)
    for field in ONLY_WITH_EXCEPTION:
        expect(page.locator(field)).to_be_hidden()
    page.get_by_role("radio", name="Not supported").check()
    for field in ONLY_WITH_EXCEPTION:
        expect(page.locator(field)).to_be_visible()


def test_without_scripts_it_is_always_there(window, partner):
    page = window(partner, javascript=False)
    page.goto(NEW)
    for field in ONLY_WITH_EXCEPTION:
        expect(page.locator(field)).to_be_visible()


def test_what_is_said_of_it_stays_in_sight(window, partner, reviewer):
    registration = submitted(partner, **with_exception())
    asked(registration, reviewer, "Which library?", field="pkce_justification")
    sent_back(registration, reviewer)
    page = window(partner)
    page.goto(page_of(registration, "edit/"))
    page.get_by_role("radio", name="Supported Your client").check()
    expect(page.get_by_text("Which library?")).to_be_visible()


def box(page, place):
    return page.locator(place).bounding_box()


def test_the_panel_stays_beside_the_questions(window, partner):
    page = window(partner)
    page.goto(page_of(a_draft(partner), "edit/"))
    page.locator("#id_confidential").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Check and submit")).to_be_in_viewport(ratio=1)
    assert box(page, ".form-panel")["x"] > box(page, "#id_confidential")["x"]


def test_the_panel_is_below_the_questions_in_a_narrow_window(window, partner):
    page = window(partner, width=390)
    page.goto(page_of(a_draft(partner), "edit/"))
    assert box(page, ".form-panel")["y"] > box(page, "#id_confidential")["y"]


def test_the_panel_of_a_long_list_of_scopes_keeps_its_buttons_in_sight(window, partner):
    page = window(partner)
    page.goto(NEW)
    for scope in page.locator("[name=scope]").all():
        scope.check()
    expect(page.locator("[data-consent-scopes] li")).to_have_count(15)
    page.locator("#id_confidential").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Save draft")).to_be_in_viewport(ratio=1)


def test_the_consent_screen_follows_what_is_typed(window, partner):
    page = window(partner)
    page.goto(NEW)
    consent = page.locator("[data-consent]")
    expect(consent).to_contain_text("Your product wants to connect")
    page.locator("#id_client_name").fill("Harbour Invoices")
    page.locator("#id_client_uri").fill("https://harbour.example/about")
    page.locator("[name=scope][value='users:write']").check()
    expect(consent).to_contain_text("Harbour Invoices wants to connect to your Pleo account")
    expect(consent).to_contain_text("harbour.example")
    expect(consent.get_by_role("listitem")).to_have_text(["Invite, change and remove users."])
    page.locator("[name=scope][value='users:write']").uncheck()
    expect(consent.get_by_role("listitem")).to_have_text(["Nothing yet. Choose scopes."])


def test_progress_follows_the_live_check(window, partner):
    page = window(partner)
    page.goto(NEW)
    branding = page.locator("[data-progress-of='branding-and-links']")
    expect(branding).to_have_text("0 of 5")
    page.locator("#id_client_name").fill("Pleo Connect")
    expect(branding).to_have_text("1 of 5, 1 problem")
    page.locator("#id_client_name").fill("Harbour Invoices")
    expect(branding).to_have_text("1 of 5")


def test_a_reason_that_nobody_has_asked_for_yet_is_no_problem(window, partner):
    page = window(partner)
    page.goto(NEW)
    technical, name = page.locator("[data-progress-of='technical-details']"), "scope-reason-accounts:write"
    with page.expect_response("**/registrations/check/"):
        page.locator("[name=scope][value='accounts:write']").check()
    expect(technical).to_have_text("3 of 4")
    page.locator(f"[name='{name}']").fill("Too short")
    page.locator(f"[name='{name}']").blur()
    expect(page.locator("li.finding[data-rule=S-07]")).to_be_visible()
    expect(technical).to_have_text("3 of 4, 1 problem")
    expect(page.locator(f"[name='{name}'] + .text-count")).to_have_text(
        "9 characters. At least 20 are needed."
    )


def test_a_long_redirect_uri_is_shown_as_a_whole(window, partner):
    page = window(partner)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(NEW)
    row = page.locator("[data-row-of=redirect_uris]")
    row.fill("https://client.example/" + "callback/" * 20 + "\nend")
    expect(row).to_have_value("https://client.example/" + "callback/" * 20 + "end")
    assert row.evaluate("box => box.scrollHeight <= box.clientHeight")


def test_buttons_of_the_panel_save_the_form_without_scripts(window, partner):
    page = window(partner, javascript=False)
    page.goto(NEW)
    page.locator("#id_client_name").fill("Harbour Invoices")
    page.locator("aside").get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit Harbour Invoices")


def test_my_address_becomes_a_row(window, partner):
    page = window(partner)
    page.goto(NEW)
    page.get_by_role("button", name=f"Use my address: {partner.email}").click()
    expect(page.locator("#id_contacts")).to_have_value(partner.email)
    expect(page).to_have_url(re.compile(NEW))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_row_is_removed_beside_its_input(window, partner, width):
    page = window(partner, width=width)
    page.goto(page_of(a_draft(partner, redirect_uris=["https://*.client.example/callback"]), "edit/"))
    line = box(page, "#id_redirect_uris")
    remove = page.get_by_role("button", name="Remove redirect URI 1").bounding_box()
    finding = box(page, "#findings_redirect_uris_1")
    assert remove["x"] >= line["x"] + line["width"]
    assert abs(remove["y"] - line["y"]) < 4
    assert min(remove["width"], remove["height"]) >= 24
    assert finding["y"] >= line["y"] + line["height"]


@pytest.mark.parametrize("width", [390, 1280])
def test_scopes_are_a_table_with_headers(window, partner, width):
    page = window(partner, width=width)
    page.goto(NEW)
    table = page.get_by_role("table", name="Scopes by resource")
    assert table.get_by_role("columnheader").count() == 3
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Vendors"))
    expect(row.get_by_role("checkbox")).to_have_count(2)
    expect(row.get_by_role("checkbox", name="Change vendors.")).to_have_value("vendors:write")
    expect(row.get_by_label("Why you need vendors:write")).to_be_hidden()
    row.get_by_role("checkbox", name="Change vendors.").check()
    expect(row.get_by_label("Why you need vendors:write")).to_be_visible()


def test_rows_need_no_help_about_lines_and_a_textarea_does(window, partner):
    for javascript, is_told in ((True, 0), (False, 2)):
        page = window(partner, javascript=javascript)
        page.goto(NEW)
        expect(page.get_by_text("Enter one per line.")).to_have_count(is_told)


def test_the_buttons_of_a_list_are_of_one_size(window, partner):
    page = window(partner)
    page.goto(NEW)
    names = ("Remove redirect URI 1", "Add another redirect URI")
    heights = {page.get_by_role("button", name=name, exact=True).bounding_box()["height"] for name in names}
    assert len(heights) == 1
