"""What is no registration document is said in one sentence, and nothing raises."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.client_metadata import MAX_DOCUMENT_BYTES, UnreadableDocument, as_json, parse, read
from registrations.domain.draft_data import metadata_of
from tests.rules.test_metadata import EXAMPLE


def complaints(text):
    with pytest.raises(UnreadableDocument) as refused:
        read(parse(text))
    return refused.value.complaints


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1, column 2"),
        ('{"a": 1,}', "not JSON"),
        ("{'a': 1}", "not JSON"),
        ('{"a": "\x00"}', "Invalid control character."),
        ("\x00", "not JSON"),
        ('{"a": NaN}', "`NaN`"),
        ('{"a": -Infinity}', "`-Infinity`"),
        ('{"a": 1} {}', "Extra data"),
        ("\ufeff{}", "byte order mark"),
        ("[]", "JSON object"),
        ('"client_name"', "JSON object"),
        ("null", "JSON object"),
        ("1" * 5000, "JSON object"),
        ('{"scope": "a", "scope": "b"}', "`scope` appears twice"),
        ('{"x": {"b": 1, "b": 2}}', "`b` appears twice"),
        ("[" * 60_000, "nested too deeply"),
        ('{"a":' * 10_000, "nested too deeply"),
        ('{"a": "' + "x" * MAX_DOCUMENT_BYTES + '"}', "larger than 64 KiB"),
        ('{"a": "' + "ü" * (MAX_DOCUMENT_BYTES // 2) + '"}', "larger than 64 KiB"),
    ],
)
def test_what_is_no_document_is_said_in_one_sentence(text, words):
    (complaint,) = complaints(text)
    assert words in complaint


def test_long_numbers_harm_nobody():
    text = '{"client_id_issued_at": ' + "9" * 6000 + ', "x": 1e99999, "y": -' + "9" * 6000 + "}"
    assert len(read(parse(text)).unused) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    [*as_json(replace(EXAMPLE, initiation_uri="x")), "pkce_support", "client_secret", "jwks"]
)


@given(st.dictionaries(MEMBERS | st.text(), JSON))
def test_no_document_raises_anything_else(document):
    try:
        reading = read(parse(json.dumps(document)))
    except UnreadableDocument:
        return
    metadata_of(reading.data, logo_digest=None)
    assert {member.key for member in reading.unused} <= set(document)


@given(st.text(alphabet=st.sampled_from('{}[]":,\\u00e\ufeff\x00 \n1-.aNtrue') | st.characters()))
def test_no_text_raises_anything_else(text):
    try:
        read(parse(text))
    except UnreadableDocument:
        return


# The paste that is shown again
