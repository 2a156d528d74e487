"""Rules are found by the words that people type, whatever the rules themselves call it."""

import pytest

from registrations.rules import search
from registrations.rules.registry import RULES
from registrations.rules.search import OTHER_WORDS


def found(query):
    terms = search.terms_of(query)
    return {rule.id for rule in RULES.values() if search.matches(search.text_of(rule), terms)}


def holds(text, query):
    return search.matches(text, search.terms_of(query))


@pytest.mark.parametrize(
    "query", ["r-06", "WILDCARD", "redirect_uris", "Redirect URIs", "https://*.client.example/callback"]
)
def test_a_rule_is_found_by_its_number_words_field_and_examples(query):
    assert "R-06" in found(query)
    assert len(found(query)) < len(RULES)


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ("refresh token", {"S-04"}),
        ("trailing slash", {"R-50", "R-51"}),
        ("star", {"R-06", "U-12"}),
        ("http", {"R-23", "R-13", "R-64"}),
        ("can I use HTTP", {"R-23", "R-64"}),
        ("mobile app", {"R-13", "R-62", "G-08"}),
        ("custom scheme", {"R-13"}),
        ("secret", {"R-62", "G-08"}),
        ("callback", {"R-01", "U-11"}),
        ("domain", {"N-09", "R-20"}),
        ("subdomains", {"R-06"}),
        ("icon", {"L-01", "L-06"}),
        ("logo", {"L-01", "L-06"}),
        ("email", {"C-01", "C-11"}),
        ("e-mail", {"C-01", "C-11"}),
        ("receipts", {"S-04"}),
        ("openid", {"S-04"}),
        ("offline_access", {"S-04"}),
        ("company", {"T-03"}),
        ("how many redirect URIs", {"R-34"}),
        ("fragment", {"R-11"}),
        ("postman", {"R-63"}),
    ],
)
def test_rules_are_found_by_what_people_call_things(query, rules):
    ids = found(query)
    assert rules <= ids
    assert len(ids) < len(RULES) * 3 / 4


def test_every_word_that_stands_for_others_finds_something():
    assert [word for word in OTHER_WORDS if not found(word)] == []


def test_a_short_word_does_not_stand_for_the_middle_of_another():
    assert found("port") == {"R-17", "R-18", "R-68", "R-51"}


def test_each_word_that_says_something_has_to_be_there():
    assert holds("a wildcard in a host", "host wildcard")
    assert not holds("a wildcard in a path", "host wildcard")
    assert holds("a wildcard in a path", "can I use the wildcard")


def test_words_that_say_nothing_are_looked_for_where_there_are_no_others():
    assert holds("what is it for", "what is it")
    assert not holds("a wildcard in a path", "what is it")


def test_a_plural_finds_the_singular_but_a_short_word_stays_whole():
    assert holds("one contact", "contacts")
    assert not holds("do it", "dos")


def test_signs_of_a_query_are_no_pattern():
    assert holds("ends with .*", ".*")
    assert not holds("ends with a dot", ".*")
    assert holds("a port (8080)", "(8080")


def test_nothing_asked_finds_everything():
    assert found(" ") == set(RULES)
