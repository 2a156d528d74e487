"""That the eyes of these tests see: what no page may do is done here on purpose."""

import pytest
from playwright.sync_api import Error

from tests.support.browser import Watch


@pytest.fixture
def watched(browser_here, site):
    context = browser_here.new_context(base_url=site)
    watch = Watch(context, site)
    page = context.new_page()
    page.goto("/")
    yield page, watch
    context.close()


def test_the_home_page_asks_this_site_alone(watched):
    _, watch = watched
    assert watch.troubles == []
    assert len(watch.requests) > 5


def test_a_request_to_others_is_seen(watched):
    page, watch = watched
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://other.example/")
    assert "asked http://other.example/" in watch.troubles


def test_a_breach_of_the_policy_is_seen(watched):
    page, watch = watched
    with page.expect_event("console", lambda message: "refused by the policy" in message.text):
        page.evaluate("""document.body.insertAdjacentHTML("beforeend", "<p style='color: red'>red</p>")""")
    assert any("refused by the policy: style-src-attr inline" in trouble for trouble in watch.troubles)


def test_an_error_in_a_script_is_seen(watched):
    page, watch = watched
    with page.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")
    assert any("broken" in trouble for trouble in watch.troubles)
