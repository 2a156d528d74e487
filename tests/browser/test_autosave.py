"""Nothing typed is lost: not by reload, Back, a closed tab, a second tab or a session that ended."""

import re
from threading import Event

import pytest
from django.core.signals import request_finished
from playwright.sync_api import expect

from portal.audit.models import Event as AuditEvent
from portal.sessions.models import StoredSession
from registrations.models import Draft, Registration
from tests.browser import steps
from tests.browser.conftest import session_cookie
from tests.browser.looks import save_picture, too_wide, violations
from tests.browser.scenery import page_of
from tests.support.people import PASSWORD
from tests.support.registrations import a_draft, again, change

NEW = "/registrations/new/"
EDIT = re.compile(r"/registrations/[0-9a-f-]{36}/edit/$")
SAVED = re.compile(r"^Saved \d\d:\d\d$")
JSON = "application/json"


def name(page):
    return page.locator("#id_client_name")


def status(page):
    return page.locator("#saved")


def is_autosave(request):
    return request.method == "POST" and request.headers.get("accept") == JSON


def test_it_is_said_before_anything_is_saved(window, partner):
    page = window(partner)
    page.goto(NEW)
    expect(status(page)).to_have_text("The draft is saved while you type.")


def saved(page, text):
    """Type the client's name, and wait until the page says that it is saved."""
    with page.expect_response(lambda answer: is_autosave(answer.request) and answer.ok):
        name(page).fill(text)
    expect(status(page)).to_have_text(SAVED)


def autosaves(page, answer):
    """Let ``answer`` decide about each automatic save, and leave everything else alone."""
    page.route("**/registrations/**", lambda route: (answer if is_autosave(route.request) else go_on)(route))


def go_on(route):
    route.continue_()


def stored():
    return Draft.objects.get().data["client_name"]


def opened(page, registration):
    page.goto(page_of(registration, "edit/"))
    return page


@pytest.fixture
def draft(partner):
    return a_draft(partner)


def test_a_new_form_becomes_the_form_of_its_draft(window, partner):
    page = window(partner)
    page.goto(NEW)
    saved(page, "Till")
    expect(page).to_have_url(EDIT)
    saved(page, "Till for bakers")
    page.reload()
    expect(name(page)).to_have_value("Till for bakers")
    assert AuditEvent.objects.filter(verb="registration.started").count() == Registration.objects.count() == 1


def test_one_field_that_is_no_name_is_not_a_draft_yet_and_two_are(window, partner):
    page = window(partner)
    page.goto(NEW)
    page.locator("#id_client_uri").fill("https://client.example/")
    with page.expect_request(is_autosave) as sent:
        page.locator("#id_tos_uri").fill("https://client.example/tos")
    assert "client_uri=https%3A%2F%2Fclient.example%2F" in sent.value.post_data
    expect(page).to_have_url(EDIT)
    expect(status(page)).to_have_text(SAVED)


def test_rows_choices_and_ticks_are_saved(window, partner, draft):
    page = opened(window(partner), draft)
    page.locator("[data-row-of=redirect_uris]").first.fill("https://client.example/other")
    page.get_by_role("radio", name="Production").check()
    page.locator("#id_confidential").uncheck()
    expect(status(page)).to_have_text(SAVED)
    page.reload()
    expect(page.locator("[data-row-of=redirect_uris]")).to_have_value("https://client.example/other")
    expect(page.get_by_role("radio", name="Production")).to_be_checked()
    expect(page.locator("#id_confidential")).not_to_be_checked()


def test_back_shows_what_was_saved_last(window, partner, draft):
    page = opened(window(partner), draft)
    saved(page, "Typed and left")
    page.get_by_role("link", name="← Back to the registration").click()
    steps.heading(page, "Typed and left")
    page.go_back()
    expect(name(page)).to_have_value("Typed and left")
    saved(page, "Typed after Back")
    assert stored() == "Typed after Back"


def test_back_after_a_press_goes_on_with_what_was_saved(window, partner, draft):
    page = opened(window(partner), draft)
    name(page).fill("Pressed")
    steps.send(page, "Save draft")
    page.go_back()
    expect(name(page)).to_have_value("Pressed")
    saved(page, "Typed after Back")
    assert stored() == "Typed after Back"


