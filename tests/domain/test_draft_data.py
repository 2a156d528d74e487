"""From what was typed to the record, whatever a draft holds, and back."""

from dataclasses import replace

import pytest

from registrations.domain.draft_data import (
    draft_data_from,
    metadata_of,
    override_requests_of,
    says_the_same,
    without_exception,
)
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import TYPED_FIELDS
from tests.rules.test_metadata import EXAMPLE

EVERYTHING = replace(
    EXAMPLE,
    initiation_uri="https://client.example/start",
    configuration_uri="https://client.example/settings",
    scope_reasons=(("users:read", "Our till greets each of them."),),
    pkce_support="exception_requested",
    pkce_justification="It cannot be done in our till.",
    pkce_controls="One fixed address.",
    subject_type_preference="company",
)


def test_a_record_comes_back_from_the_form_as_it_was():
    assert metadata_of(draft_data_from(EVERYTHING), logo_digest=None) == EVERYTHING


def test_an_empty_draft_is_an_empty_record():
    assert metadata_of({}, logo_digest="a" * 64) == Metadata(logo_digest="a" * 64)


@pytest.mark.parametrize("rubbish", [None, 7, "text", ["list", 7], {"a": "mapping"}])
def test_a_field_of_another_type_is_no_answer(rubbish):
    typed = dict.fromkeys((*TYPED_FIELDS, "scope_reasons"), rubbish)
    record = metadata_of(typed, logo_digest=None)
    assert record.confidential is False
    assert record.scope == record.contacts == (("list",) if isinstance(rubbish, list) else ())
    assert record.client_uri == ("text" if isinstance(rubbish, str) else "")


def test_without_an_exception_its_reasons_say_nothing():
    typed = draft_data_from(EVERYTHING) | {"pkce_support": "supported"}
    assert metadata_of(typed, logo_digest=None).pkce_justification == ""


def test_a_scope_that_was_chosen_twice_is_chosen_once():
    assert metadata_of({"scope": ["a", "b", "a"]}, logo_digest=None).scope == ("a", "b")


def test_a_reason_goes_with_its_scope_and_a_blank_one_is_none():
    reasons = {"a": " Why. ", "b": " ", "c": "Not chosen."}
    record = metadata_of({"scope": ["a", "b"], "scope_reasons": reasons}, logo_digest=None)
    assert record.scope_reasons == (("a", "Why."),)


def test_only_what_is_a_question_is_one():
    asked = {"rule": "N-05", "value": "Pleo Archive", "reason": "A museum."}
    (question,) = override_requests_of({"review_asked": ["odd", asked, asked | {"rule": "R-06"}]})
    assert question.as_json() == asked
    assert override_requests_of({"review_asked": "odd"}) == override_requests_of({}) == []


def test_a_request_for_an_exception_is_taken_out_and_nothing_else():
    typed = draft_data_from(EVERYTHING) | {"pkce_wished_end": "2027-03-31"}
    left = without_exception(typed)
    words = {"pkce_justification": "", "pkce_controls": "", "pkce_wished_end": ""}
    assert left == typed | words | {"pkce_support": "supported"}
    assert typed["pkce_support"] == "exception_requested"


TYPED = {
    "pkce_controls": "One\nline.",
    "scope_reasons": {"a": "Why\nnot."},
    "contacts": ["a", "b"],
    "x": True,
}


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"pkce_controls": "One\r\nline."}, True),
        ({"pkce_controls": "One line."}, False),
        ({"scope_reasons": {"a": "Why\r\nnot."}}, True),
        ({"scope_reasons": {"b": "Why\nnot."}}, False),
        ({"contacts": ["b", "a"]}, False),
        ({"x": False}, False),
        ({"y": ""}, False),
    ],
)
def test_drafts_say_the_same_however_their_lines_end(changed, same):
    assert says_the_same(TYPED, TYPED | changed) is same


def test_lines_in_a_list_may_end_either_way_too():
    asked = {"rule": "N-05", "value": "Pleo Archive", "reason": "A\nmuseum."}
    other = asked | {"reason": "A\r\nmuseum."}
    assert says_the_same({"review_asked": [asked]}, {"review_asked": [other]})
    assert not says_the_same({"review_asked": [asked]}, {"review_asked": [asked, other]})
