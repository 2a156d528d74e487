"""Emails between colleagues on the desk."""

import pytest

from portal.accounts.models import User
from registrations.workflow import assignment, comments, mentions, review
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


def test_who_is_mentioned_gets_the_note_and_the_way_to_it(claimed, reviewer, second):
    watching = people.auditor()
    comments.note(claimed.uuid, by=reviewer, text="Is <this> theirs?", field="logo", tell=[second, watching])
    emails = delivered("Mentioned: Example Client of Client Ltd")
    assert readers(emails) == ["auditor@portal.example", "second@portal.example"]
    assert both_hold(emails[0], f"{DESK}{claimed.uuid}/review/#comments-logo")
    assert both_hold(emails[0], "reviewer@portal.example mentions you")
    plain, html = parts(emails[0])
    assert "Is <this> theirs?" in plain
    assert "Is &lt;this&gt; theirs?" in html


def test_who_cannot_see_the_desk_any_more_gets_nothing(claimed, reviewer, second):
    comments.note(claimed.uuid, by=reviewer, text="Look.", tell=[second])
    left = User.objects.filter(pk=second.pk)
    assert delivered_after("Mentioned", lambda: left.update(is_staff=False)) == []


def test_what_was_seen_before_the_email_went_out_sends_none(claimed, reviewer, second):
    comments.note(claimed.uuid, by=reviewer, text="Look.", tell=[second])
    mention = second.mentions.get()
    assert delivered_after("Mentioned", lambda: mentions.see(mention.uuid, by=second)) == []
