"""What a rule answers, as it is shown and stored."""

import json

from hypothesis import given
from hypothesis import strategies as st

from registrations.rules.findings import Finding, Severity, quote, rejections, waives

REJECTED = Finding("R-06", Severity.REJECT, "redirect_uris", "No.", index=1, suggestion="x", excerpt="*")
NOTED = Finding("R-61", Severity.WARN, "redirect_uris", "Hm.")


def test_stored_form_is_plain_json_that_makes_the_finding_again():
    stored = json.loads(json.dumps(REJECTED.as_json()))
    assert Finding(**{**stored, "severity": Severity(stored["severity"])}) == REJECTED


def test_only_rejections_stop_a_submission():
    assert rejections([NOTED, REJECTED]) == [REJECTED]


def test_a_finding_can_be_placed_elsewhere():
    moved = NOTED.at("tos_uri")
    assert (moved.field, moved.index, moved.rule) == ("tos_uri", None, "R-61")


def test_a_rule_is_waived_for_all_values_or_for_one():
    assert waives({"N-05"}, "N-05", "Pleora")
    assert waives({("N-05", "Pleora")}, "N-05", "Pleora")
    assert not waives({("N-05", "Pleora")}, "N-05", "Pleo")
    assert not waives((), "N-05", "Pleo")


def test_long_quotes_are_cut():
    assert quote("a" * 61) == "a" * 60 + "…"


@given(st.text(max_size=60))
def test_nothing_invisible_is_quoted(text):
    assert all(character.isprintable() for character in quote(text))


def test_letters_that_draw_nothing_are_named():
    assert quote("a\u3164b\u2800") == "aU+3164bU+2800"
