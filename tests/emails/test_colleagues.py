"""Emails between colleagues on the desk."""

import pytest

from registrations.workflow import assignment, review
from tests.emails.sending import both_hold, delivered, delivered_after, only, parts, readers
from tests.support import people
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db

DESK = "https://testserver/admin/registrations/registration/"


@pytest.fixture
def second(db):
    return people.reviewer("second@portal.example")


@pytest.fixture
def claimed(partner, reviewer):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    return registration


def test_a_review_that_is_handed_over_is_announced_with_the_note(claimed, reviewer, second):
    assignment.reassign(claimed.uuid, by=reviewer, to=second, note="I <know> them.")
    email = only("Handed over to you: Example Client of Client Ltd")
    assert email.to == ["second@portal.example"]
    assert both_hold(email, f"{DESK}{claimed.uuid}/review/")
    assert both_hold(email, "reviewer@portal.example handed the review")
    plain, html = parts(email)
    assert "I <know> them." in plain
    assert "I &lt;know&gt; them." in html


def test_without_a_note_the_email_quotes_none(claimed, reviewer, second):
    assignment.reassign(claimed.uuid, by=reviewer, to=second)
    assert not both_hold(only("Handed over"), "wrote")


def test_a_lead_who_takes_a_review_over_writes_to_nobody(claimed, reviewer):
    head = people.head()
    assignment.reassign(claimed.uuid, by=head, to=head, note="Mine now.")
    assert delivered("Handed over") == []


def test_who_gave_it_away_meanwhile_is_not_called(claimed, reviewer, second):
    assignment.reassign(claimed.uuid, by=reviewer, to=second)

    def give_away():
        assignment.reassign(claimed.uuid, by=second, to=reviewer)

    assert readers(delivered_after("Handed over", give_away)) == ["reviewer@portal.example"]


def test_nobody_is_called_to_what_is_decided_by_now(claimed, reviewer, second):
    assignment.reassign(claimed.uuid, by=reviewer, to=second)

    def decide():
        review.reject(claimed.uuid, by=second, seen_version=1, note="No.")

    assert delivered_after("Handed over", decide) == []