def test_esc_while_save_loads_lets_the_page_go_on(window, gate, partner, draft):
    page = opened(window(partner), draft)
    arrived = gate.hold_next(lambda environ: environ["HTTP_ACCEPT"] != JSON)
    name(page).fill("Pressed")
    page.get_by_role("button", name="Save draft").click(no_wait_after=True)
    assert arrived.wait(timeout=60)
    page.keyboard.press("Escape")
    page.context.new_cdp_session(page).send("Page.stopLoading")  # what Esc does in a window that people see
    expect(status(page)).to_have_text(SAVED)
    assert stored() == "Pressed"
    saved(page, "Typed after Esc")
    steps.send(page, "Save draft")
    assert stored() == "Typed after Esc"


def test_a_tab_that_is_closed_at_once_has_saved(window, partner, draft):
    page = opened(window(partner), draft)
    other, arrived = page.context.new_page(), Event()

    def look(**_):
        if stored() == "Typed and closed":
            arrived.set()

    request_finished.connect(look)
    name(page).fill("Typed and closed")
    page.close(run_before_unload=True)
    assert arrived.wait(timeout=60)
    request_finished.disconnect(look)
    expect(name(opened(other, draft))).to_have_value("Typed and closed")


def test_the_second_tab_sees_what_changed_and_keeps_its_text(window, partner, draft):
    first = opened(window(partner), draft)
    second = opened(first.context.new_page(), draft)
    saved(first, "First tab")
    with second.expect_response(lambda answer: answer.status == 409):
        name(second).fill("Second tab")
    clash = second.locator("#clash")
    expect(clash).to_contain_text("Somebody saved this draft in the meantime")
    expect(clash.get_by_role("row").filter(has_text="First tab")).to_contain_text("Second tab")
    expect(status(second)).to_have_text("Not saved: see what changed.")
    expect(name(second)).to_have_value("Second tab")
    name(second).fill("Second tab, more")
    steps.send(second, "Save draft")
    expect(name(second)).to_have_value("Second tab, more")
    expect(second.locator("#clash")).to_contain_text("First tab")
    assert stored() == "First tab"
    steps.send(second, "Save draft")
    assert stored() == "Second tab, more"


def test_a_page_about_a_clash_saves_nothing_by_itself(window, partner, draft):
    page = opened(window(partner), draft)
    change(draft, partner, client_name="Elsewhere")
    name(page).fill("Here")
    steps.send(page, "Save draft")
    sent = []
    page.on("request", lambda request: sent.append(request) if is_autosave(request) else None)
    with page.expect_response("**/registrations/check/"):
        name(page).fill("Here, more")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert sent == []
    assert stored() == "Elsewhere"


@pytest.mark.parametrize("start", ["new", "edit"])
def test_a_press_waits_for_the_save_that_runs(window, partner, draft, start):
    page = window(partner)
    page.goto(NEW if start == "new" else page_of(draft, "edit/"))
    held = []
    autosaves(page, held.append)
    name(page).fill("Typed")
    with page.expect_request(is_autosave):
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    name(page).fill("Typed and pressed")
    steps.press(page, "Save draft")
    with page.expect_event("load"):
        held[0].continue_()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    expect(name(page)).to_have_value("Typed and pressed")
    assert Draft.objects.filter(data__client_name="Typed and pressed").count() == 1
    assert Registration.objects.count() == (2 if start == "new" else 1)


def prompts(page):
    """What the browser asks before it leaves the page; it is told to leave."""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    return asked


def test_unsent_text_is_not_left_without_a_warning(window, partner):
    page = window(partner)
    page.goto(NEW)
    asked = prompts(page)
    page.locator("#id_client_uri").press_sequentially("https://client.example/")
    page.goto("/registrations/")
    assert asked == ["beforeunload"]


def test_saved_text_is_left_without_a_warning(window, partner, draft):
    page = opened(window(partner), draft)
    asked = prompts(page)
    name(page).press_sequentially("!")
    expect(status(page)).to_have_text(SAVED)
    page.goto("/registrations/")
    opened(page, draft)
    name(page).press_sequentially("!")
    steps.send(page, "Save draft")
    assert asked == []


