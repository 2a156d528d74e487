"""A suggestion is a button of the form: pressing it saves the draft with the better value in it."""

import pytest

from registrations.models import Registration
from registrations.workflow import drafting
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, again, change, submitted
from tests.support.statements import statements

NEW = "/registrations/new/"
PLAIN, SECURE = "http://client.example/b", "https://client.example/b"
OTHERS = ["https://client.example/a", "https://client.example/c"]
LISTED = [OTHERS[0], PLAIN, OTHERS[1]]
PRESSED = "redirect_uris:1:R-23"


def offered(page):
    return {e.get("value"): e for e in with_attribute(page.text, "name", "apply")}


def press(browser, address, key, version=1, **changes):
    return browser.post(address, example_posted(version, then="", **changes) | {"apply": key})


def typed(registration, field):
    return again(registration).draft.data[field]


def test_a_suggestion_is_a_button_that_names_the_finding_and_shows_the_words(login, partner):
    page = login(partner).get(at(a_draft(partner, redirect_uris=LISTED), "edit/"))
    button = offered(page)[PRESSED]
    assert button.words() == f"Use {SECURE}"
    assert (button.tag, button.get("type"), button.get("data-suggestion")) == ("button", "submit", SECURE)
    assert (button.get("data-for-field"), button.get("data-for-index")) == ("redirect_uris", "1")


@pytest.mark.parametrize(
    ("field", "value", "key", "better"),
    [
        ("redirect_uris", LISTED, PRESSED, [OTHERS[0], SECURE, OTHERS[1]]),
        ("redirect_uris", ["", PLAIN], "redirect_uris:0:R-23", [SECURE]),
        ("client_name", "Acme for Pleo", "client_name::N-05", "Acme"),
        ("client_uri", "http://client.example/", "client_uri::U-03", "https://client.example/"),
        (
            "contacts",
            ["a@client.example", "<b@client.example>"],
            None,
            ["a@client.example", "b@client.example"],
        ),
        (
            "contacts",
            ["a@client.example", "b@gmail.con"],
            "contacts:1:C-10",
            ["a@client.example", "b@gmail.com"],
        ),
        ("contacts", ["b&#64;client.example"], "contacts:0:C-03", ["b@client.example"]),
        ("scope", ["test:test", "user:read"], "scope:1:S-04", ["test:test", "users:read"]),
        ("scope", ["users:read,users:write"], "scope:0:S-04", ["users:read", "users:write"]),
    ],
)
def test_pressing_it_replaces_exactly_that_value(login, partner, field, value, key, better):
    registration, browser = a_draft(partner, **{field: value}), login(partner)
    (shown,) = offered(browser.get(at(registration, "edit/")))
    assert key in (shown, None)
    answer = press(browser, at(registration, "edit/"), shown, **{field: value})
    assert (answer.status_code, answer["Location"]) == (302, at(registration, f"edit/#id_{field}"))
    expected = {**registration.draft.data, field: better}
    assert again(registration).draft.data == expected
    assert not offered(browser.get(at(registration, "edit/")))


JSON = '{{"redirect_uris": ["{}", "{}"]}}'.format(*OTHERS)


@pytest.mark.parametrize(
    ("listed", "key", "expected"),
    [
        ([JSON], "redirect_uris:0:R-03", OTHERS),
        ([SECURE, JSON], "redirect_uris:1:R-03", [SECURE, *OTHERS]),
        ([OTHERS[0], JSON], "redirect_uris:1:R-03", OTHERS),
        ([",".join(OTHERS), SECURE], "redirect_uris:0:R-34", [*OTHERS, SECURE]),
        (["[", *(f'"{uri}",' for uri in OTHERS), "]"], "redirect_uris::R-12", OTHERS),
        ([f"- {uri}" for uri in LISTED], "redirect_uris::R-03", [OTHERS[0], SECURE, OTHERS[1]]),
    ],
)
def test_pressing_it_makes_several_entries_of_a_list(login, partner, listed, key, expected):
    registration, browser = a_draft(partner, redirect_uris=listed), login(partner)
    assert key in offered(browser.get(at(registration, "edit/")))
    press(browser, at(registration, "edit/"), key, redirect_uris=listed)
    assert typed(registration, "redirect_uris") == expected
    assert not offered(browser.get(at(registration, "edit/")))


def test_it_is_offered_where_the_submit_was_refused(login, partner):
    registration, browser = a_draft(partner, redirect_uris=[JSON]), login(partner)
    refused = browser.post(at(registration, "edit/"), example_posted(1, redirect_uris=[JSON], then="submit"))
    page = refused if refused.status_code == 200 else browser.get(refused["Location"])
    assert offered(page)["redirect_uris:0:R-03"].get("data-suggestion") == "\n".join(OTHERS)


def test_blanks_and_line_ends_do_not_move_it_to_another_line(login, partner):
    registration, browser = a_draft(partner, redirect_uris=LISTED), login(partner)
    sent = example_posted(1) | {
        "redirect_uris": f" {OTHERS[0]}\t\r\n  {PLAIN} \r{OTHERS[1]}\r\n\r\n",
        "apply": PRESSED,
    }
    browser.post(at(registration, "edit/"), sent)
    assert typed(registration, "redirect_uris") == [OTHERS[0], SECURE, OTHERS[1]]


