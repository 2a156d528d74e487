"""/rules/: the rules in plain words, for anyone."""

import pytest
from django.test import Client

from registrations.rules.registry import RULES, SECTIONS
from tests.pages.elements import elements, ids, with_attribute
from tests.support import people
from tests.support.people import sign_in
from tests.support.registrations import a_draft, submitted


@pytest.fixture
def rules_page(db):
    return Client().get("/rules/")


def rule_links(html):
    return [link for link in with_attribute(html, "href") if "/rules/#" in link.get("href")]


def test_anybody_may_read_every_rule_at_its_own_place(rules_page):
    assert rules_page.status_code == 200
    assert set(RULES) <= set(ids(rules_page.text))
    assert len(ids(rules_page.text)) == len(set(ids(rules_page.text)))


def test_parts_of_the_form_stand_in_its_order_and_are_linked(rules_page):
    targets = [link.get("href") for link in with_attribute(rules_page.text, "href")]
    assert [target for target in targets if target in {f"#{s.key}" for s in SECTIONS}] == [
        f"#{section.key}" for section in SECTIONS
    ]


def test_weight_is_said_in_words(rules_page):
    weights = {rule.get("id"): rule.words() for rule in elements(rules_page.text) if rule.tag == "article"}
    assert "Stops submission" in weights["R-06"]
    assert "unless Pleo accepts it" not in weights["R-06"]
    assert "unless Pleo accepts it" in weights["N-05"]
    assert "Note: does not stop submission" in weights["R-61"]


def test_examples_are_shown_as_code_with_nothing_hidden_in_them(rules_page):
    shown = [code.text for code in elements(rules_page.text) if code.tag == "code"]
    assert "https://*.client.example/callback" in shown
    assert "AcmeU+202EExpenses" in shown
    assert not any(character in rules_page.text for character in "\u202e\u200b\t\x7f")
    assert "<b>Expenses" not in rules_page.text


def test_a_shared_cache_may_keep_the_page_of_a_visitor(rules_page):
    assert rules_page.headers["Cache-Control"] == "public, max-age=3600"
    assert rules_page.headers["Vary"] == "Cookie"
    assert not rules_page.cookies
    assert "default-src 'none'" in rules_page.headers["Content-Security-Policy"]


def test_a_visitors_page_asks_the_database_nothing(rules_page, django_assert_num_queries):
    with django_assert_num_queries(0):
        Client().get("/rules/?q=uri")


def test_signed_in_people_keep_their_header_and_no_cache_their_page(rules_page, partner):
    page = sign_in(Client(), partner).get("/rules/")
    assert partner.email in page.text
    assert partner.email not in rules_page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Cookie" in page.headers["Vary"]


def found(query):
    page = Client().get("/rules/", {"q": query})
    return [element.get("id") for element in elements(page.text) if element.tag == "article"], page.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "rule"),
    [("r-06", "R-06"), ("Wildcards", "R-06"), ("client_name", "N-05"), ("Privacy policy", "U-03")],
)
def test_rules_are_found_by_number_words_and_field(query, rule):
    ids_of_rules, text = found(query)
    assert rule in ids_of_rules
    assert 0 < len(ids_of_rules) < len(RULES)
    assert f"{len(ids_of_rules)} of {len(RULES)} rules" in text


@pytest.mark.django_db
def test_a_search_without_an_answer_says_what_is_searched():
    ids_of_rules, text = found("<b>nothing of the kind")
    assert ids_of_rules == []
    assert "The search looks at the number of each rule" in text
    assert "ask Pleo" in text
    assert "&lt;b&gt;nothing of the kind" in text


def test_changes_without_a_review_are_introduced_once(rules_page):
    assert rules_page.text.count("Pleo reviews every change except these") == 1


def test_only_reading_is_possible(db):
    assert Client().post("/rules/").status_code == 405


def test_every_finding_leads_to_its_rule(login, partner):
    draft = a_draft(partner, client_name="Pleo Connect", redirect_uris=["https://*.client.example/cb"])
    for address in ("check/", "edit/?show=all"):
        links = rule_links(login(partner).get(f"/registrations/{draft.uuid}/{address}").text)
        assert {"/rules/#N-05", "/rules/#R-06"} <= {link.get("href") for link in links}
        assert "Why? Rule N-05 in plain words (opens in a new tab)" in [link.words() for link in links]


def test_reviewer_is_led_there_too(login, partner):
    waiting = submitted(partner, redirect_uris=["https://client.example//cb"])
    rules_page = login(people.lead()).get(f"/admin/registrations/registration/{waiting.uuid}/review/")
    assert "/rules/#R-61" in [link.get("href") for link in rule_links(rules_page.text)]
