"""What the page says while somebody types, and what one can do about it there."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import session_cookie
from tests.browser.looks import save_picture, too_wide, violations
from tests.browser.scenery import page_of
from tests.support.registrations import a_draft

GOOD = "https://client.example/callback"
PLAIN = "http://client.example/second"
MENDED = "https://client.example/second"
STAR = "https://*.client.example/callback"
CHECK = "**/registrations/check/"


@pytest.fixture
def form(window, partner):
    """An empty form."""
    return fresh(window(partner))


def fresh(page):
    page.goto("/registrations/new/")
    return page


def rows(page, name="redirect_uris"):
    return page.locator(f"[data-row-of={name}]")


def said_of(row):
    """The region below a row."""
    return row.locator("xpath=following-sibling::*[@aria-live='polite']")


def findings(page, field, severity="reject"):
    return page.locator(f"li.finding[data-field={field}][data-severity={severity}]")


def paste(page, row, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    row.focus()
    page.keyboard.press("ControlOrMeta+V")


def described_by(control):
    """The texts that a screen reader adds to the control's name."""
    return control.evaluate(
        """one => one.getAttribute("aria-describedby").split(" ")
          .map(id => document.getElementById(id).textContent)"""
    )


def test_a_wrong_address_is_told_of_below_its_row(form):
    row = rows(form).first
    row.press_sequentially(STAR)
    expect(said_of(row).locator("[data-rule=R-06]")).to_contain_text("Line 1:")
    expect(said_of(row).get_by_role("link")).to_have_attribute("href", "/rules/#R-06")
    expect(row).to_have_attribute("aria-invalid", "true")
    assert any("Line 1:" in text for text in described_by(row))
    row.fill(GOOD)
    expect(findings(form, "redirect_uris")).to_have_count(0)
    expect(row).not_to_have_attribute("aria-invalid", "true")
    assert not any("Line 1:" in text for text in described_by(row))


def test_the_error_summary_strikes_out_what_is_corrected(window, partner):
    page = window(partner)
    page.goto(page_of(a_draft(partner, policy_uri="", redirect_uris=[GOOD, PLAIN]), "edit/?show=all"))
    summary = page.locator("[data-error-summary]")
    corrected, heading = summary.locator("li.corrected"), summary.get_by_role("heading")
    expect(summary.locator("li")).to_have_count(2)
    rows(page).nth(1).fill(MENDED)
    expect(corrected).to_have_count(1)
    expect(heading).to_have_text("There is a problem")
    page.locator("#id_policy_uri").fill("https://client.example/privacy")
    expect(heading).to_have_text("You have corrected all of these")
    assert not page.title().startswith("Error")
    assert violations(page) == []
    page.locator("#id_policy_uri").fill("")
    expect(corrected).to_have_count(1)
    expect(heading).to_have_text("There is a problem")
    assert page.title().startswith("Error")


def test_the_boxes_carry_the_numbers_that_findings_name(form):
    numbers = "row => getComputedStyle(row, '::before').content"
    assert rows(form).first.locator("..").evaluate(numbers).startswith("counter(row)")


def test_a_reason_is_missed_only_once_its_box_was_left(form):
    form.get_by_role("checkbox", name="Change vendors.").check()
    expect(findings(form, "scope")).to_have_count(0)
    form.locator("#id_client_name").fill("Pleo Connect")
    expect(findings(form, "client_name")).to_have_count(1)
    expect(findings(form, "scope")).to_have_count(0)
    box = form.get_by_label("Why you need vendors:write")
    box.fill("Because.")
    box.blur()
    expect(form.locator("li.finding[data-rule=S-07]")).to_have_count(1)


def test_fields_that_nobody_came_to_stay_silent(form):
    form.locator("#id_client_name").fill("Pleo Connect")
    expect(findings(form, "client_name")).to_have_count(1)
    expect(form.locator("li.finding")).to_have_count(1)


@pytest.mark.parametrize(
    ("field", "typed", "mended"),
    [("redirect_uris", PLAIN, MENDED), ("client_name", "Ledger Bridge for Pleo", "Ledger Bridge")],
)
def test_a_suggestion_mends_the_line_and_leaves_one_there(form, field, typed, mended):
    line = form.locator(f"#id_{field}")
    line.fill(typed)
    steps.press(form, f"Use {mended}")
    expect(line).to_have_value(mended)
    expect(line).to_be_focused()
    expect(findings(form, field)).to_have_count(0)
    expect(line).not_to_have_attribute("aria-invalid", "true")
    assert form.locator(f"[name={field}]").input_value() == mended