def test_a_chosen_logo_is_not_left_without_a_warning(window, partner, draft):
    page = opened(window(partner), draft)
    asked = prompts(page)
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator("[name=logo]").set_input_files(logo)
    page.locator("h1").click()
    page.goto("/registrations/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_clash_shuts_nobody_out(window, partner, draft, width, scheme):
    page = opened(window(partner, width=width, scheme=scheme), draft)
    change(draft, partner, client_name="N" * 60, contacts=["a@client.example", "b" * 60 + "@client.example"])
    with page.expect_response(lambda answer: answer.status == 409):
        name(page).fill("Here")
    expect(page.locator("#clash")).to_be_visible()
    assert violations(page) + too_wide(page, width) == []
    save_picture(page, f"clash-{width}-{scheme}.png", full_page=True)


# Refusals that the browser writes into its console, so these pages are not watched


@pytest.fixture
def unwatched(browser_here, site, partner):
    context = browser_here.new_context(base_url=site)
    context.set_default_timeout(30_000)
    context.add_cookies([session_cookie(partner, site)])
    yield context.new_page()
    context.close()


def test_a_session_that_ended_is_told_of_and_the_page_goes_on(unwatched, draft):
    page = opened(unwatched, draft)
    StoredSession.objects.all().delete()
    name(page).fill("Typed without a session")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("You are signed out. What you typed is still on this page")
    expect(status(page)).to_have_text("Not saved: You are signed out.")
    with page.expect_popup() as tab:
        notice.get_by_role("link", name="Sign in in a new tab").click()
    tab.value.get_by_label("Email").fill("partner@client.example")
    tab.value.get_by_label("Password").fill(PASSWORD)
    steps.press(tab.value, "Sign in")
    steps.heading(tab.value, "Registrations")
    tab.value.close()
    expect(status(page)).to_have_text(SAVED)
    expect(notice).to_have_count(0)
    assert again(draft).draft.data["client_name"] == "Typed without a session"
    with page.expect_response(lambda answer: answer.url.endswith("/check/") and answer.ok):
        name(page).fill("Typed after signing in")
    steps.send(page, "Save draft")
    assert again(draft).draft.data["client_name"] == "Typed after signing in"


def test_an_answer_that_got_lost_is_asked_for_again(unwatched, partner):
    page = unwatched
    page.goto(NEW)
    lost = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    autosaves(page, lose)
    name(page).fill("Till")
    expect(status(page)).to_contain_text("Not saved: We cannot reach the portal.")
    name(page).fill("Till for bakers")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page).to_have_url(EDIT)
    expect(status(page)).to_have_text(SAVED)
    page.reload()
    expect(name(page)).to_have_value("Till for bakers")
    assert Registration.objects.count() == 1


def test_a_press_on_save_says_the_same_as_the_automatic_save_whose_answer_got_lost(unwatched, partner):
    draft = a_draft(partner, scope=["accounts:write"])
    page = opened(unwatched, draft)

    def lose(route):
        route.fetch()
        route.abort()

    autosaves(page, lose)
    page.get_by_label("Why you need accounts:write").fill("Tills add accounts.\nEvery one of them.")
    expect(status(page)).to_contain_text("Not saved: We cannot reach the portal.")
    steps.send(page, "Save draft")
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    expect(page.locator("#clash")).to_have_count(0)


def test_a_busy_server_is_asked_again_when_it_said(unwatched, draft):
    page = opened(unwatched, draft)
    busy = {"status": 429, "headers": {"Retry-After": "1"}, "json": {"reason": "Too many."}}
    answers = [busy]
    autosaves(page, lambda route: route.fulfill(**answers.pop()) if answers else route.continue_())
    name(page).fill("Typed")
    expect(status(page)).to_have_text("Not saved yet: Too many. We will try again.")
    expect(status(page)).to_have_text(SAVED)
    assert stored() == "Typed"


def test_what_cannot_be_saved_is_said_and_stays(unwatched, draft):
    page = opened(unwatched, draft)
    name(page).fill("x" * 20_001)
    expect(status(page)).to_contain_text("Not saved: Client name:")
    saved(page, "Short again")
