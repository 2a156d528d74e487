"""Crispy lays the form out, and what was typed comes through it to the letter."""

import pytest
from crispy_forms.utils import render_crispy_form

from registrations.draft_checks import DraftChecks
from registrations.forms.layout import Answer
from registrations.forms.registration_form import RegistrationForm
from registrations.models.catalogue import Offer
from registrations.rules.record_fields import FIELDS
from tests.pages.addresses import at
from tests.pages.elements import elements, ids, with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, again
from tests.support.statements import statements

NEW = "/registrations/new/"


def make(**initial):
    return RegistrationForm(checks=DraftChecks(Offer([], []), None), initial=initial)


def test_every_field_of_the_record_is_laid_out_once_and_in_its_order():
    form = make()
    assert tuple(field.name for field in form.helper.layout.get_field_names()) == tuple(FIELDS)
    html = render_crispy_form(form)
    assert [id_ for id_ in ids(html) if id_ in {f"help_{name}" for name in FIELDS}] == [
        f"help_{name}" for name in FIELDS
    ]


def test_moving_an_answer_in_the_layout_moves_it_on_the_page():
    form = make()
    helper = form.helper
    (first, *rest) = helper.layout[0].fields
    helper.layout[0].fields[:] = [*rest, first]
    known = ids(render_crispy_form(form, helper))
    assert known.index("id_client_uri") < known.index("id_client_name") < known.index("technical-details")
    assert render_crispy_form(make()).index("id_client_name") < render_crispy_form(make()).index(
        "id_client_uri"
    )


def test_an_answer_without_a_field_is_an_error():
    form = make()
    helper = form.helper
    helper.layout.fields.append(Answer("nonsense"))
    with pytest.raises(KeyError, match="nonsense"):
        render_crispy_form(form, helper)


def test_blanks_typed_into_a_text_come_through():
    html = render_crispy_form(make(pkce_justification="   ", pkce_controls="> \t  <"))
    assert with_attribute(html, "id", "id_pkce_justification")[0].text == "\n   "
    assert with_attribute(html, "id", "id_pkce_controls")[0].text == "\n> \t  <"


def test_the_list_of_sections_leads_to_the_sections(login, partner):
    html = login(partner).get(NEW).text
    fragments = [section.key for section in make().sections]
    assert [e.get("id") for e in with_attribute(html, "class", "section") if e.tag == "fieldset"] == fragments
    links = {e.get("href"): e.words() for e in elements(html) if e.tag == "a"}
    assert [links[f"#{section.key}"] for section in make().sections] == [s.title for s in make().sections]


def test_the_page_has_one_form_of_the_record_and_one_token_in_it(login, partner):
    html = login(partner).get(NEW).text
    start = html.index('<form method="post" action="/registrations/new/"')
    form = html[start : html.index("</form>", start)]
    assert form.count("csrfmiddlewaretoken") == form.count('id="id_draft_version"') == 1
    assert form.count("<form") == 1


def test_help_is_one_line_and_the_rest_is_folded():
    html = render_crispy_form(make())
    for name, field in FIELDS.items():
        assert len(field.help) <= 80
        assert with_attribute(html, "id", f"help_{name}")[0].tag == "p"
    assert html.count("<summary>More about this") == len(FIELDS)


def test_the_folded_help_leads_to_the_rules_of_its_field(login, partner):
    browser = login(partner)
    targets = {e.get("href") for e in elements(browser.get(NEW).text) if "/rules/#" in (e.get("href") or "")}
    known = {f"/rules/#{one}" for one in ids(browser.get("/rules/").text)}
    assert len(targets) > 8
    assert targets <= known


def test_the_buttons_of_the_panel_belong_to_the_form(login, partner):
    html = login(partner).get(NEW).text
    panel = html[html.index("<aside") : html.index("</aside>")]
    then = [e for e in elements(panel) if e.tag == "button"]
    assert [(e.get("value"), e.get("form")) for e in then] == [
        ("check", "registration-form"),
        ("save", "registration-form"),
    ]
    assert [e.tag for e in with_attribute(html, "id", "registration-form")] == ["form"]
    assert [e.get("role") for e in with_attribute(panel, "id", "saved")] == ["status"]


def progress(html):
    return [e.words() for e in with_attribute(html, "data-progress-of")]


