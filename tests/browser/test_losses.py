"""Whatever goes wrong, the form holds each character that was typed into any of its boxes."""

import pytest
from playwright.sync_api import expect

from registrations.models import Draft, Registration
from tests.browser import steps
from tests.browser.looks import too_wide
from tests.browser.scenery import page_of
from tests.browser.test_autosave import SAVED, autosaves
from tests.browser.typing_everywhere import held, type_everywhere
from tests.support.commenting import asked, sent_back
from tests.support.registrations import change, submitted

NEW = "/registrations/new/"
NAME = "Pleora Pay for Pleo"
"""It is refused unless Pleo accepts it, so that the form asks for a reason."""
WIDE = {"width": 1280}
NARROW = {"width": 390, "scheme": "dark"}
WITHOUT_SCRIPT = {"javascript": False}
WAYS = [
    pytest.param(WIDE, id="wide"),
    pytest.param(NARROW | WITHOUT_SCRIPT, id="narrow-without-javascript"),
]
MIB = 1024 * 1024


@pytest.fixture
def draft(partner, reviewer):
    """Sent back with questions, and with a name that needs a reason: a form with every kind of box."""
    registration = submitted(partner)
    asked(registration, reviewer, "Who reads it?", field="contacts")
    asked(registration, reviewer, "Who runs it?", field="")
    sent_back(registration, reviewer)
    return change(registration, partner, client_name=NAME)


@pytest.fixture
def open_form(window, partner):
    """``open_form(address, way)`` opens one that saves nothing by itself, so that the press is looked at."""

    def opened(address, way):
        page = window(partner, **way)
        autosaves(page, lambda route: route.fulfill(json={}))
        page.goto(address)
        return page

    return opened


def holds(page, typed):
    page.wait_for_load_state()  # before its scripts and styles, a page is another one
    assert held(page) == typed
    assert too_wide(page, page.viewport_size["width"]) == []


def saves(page, typed, said="Draft saved."):
    steps.send(page, "Save draft")
    expect(page.get_by_text(said)).to_be_visible()
    holds(page, typed)


def cookie(page, part):
    (found,) = [one for one in page.context.cookies() if part in one["name"]]
    return found


@pytest.mark.parametrize("way", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow")])
def test_a_reload(window, partner, draft, way):
    page = window(partner, **way)
    page.goto(page_of(draft, "edit/"))
    typed = type_everywhere(page, client_name=NAME)
    assert {"id_contacts_2", "id_ask-0-reason", "id_scope-reason-accounts:write"} <= typed.keys()
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.reload()
    holds(page, typed)


@pytest.mark.parametrize("way", WAYS)
def test_the_end_of_the_session(open_form, partner, way):
    page = open_form(NEW, way)
    typed = type_everywhere(page)
    page.context.clear_cookies(name=cookie(page, "session")["name"])
    steps.send(page, "Save draft")
    steps.heading(page, "Sign in")
    steps.fill_sign_in(page, partner.email)
    steps.heading(page, "New registration")
    assert not Registration.objects.exists()
    page.get_by_role("link", name="Go on with what you typed").click()
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    holds(page, typed)
    saves(page, typed)
    expect(page.get_by_text("We kept what you typed at")).to_have_count(0)


@pytest.mark.parametrize("way", WAYS)
def test_the_token_of_an_earlier_session(open_form, draft, way):
    page = open_form(page_of(draft, "edit/"), way)
    before = Draft.objects.get().data
    typed = type_everywhere(page, client_name=NAME)
    token = cookie(page, "csrf")
    page.context.add_cookies([token | {"value": token["value"][::-1]}])
    steps.send(page, "Save draft")
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    holds(page, typed)
    assert Draft.objects.get().data == before
    saves(page, typed)


@pytest.mark.parametrize("way", WAYS)
def test_another_tab_that_saved_first(open_form, partner, draft, way):
    page = open_form(page_of(draft, "edit/"), way)
    typed = type_everywhere(page, client_name=NAME)
    change(draft, partner, client_uri="https://client.example/elsewhere")
    steps.send(page, "Save draft")
    expect(page.locator("#clash")).to_contain_text("https://client.example/elsewhere")
    holds(page, typed)
    saves(page, typed)


LARGE = [
    pytest.param(WIDE, 10 * MIB, "Draft saved.", id="wide"),
    pytest.param(WIDE | WITHOUT_SCRIPT, 4 * MIB, "without the new logo", id="wide-without-javascript"),
    pytest.param(NARROW | WITHOUT_SCRIPT, 10 * MIB, "without the new logo", id="narrow-without-javascript"),
]


@pytest.mark.parametrize(("way", "size", "said"), LARGE)
def test_a_logo_that_is_too_large(open_form, draft, way, size, said):
    """A script does not send it; without one, the answer has everything else."""
    page = open_form(page_of(draft, "edit/"), way)
    typed = type_everywhere(page, client_name=NAME)
    logo = {"name": "photo.png", "mimeType": "image/png", "buffer": bytes(size)}
    page.locator("#id_logo").set_input_files(files=[logo])
    saves(page, typed, said)
    refusal = page.get_by_text("The file is larger than 1 MiB.")
    expect(refusal.first).to_be_visible(visible=not way.get("javascript", True))
