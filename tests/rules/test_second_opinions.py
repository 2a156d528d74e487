"""Browsers and the rules read an address alike, or the rules say something about it."""

from collections import Counter

import ada_url
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.rules import client_names, contacts, metadata, redirect_uris, scopes, web_uris
from registrations.rules.metadata import Metadata, RuleContext
from registrations.rules.record_fields import WEB_URI_FIELDS
from tests.rules.addresses import ADDRESSES
from tests.support.node import NodeUrls
from tests.support.scale import times

EXAMPLES = times(20_000)
THOROUGHLY = settings(max_examples=EXAMPLES)


def read_by_ada(uri):
    url = ada_url.URL(uri)
    return url.href, url.hostname


def agreements(read):
    """Compare every address that passes without a note; the answer is how many there were."""
    seen = Counter()

    @THOROUGHLY
    @given(ADDRESSES)
    def compare(uri):
        findings = redirect_uris.check(uri)
        seen["clean" if not findings else "noted"] += 1
        if not findings:
            assert read(uri) == (uri, redirect_uris.host_of(uri))

    compare()
    return seen["clean"]


def test_ada_keeps_what_passes_without_a_note_and_sees_the_same_host():
    assert agreements(read_by_ada) > EXAMPLES / 8


def test_node_keeps_what_passes_without_a_note_and_sees_the_same_host():
    with NodeUrls() as node:
        assert agreements(node.read) > EXAMPLES / 8


@pytest.mark.parametrize(
    "uri", ["https://Client.Example", "https://a/../b", "https://[::1%25lo]/", "x", "\ud800"]
)
def test_second_opinions_are_given_on_anything(uri):
    with NodeUrls() as node:
        found = node.read(uri)
    try:
        assert found == read_by_ada(uri)
    except (ValueError, UnicodeEncodeError):
        assert found is None


@THOROUGHLY
@given(ADDRESSES)
def test_what_passes_at_all_names_the_host_that_browsers_see(uri):
    if not any(finding.rejects for finding in redirect_uris.check(uri)):
        assert ada_url.URL(uri).hostname == redirect_uris.host_of(uri)


TEXT = st.text() | ADDRESSES
TEXTS = st.lists(TEXT, max_size=4).map(tuple)


@THOROUGHLY
@given(TEXT)
def test_no_text_raises_as_an_address(text):
    redirect_uris.check(text, existing=[text[:-1]], environment="production")
    web_uris.check("tos_uri", text, client_uri=text)


@settings(THOROUGHLY, max_examples=times(5_000))
@given(TEXT, TEXTS, st.sampled_from(WEB_URI_FIELDS))
def test_no_text_raises_beside_others(text, texts, field):
    redirect_uris.check(text, existing=texts, environment=text)
    web_uris.check(field, text, client_uri=text, redirect_uris=texts)
    client_names.check(text, taken=texts)
    contacts.check(text, existing=texts)
    scopes.check(text, catalogue=texts, environment=text)


PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=5).map(tuple)
TYPES = {
    "str": TEXT,
    "tuple[str, ...]": TEXTS,
    "tuple[tuple[str, str], ...]": PAIRS,
    "bool": st.booleans(),
    "str | None": st.none() | TEXT,
}
RECORDS = st.builds(Metadata, **{name: TYPES[kind] for name, kind in Metadata.__annotations__.items()})


@settings(THOROUGHLY, max_examples=times(2_000))
@given(RECORDS, TEXTS)
def test_no_record_raises(record, taken):
    found = metadata.check(record, RuleContext(taken=taken))
    assert found == metadata.check(record, RuleContext(taken=taken))
    assert all(finding.message for finding in found)
