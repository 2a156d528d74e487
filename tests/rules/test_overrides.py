"""Rule G-06: what a reviewer may decide otherwise, and what asking takes."""

from dataclasses import replace

import pytest

from registrations.rules import overrides
from registrations.rules.findings import Severity
from registrations.rules.overrides import OverrideRequest
from tests.rules.test_metadata import EXAMPLE, WORLD

NAME = "Pleo Archive"
WHY = "The museum has had this name since 1954."
QUESTION = {"rule": "N-05", "value": NAME, "reason": WHY}


def found(record, **asked):
    return [(finding.rule, finding.severity) for finding in overrides.check(record, WORLD, **asked)]


def test_a_question_is_read_as_it_was_stored():
    asked = OverrideRequest.read(QUESTION)
    assert asked.as_json() == QUESTION
    assert asked.pair == ("N-05", NAME)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "N-05",
        [],
        {},
        {**QUESTION, "rule": "R-06"},
        {**QUESTION, "rule": ["N-05"]},
        {**QUESTION, "value": 1},
        {**QUESTION, "reason": None},
    ],
)
def test_what_is_no_question_is_read_as_none(stored):
    assert OverrideRequest.read(stored) is None


def test_nothing_asked_leaves_the_findings_as_they_are():
    assert found(EXAMPLE) == []
    assert found(replace(EXAMPLE, client_name=NAME)) == [("N-05", Severity.REJECT)]


def test_asking_with_a_reason_turns_the_rejection_into_a_note_without_advice():
    record = replace(EXAMPLE, client_name=NAME)
    findings = overrides.check(record, WORLD, requested=[OverrideRequest.read(QUESTION)])
    noted = [finding for finding in findings if finding.rule == "N-05"]
    assert [(one.severity, one.suggestion) for one in noted] == [(Severity.WARN, None)]
    assert not [finding for finding in findings if finding.rejects]


@pytest.mark.parametrize("reason", ["", "short", "x" * 1001])
def test_asking_without_a_fit_reason_is_told_so(reason):
    record = replace(EXAMPLE, client_name=NAME)
    assert found(record, requested=[OverrideRequest("N-05", NAME, reason)]) == [
        ("N-05", Severity.REJECT),
        ("G-06", Severity.REJECT),
    ]


def test_what_was_accepted_once_needs_no_reason():
    record = replace(EXAMPLE, redirect_uris=("https://client.example/cb", "https://co.uk/cb"))
    assert found(record, accepted={("R-29", "https://co.uk/cb")}) == [("R-29", Severity.WARN)]


def test_a_waived_rule_hides_no_later_one():
    record = replace(EXAMPLE, redirect_uris=("https://co.uk/../cb",))
    asked = [OverrideRequest("R-29", "https://co.uk/../cb", WHY)]
    assert set(found(record, requested=asked)) == {("R-29", Severity.WARN), ("R-31", Severity.REJECT)}


def test_a_question_about_another_value_changes_nothing():
    record = replace(EXAMPLE, client_name=NAME)
    assert found(record, requested=[OverrideRequest("N-05", "Pleo Museum", WHY)]) == [
        ("N-05", Severity.REJECT)
    ]


def test_only_questions_about_present_rejections_are_kept_each_once():
    record = replace(EXAMPLE, contacts=("a@mailinator.com", "a@client.test"), client_name=NAME)
    asked = [
        OverrideRequest("C-07", "a@mailinator.com", WHY),
        OverrideRequest("N-05", "Pleo Museum", WHY),
        OverrideRequest("N-05", NAME, WHY),
    ]
    findings = overrides.check(record, WORLD, requested=asked)
    assert overrides.still_requested(findings, record, [*asked, asked[0]]) == [asked[0], asked[2]]


def test_a_finding_about_a_whole_list_is_about_no_value():
    record = replace(EXAMPLE, contacts=())
    [finding] = overrides.check(record, WORLD)
    assert overrides.overridable_value(finding, record) is None
    assert overrides.overridable_value(replace(finding, rule="C-07"), record) is None


def test_a_value_that_breaks_two_of_the_rules_is_asked_about_twice():
    uri = "https://xn--a.pleo.io/cb"
    record = replace(EXAMPLE, redirect_uris=(uri,))
    both = [OverrideRequest("R-37", uri, WHY), OverrideRequest("R-36", uri, WHY)]
    assert set(found(record, requested=both[:1])) == {("R-37", Severity.WARN), ("R-36", Severity.REJECT)}
    findings = overrides.check(record, WORLD, requested=both)
    weights = {one.rule: one.severity for one in findings}
    assert (weights["R-37"], weights["R-36"]) == (Severity.WARN, Severity.WARN)
    assert overrides.still_requested(findings, record, both) == both