def test_everything_else_that_was_typed_is_saved_with_it(login, partner):
    registration = a_draft(partner, redirect_uris=LISTED)
    press(login(partner), at(registration, "edit/"), PRESSED, redirect_uris=LISTED, client_name="New Name")
    assert typed(registration, "client_name") == "New Name"


@pytest.mark.parametrize(
    "key",
    [
        "redirect_uris:0:R-23",
        "redirect_uris:1:R-06",
        "redirect_uris:99:R-23",
        "redirect_uris:-2:R-23",
        "redirect_uris::R-23",
        "client_uri:1:R-23",
        "logo::R-23",
        "__class__::R-23",
        ":::",
        "x" * 10_000,
        "a\x00b",
        "https://evil.example/",
    ],
)
def test_a_finding_that_is_not_there_is_a_plain_save(login, partner, key):
    registration = a_draft(partner)
    answer = press(login(partner), at(registration, "edit/"), key, redirect_uris=LISTED)
    assert (answer.status_code, answer["Location"]) == (302, at(registration, "edit/?show=errors"))
    assert typed(registration, "redirect_uris") == LISTED


def test_the_words_are_never_taken_from_the_request(login, partner):
    registration = a_draft(partner, redirect_uris=LISTED)
    sent = example_posted(1, redirect_uris=LISTED) | {
        "apply": PRESSED,
        "data-suggestion": "https://evil.example/",
    }
    login(partner).post(at(registration, "edit/"), sent)
    assert typed(registration, "redirect_uris")[1] == SECURE


def test_it_works_on_the_first_save(login, partner):
    browser = login(partner)
    answer = press(browser, NEW, PRESSED, "", redirect_uris=LISTED)
    registration = Registration.objects.get()
    assert answer["Location"] == at(registration, "edit/#id_redirect_uris")
    assert typed(registration, "redirect_uris")[1] == SECURE


def test_a_stale_version_keeps_what_was_typed_with_the_suggestion_in_it(login, partner):
    registration = change(a_draft(partner), partner, client_name="First Tab")
    late = press(
        login(partner), at(registration, "edit/"), PRESSED, redirect_uris=LISTED, client_name="Second Tab"
    )
    assert late.status_code == 409
    (area,) = with_attribute(late.text, "name", "redirect_uris")
    assert area.text.split() == [OTHERS[0], SECURE, OTHERS[1]]
    assert 'value="Second Tab"' in late.text
    assert typed(registration, "client_name") == "First Tab"


def test_beside_something_that_cannot_be_stored_it_is_taken_over_and_nothing_is_saved(login, partner):
    registration = a_draft(partner)
    page = press(
        login(partner), at(registration, "edit/"), PRESSED, redirect_uris=LISTED, client_name="a\x00b"
    )
    assert page.status_code == 200
    (area,) = with_attribute(page.text, "name", "redirect_uris")
    assert area.text.split() == [OTHERS[0], SECURE, OTHERS[1]]
    assert again(registration).draft.version == 1


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("viewer", 403)])
def test_the_wrong_person_changes_nothing(login, partner, request, who, status):
    registration = a_draft(partner, redirect_uris=LISTED)
    browser = login(request.getfixturevalue(who))
    assert press(browser, at(registration, "edit/"), PRESSED, redirect_uris=LISTED).status_code == status
    assert typed(registration, "redirect_uris") == LISTED


def test_under_review_nothing_changes(login, partner):
    registration = submitted(partner)
    late = press(login(partner), at(registration, "edit/"), PRESSED, redirect_uris=LISTED)
    assert late.status_code == 409
    assert typed(registration, "redirect_uris") == ["https://client.example/callback"]


@pytest.mark.parametrize("submit", [False, True])
def test_pages_that_are_no_form_say_it_in_words(login, partner, submit):
    registration = a_draft(partner, redirect_uris=LISTED)
    browser = login(partner)
    if submit:
        page = browser.post(at(registration, "submit/"), {"draft_version": 1})
    else:
        page = browser.get(at(registration, "check/"))
    assert f"Write: <code>{SECURE}</code>" in page.text
    assert not with_attribute(page.text, "data-suggestion")


@pytest.mark.parametrize("address", [NEW, None])
def test_enter_in_a_line_presses_a_plain_save(login, partner, address):
    page = login(partner).get(address or at(a_draft(partner, redirect_uris=LISTED), "edit/"))
    html = page.text[page.text.index('enctype="multipart/form-data"') :]
    first = next(e for e in elements(html) if e.tag == "button")
    assert (first.get("name"), first.get("value")) == ("then", "save")
    assert (first.get("tabindex"), first.get("aria-hidden")) == ("-1", "true")


def test_pressing_keeps_the_budget_of_a_save(login, partner):
    registration, browser = a_draft(partner, redirect_uris=LISTED), login(partner)
    with statements() as made:
        press(browser, at(registration, "edit/"), PRESSED, redirect_uris=LISTED)
    assert len(made) <= 12


def test_withdrawn_again_it_can_be_pressed(login, partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    press(login(partner), at(registration, "edit/"), PRESSED, redirect_uris=LISTED)
    assert typed(registration, "redirect_uris")[1] == SECURE