def test_a_pasted_list_becomes_rows_and_each_is_checked(form):
    paste(form, rows(form).first, f"{GOOD}\n{PLAIN}\n{STAR}\n")
    expect(rows(form)).to_have_count(3)
    expect(findings(form, "redirect_uris")).to_have_count(2)
    for number, row in enumerate(rows(form).all()):
        expect(said_of(row).locator("[data-severity=reject]")).to_have_count(min(number, 1))
    expect(said_of(rows(form).nth(2))).to_contain_text("Line 3:")


def test_an_empty_row_counts_on_the_page_though_the_server_drops_it(form):
    steps.press(form, "Add another redirect URI")
    rows(form).nth(1).fill(PLAIN)
    expect(said_of(rows(form).nth(1)).locator("[data-index='1']")).to_contain_text("Line 2:")
    steps.press(form, f"Use {MENDED}")
    expect(rows(form).nth(1)).to_have_value(MENDED)
    expect(findings(form, "redirect_uris")).to_have_count(0)


def test_what_is_said_of_later_rows_moves_up_when_one_goes(form):
    paste(form, rows(form).first, f"{GOOD}\n{PLAIN}\n{STAR}")
    expect(findings(form, "redirect_uris")).to_have_count(2)
    steps.press(form, "Remove redirect URI 1")
    expect(findings(form, "redirect_uris").first).to_contain_text("Line 1:")
    expect(findings(form, "redirect_uris").last).to_have_attribute("data-index", "1")
    steps.press(form, f"Use {MENDED}")
    expect(rows(form).first).to_have_value(MENDED)
    expect(findings(form, "redirect_uris")).to_have_count(1)


def test_a_choice_is_judged_with_what_stands_beside_it(form):
    rows(form).first.fill("http://127.0.0.1/callback")
    form.get_by_role("radio", name="Production").check()
    expect(said_of(rows(form).first).locator("[data-rule=R-64]")).to_be_visible()
    form.get_by_role("radio", name="Staging").check()
    expect(findings(form, "redirect_uris")).to_have_count(0)


def test_fresh_answers_take_the_place_of_those_the_page_came_with(window, partner):
    page = window(partner)
    draft = a_draft(partner, redirect_uris=[GOOD, STAR], contacts=[], tos_uri="http://client.example/")
    page.goto(page_of(draft, "edit/?show=all"))
    expect(said_of(rows(page).nth(1)).locator("li.finding")).to_have_count(1)
    rows(page).nth(1).fill(f"{GOOD}/other")
    expect(findings(page, "redirect_uris")).to_have_count(0)
    expect(findings(page, "tos_uri")).to_have_count(1)
    expect(findings(page, "contacts")).to_have_count(1)


def test_a_touched_field_that_is_empty_again_is_not_scolded(form):
    form.locator("#id_tos_uri").fill("http://client.example/")
    expect(findings(form, "tos_uri")).to_have_count(1)
    form.locator("#id_tos_uri").fill("")
    expect(findings(form, "tos_uri")).to_have_count(0)


def test_messages_are_text(form):
    rows(form).first.fill("https://client.example/<b>/callback")
    item = findings(form, "redirect_uris")
    expect(item).to_contain_text("“<b>” looks like a placeholder.")
    expect(item.locator("b")).to_have_count(0)


def test_a_note_is_no_error(form):
    rows(form).first.fill("https://webhook.site/callback")
    expect(findings(form, "redirect_uris", "warn")).to_contain_text("Note:")
    expect(rows(form).first).not_to_have_attribute("aria-invalid", "true")


def test_what_no_rule_of_the_list_says_has_no_link(form):
    form.locator("#id_client_name").fill("x" * 20_001)
    expect(findings(form, "client_name")).to_have_count(1)
    expect(findings(form, "client_name").locator("a")).to_have_count(0)