def test_progress_counts_required_answers_and_their_problems(login, partner):
    browser = login(partner)
    assert progress(browser.get(NEW).text) == ["0 of 5", "2 of 4", "0 of 1"]
    draft = a_draft(partner, client_name="Pleo Connect", tos_uri="", policy_uri="", confidential=False)
    assert progress(browser.get(at(draft, "edit/")).text) == ["3 of 5, 1 problem", "4 of 4", "0 of 1"]
    assert progress(browser.get(at(draft, "edit/?show=all")).text)[0] == "3 of 5, 1 problem"


def test_an_exception_needs_one_answer_more(login, partner):
    draft = a_draft(partner, pkce_support="exception_requested")
    assert progress(login(partner).get(at(draft, "edit/")).text)[1] == "4 of 5"


def test_the_live_check_answers_with_the_progress(login, partner):
    posted = example_posted(client_name="Pleo Connect")
    html = login(partner).post("/registrations/check/", posted, headers={"accept": "text/html"}).text
    assert progress(html) == ["5 of 5, 1 problem", "4 of 4", "1 of 1"]


def test_the_consent_screen_shows_the_draft(login, partner):
    draft = a_draft(partner, client_uri="https://xn--mnchen-3ya.example/", scope=["users:read"])
    html = login(partner).get(at(draft, "edit/")).text
    assert "<strong>Example Client</strong> wants to connect to your Pleo account" in html
    (host,) = with_attribute(html, "data-consent-host")
    assert host.words() == "xn--mnchen-3ya.example (münchen.example)"
    (scopes,) = with_attribute(html, "data-consent-scopes")
    assert scopes.words() == "See the company's users."


def test_the_consent_screen_of_an_unreadable_address_has_no_host(login, partner):
    draft = a_draft(partner, client_uri="https://[client/", client_name="", scope=[])
    html = login(partner).get(at(draft, "edit/")).text
    assert "<strong>Your product</strong> wants to connect" in html
    assert with_attribute(html, "data-consent-host")[0].words() == ""


def test_my_address_is_added_by_the_server_where_no_script_runs(login, partner):
    browser, draft = login(partner), a_draft(partner, contacts=["a@client.example"])
    assert with_attribute(browser.get(at(draft, "edit/")).text, "name", "use_my_address")
    posted = example_posted(1, then="", contacts=["a@client.example"]) | {"use_my_address": "yes"}
    answer = browser.post(at(draft, "edit/"), posted)
    assert answer["Location"] == at(draft, "edit/#id_contacts")
    assert again(draft).draft.data["contacts"] == ["a@client.example", partner.email]
    assert not with_attribute(browser.get(at(draft, "edit/")).text, "name", "use_my_address")


def test_a_new_form_asks_for_ten_answers_at_most():
    """Name, three addresses, contact, redirect URI, scope and confidentiality; two more are preset."""
    required = [
        name for name, field in FIELDS.items() if not field.optional and not field.only_with_exception
    ]
    assert len(required) == 10
    assert [name for name in required if not FIELDS[name].default] == [
        *("client_name", "client_uri", "tos_uri", "policy_uri", "contacts"),
        *("redirect_uris", "scope", "confidential"),
    ]


def test_the_form_needs_six_statements_at_most(login, partner):
    browser, draft = login(partner), a_draft(partner)
    for address in (NEW, at(draft, "edit/")):
        with statements() as made:
            assert browser.get(address).status_code == 200
        assert len(made) <= 6, made


def test_the_error_summary_ends_no_question_with_a_colon(login, partner):
    draft = a_draft(partner, pkce_support="exception_requested", client_name="")
    html = login(partner).get(at(draft, "edit/?show=all")).text
    said = " ".join(e.words() for e in with_attribute(html, "data-for-field"))
    assert "Why can your client not use PKCE? Give the technical reason" in said
    assert "Client name: " in said


@pytest.mark.parametrize("address", [NEW, "/registrations/"])
def test_names_that_only_screen_readers_hear_in_full_begin_with_no_colon(login, partner, address):
    """A hidden part is a box of its own, so a blank is read before it: “More about this : Contacts”."""
    a_draft(partner)
    html = login(partner).get(address).text
    hidden = [e.text for e in with_attribute(html, "class", "visually-hidden") if e.tag == "span"]
    assert [text for text in hidden if text.strip(": ") and text.startswith(":")] == []
