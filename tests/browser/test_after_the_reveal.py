"""What a browser can still bring up of a secret once its page is left: nothing.

Chromium runs here with its memory of pages for the Back button, which Playwright would switch off.
"""

import pytest
from django.conf import settings
from playwright.sync_api import Error, expect

from tests.browser import steps
from tests.browser.conftest import session_cookie
from tests.support.browser import started, started_with_profile
from tests.support.registrations import approved

KEEP_WHAT_IS_PUT_AWAY = """() => addEventListener("pagehide", () =>
  sessionStorage.setItem("put away", document.documentElement.outerHTML))"""


@pytest.fixture(scope="module")
def browser_here(playwright_here):
    browser = started(playwright_here.chromium, whole=True)
    yield browser
    browser.close()


@pytest.fixture
def live(partner, reviewer):
    """The address of a registration whose secret waits to be revealed."""
    return f"/registrations/{approved(partner, reviewer).uuid}/"


@pytest.fixture
def tab(window, partner, live):
    tab = window(partner)
    tab.goto(live)
    return tab


@pytest.fixture
def plain_tab(window, partner, live):
    """One in which no script wipes anything."""
    tab = window(partner, javascript=False)
    tab.goto(live)
    return tab


def leave(tab):
    tab.get_by_role("link", name="I have stored it").click()
    steps.heading(tab, "Credentials")


def travel(tab, move):
    """Through the history. Where a form would have to be sent again, Chromium says so instead."""
    try:
        move()
    except Error as error:
        chromiums_own_page(tab, error, "ERR_CACHE_MISS")


def open_address(tab, address):
    """An answer without a page makes Chromium show one of its own."""
    with tab.expect_response(address) as answer:
        try:
            tab.goto(address)
        except Error as error:
            chromiums_own_page(tab, error, "ERR_HTTP_RESPONSE_CODE_FAILURE")
    return answer.value.status


def chromiums_own_page(tab, error, reason):
    assert reason in error.message
    expect(tab.locator("body.neterror")).to_be_attached()


def tab_that_came_back(context):
    """Whichever it is: Chromium opens an empty one as well, before or after it."""
    for _ in range(100):
        for tab in context.pages:
            if tab.url != "about:blank":
                tab.wait_for_load_state()
                return tab
        context.pages[0].wait_for_timeout(100)
    raise AssertionError("Chromium restored no tab")


def session_of(tab):
    cookies = {cookie["name"]: cookie["value"] for cookie in tab.context.cookies()}
    return cookies[settings.SESSION_COOKIE_NAME]


@pytest.mark.parametrize("way", ["tab", "plain_tab"])
def test_back_forward_and_sending_again_show_no_secret(request, way):
    tab = request.getfixturevalue(way)
    secret = steps.reveal(tab)
    leave(tab)
    for move in (tab.go_back, tab.go_forward, tab.go_back):
        travel(tab, move)
        assert secret not in tab.content()
    with tab.expect_response("**/reveal/") as answer:
        tab.reload()
    assert (answer.value.request.method, answer.value.status) == ("POST", 410)
    assert secret not in tab.content()


def test_reload_is_gone_and_so_is_what_lies_behind_it(plain_tab):
    secret = steps.reveal(plain_tab)
    answer = plain_tab.reload()
    assert (answer.request.method, answer.status) == ("POST", 410)
    for move in (plain_tab.go_back, plain_tab.go_forward):
        assert secret not in plain_tab.content()
        travel(plain_tab, move)
    assert secret not in plain_tab.content()


def test_the_address_opened_again_shows_nothing_here_or_with_copied_cookies(tab, window):
    secret = steps.reveal(tab)
    copied = tab.context.storage_state()
    assert secret not in str(copied)
    for other in (tab.context.new_page(), window(storage=copied)):
        assert open_address(other, tab.url) == 405
        assert secret not in other.content()


def test_a_browser_that_restores_its_tabs_shows_no_secret(playwright_here, site, partner, live, tmp_path):
    context = started_with_profile(playwright_here.chromium, tmp_path, base_url=site)
    context.add_cookies([session_cookie(partner, site)])
    (tab,) = context.pages
    tab.goto(live)
    secret = steps.reveal(tab)
    context.close()
    with started_with_profile(playwright_here.chromium, tmp_path, base_url=site) as context:
        restored = tab_that_came_back(context)
        assert secret not in restored.content()
        with restored.expect_response("**/reveal/") as answer:
            restored.reload()
        assert answer.value.status in (302, 410)
        assert secret not in restored.content()


def test_whoever_kept_the_cookie_of_before_the_reveal_is_signed_out(tab, window, live):
    former, was = tab.context.storage_state(), session_of(tab)
    steps.reveal(tab)
    assert session_of(tab) != was
    elsewhere = window(storage=former)
    elsewhere.goto(live)
    steps.heading(elsewhere, "Sign in")


def test_the_answer_with_the_secret_may_be_kept_by_nobody(tab):
    tab.goto(tab.url + "credentials/")
    with tab.expect_response("**/reveal/") as answer:
        steps.press(tab, "Reveal the secret")
    assert "no-store" in answer.value.header_value("cache-control")
    assert answer.value.header_value("referrer-policy") == "no-referrer"


def test_the_secret_is_out_of_the_page_before_the_page_is_put_away(tab):
    secret = steps.reveal(tab)
    expect(tab.get_by_role("button", name="Hide")).to_be_visible()  # the page's own script is there first
    tab.evaluate(KEEP_WHAT_IS_PUT_AWAY)
    leave(tab)
    kept = tab.evaluate("sessionStorage.getItem('put away')")
    assert "You will not see it again" in kept
    assert secret not in kept


def test_hide_takes_the_secret_out_of_the_page(tab):
    secret = steps.reveal(tab)
    assert secret in tab.content()
    steps.press(tab, "Hide")
    expect(tab.locator("[data-secret]")).to_have_text("")
    assert secret not in tab.content()