def test_a_known_client_adds_its_rows_once(form):
    rows(form).first.fill(GOOD)
    form.evaluate(
        """uris => {
          const button = document.createElement("button");
          button.dataset.preset = uris;
          button.dataset.forList = "redirect_uris";
          button.textContent = "Add the callbacks";
          document.querySelector("form[data-check-url]").append(button);
        }""",
        f"{GOOD} {STAR} {MENDED}",
    )
    steps.press(form, "Add the callbacks")
    expect(form.get_by_role("status").filter(has_text="Added 2 redirect URIs")).to_have_count(1)
    expect(findings(form, "redirect_uris")).to_have_count(1)
    steps.press(form, "Add the callbacks")
    expect(form.get_by_role("status").filter(has_text="Nothing was added")).to_have_count(1)
    assert [row.input_value() for row in rows(form).all()] == [GOOD, STAR, MENDED]


def test_a_question_that_is_out_of_date_is_taken_back(form):
    form.route(CHECK, lambda route: None, times=1)
    row = rows(form).first
    with form.expect_request(CHECK):
        row.fill(STAR)
    with form.expect_event("requestfailed") as taken_back:
        row.fill(PLAIN)
    assert taken_back.value.failure == "net::ERR_ABORTED"
    expect(findings(form, "redirect_uris")).to_have_count(1)
    expect(findings(form, "redirect_uris")).to_have_attribute("data-rule", "R-23")


def test_a_reason_is_asked_for_once_its_field_was_left(window, partner):
    page = window(partner)
    page.goto(page_of(a_draft(partner, client_name="Pleo Connect"), "edit/"))
    with page.expect_response(CHECK):
        page.locator("[name=ask-0]").check()
    page.locator("#id_ask-0-reason").focus()
    expect(page.locator("[data-rule=G-06]")).to_have_count(0)
    page.locator("#id_client_uri").focus()
    expect(page.locator("[data-rule=G-06]")).to_have_count(1)
    page.locator("#id_ask-0-reason").fill("The museum has had this name since 1954.")
    expect(page.locator("[data-rule=G-06]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_said_shuts_nobody_out(window, partner, width, scheme):
    page = fresh(window(partner, width=width, scheme=scheme))
    page.locator("#id_client_name").fill("Ledger Bridge for Pleo")
    page.locator("#id_client_uri").fill("http://client.example/")
    paste(page, rows(page).first, f"{GOOD}\n{PLAIN}\n{STAR}\nhttps://oauth.pstmn.io/v1/callback")
    expect(findings(page, "redirect_uris")).to_have_count(2)
    expect(findings(page, "client_uri")).to_have_count(1)
    assert violations(page) + too_wide(page, width) == []
    save_picture(page, f"live-{width}-{scheme}.png", full_page=True)


# Troubles that the browser writes into its console, so these pages are not watched


@pytest.fixture
def unwatched(browser_here, site, partner):
    context = browser_here.new_context(base_url=site)
    context.set_default_timeout(30_000)
    context.add_cookies([session_cookie(partner, site)])
    yield fresh(context.new_page())
    context.close()


def test_where_no_answer_comes_the_page_goes_on(unwatched):
    unwatched.route(CHECK, lambda route: route.abort())
    with unwatched.expect_event("requestfailed"):
        rows(unwatched).first.fill(STAR)
    unwatched.unroute(CHECK)
    rows(unwatched).first.fill(PLAIN)
    expect(findings(unwatched, "redirect_uris")).to_have_count(1)


def test_findings_stay_where_the_answer_is_no_page(unwatched):
    """As an older release answers, which runs beside this one for a while."""
    rows(unwatched).first.fill(PLAIN)
    expect(findings(unwatched, "redirect_uris")).to_have_count(1)
    unwatched.route(CHECK, lambda route: route.fulfill(json={"findings": []}), times=1)
    with unwatched.expect_response(lambda answer: "/check/" in answer.url):
        rows(unwatched).first.fill(STAR)
    expect(findings(unwatched, "redirect_uris")).to_have_count(1)


def test_a_busy_server_is_asked_again_when_it_said(unwatched):
    busy = {"status": 429, "headers": {"Retry-After": "1"}, "body": "busy"}
    unwatched.route(CHECK, lambda route: route.fulfill(**busy), times=1)
    with unwatched.expect_response(lambda answer: answer.status == 429):
        rows(unwatched).first.fill(STAR)
    expect(findings(unwatched, "redirect_uris")).to_have_count(1)


def test_whoever_is_signed_out_meanwhile_types_on(unwatched):
    unwatched.context.clear_cookies()
    with unwatched.expect_response(CHECK):
        rows(unwatched).first.fill(STAR)
    expect(unwatched.locator("li.finding")).to_have_count(0)
    expect(rows(unwatched).first).to_have_value(STAR)
