"""Free text: rule F-01."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import free_text, metadata, overrides
from registrations.rules.overrides import OverrideRequest
from tests.rules.test_metadata import EXAMPLE, WORLD

HIDDEN = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
CONTROL = ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x1c", "\x7f", "\x85", "\x9b"]
FINE = [
    "",
    "Two lines\nas typed",
    "Two lines\r\nas browsers send them",
    "An old line end\rof a Mac",
    "A\ttable",
    "\u0646\u0631\u0645\u200c\u0627\u0641\u0632\u0627\u0631",
    "\u05e9\u05dc\u05d5\u05dd (left-to-right mark:\u200e)",
    "\U0001f469\u200d\U0001f4bb",
    "soft\u00adhyphen",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]


@pytest.mark.parametrize("sign", HIDDEN)
def test_what_turns_the_text_is_refused(sign):
    named = f"U+{ord(sign):04X} (line 2, character 3): it turns the direction of text."
    assert free_text.problem(f"one\r\ntw{sign}o") == f"Remove the character {named}"


@pytest.mark.parametrize("sign", CONTROL)
def test_a_control_character_is_refused(sign):
    assert "(line 1, character 4): it cannot be shown." in free_text.problem(f"one{sign}two")


@pytest.mark.parametrize("text", FINE)
def test_what_people_write_is_accepted(text):
    assert free_text.problem(text) == ""
    assert free_text.written(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n\t",
        "\u200b",
        "\u2060\ufeff",
        "\u00ad \u00a0",
        "\u3164",
        "\u2800",
        "\u200e",
        "\ufe0f",
        "\U000e0041",
    ],
)
def test_invisible_characters_alone_are_nothing(text):
    assert free_text.written(text) == ""


@pytest.mark.parametrize("text", ["-", "\u2026", "\u3042", "\U0001f44d", "1", "\u200b."])
def test_one_sign_that_is_seen_is_something(text):
    assert free_text.written(text) == text


@given(st.text())
def test_no_text_raises(text):
    free_text.problem(text)
    assert free_text.is_blank(text) is (free_text.written(text) == "")


@pytest.mark.parametrize("field", ["pkce_justification", "pkce_controls"])
def test_the_record_names_the_field(field):
    record = replace(EXAMPLE, **{field: "Our server cannot send\u202e a challenge."})
    assert [found.rule for found in metadata.check(record, WORLD) if found.field == field] == ["F-01"]


def test_the_record_names_the_scope():
    record = replace(EXAMPLE, scope_reasons=(("users:read", "We list\u2067 all users of a company."),))
    (found,) = [found for found in metadata.check(record, WORLD) if found.rule == "F-01"]
    assert (found.field, found.excerpt) == ("scope", "users:read")
    assert found.message.startswith("Why you need users:read: Remove the character U+2067 (line 1")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("It is the name\u202e in the register.", "Remove the character U+202E"),
        ("\u200b" * 20, "Say why Pleo should accept it"),
    ],
)
def test_a_request_to_accept_a_value_needs_a_readable_reason(reason, words):
    record = replace(EXAMPLE, client_name="Pleora for Pleo")
    asked = [OverrideRequest("N-05", record.client_name, reason)]
    found = overrides.check(record, WORLD, requested=asked)
    assert [words in one.message for one in found if one.rule == "G-06"] == [True]
    assert [one.rejects for one in found if one.rule == "N-05"] == [True]
