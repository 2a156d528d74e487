"""Reasons given with a decision."""

import pytest

from portal.audit.models import Event
from portal.refusals import Conflict
from registrations.models import DecisionReason, GivenReason
from registrations.workflow import review
from tests.support.registrations import submitted

LOGO, NAME = "logo-uses-pleo-mark", "name-misleading"
ONLY_CHANGES, ONLY_REJECT = "terms-unreachable", "already-registered"


def turn_down(verb, registration, by, *reasons, note="Please see below."):
    return verb(registration.uuid, by=by, seen_version=1, note=note, reasons=reasons)


def codes():
    return list(GivenReason.objects.values_list("reason_id", flat=True))


@pytest.mark.parametrize(
    ("verb", "event"),
    [
        (review.request_changes, "revision.changes_requested"),
        (review.reject, "revision.rejected"),
    ],
)
def test_reasons_stay_with_the_revision_and_stand_in_the_event(partner, reviewer, verb, event):
    decided = turn_down(verb, submitted(partner), reviewer, NAME, LOGO, NAME)
    assert [given.reason_id for given in decided.given_reasons.all()] == [NAME, LOGO]
    assert Event.objects.get(verb=event).detail == {"reasons": [NAME, LOGO]}


def test_no_reason_is_needed(partner, reviewer):
    turn_down(review.reject, submitted(partner), reviewer)
    assert codes() == []
    assert Event.objects.get(verb="revision.rejected").detail == {"reasons": []}


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (review.request_changes, ONLY_REJECT),
        (review.reject, ONLY_CHANGES),
        (review.reject, "moon"),
    ],
)
def test_what_is_not_on_offer_for_the_decision_is_refused(partner, reviewer, verb, code):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        turn_down(verb, registration, reviewer, NAME, code)
    assert codes() == []
    assert registration.revisions.get().status == "under_review"


def test_what_was_taken_off_the_offer_is_refused(partner, reviewer):
    DecisionReason.objects.filter(code=NAME).update(is_offered=False)
    with pytest.raises(Conflict):
        turn_down(review.reject, submitted(partner), reviewer, NAME)


def test_a_reason_is_not_the_note(partner, reviewer):
    with pytest.raises(Conflict):
        turn_down(review.reject, submitted(partner), reviewer, NAME, note=" ")
