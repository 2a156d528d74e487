"""Crispy lays the form out, and what was typed comes through it to the letter."""

import pytest
from crispy_forms.utils import render_crispy_form

from registrations.draft_checks import DraftChecks
from registrations.forms.layout import Answer
from registrations.forms.registration_form import RegistrationForm
from registrations.models.catalogue import Offer
from registrations.rules.record_fields import FIELDS
from tests.pages.elements import elements, ids, with_attribute

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
