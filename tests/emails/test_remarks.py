"""Comments in the email of the decision that sends them."""

import pytest
from django.utils import timezone

from registrations.workflow import drafting, review
from tests.emails.sending import delivered, parts
from tests.support.commenting import asked, sent_back
from tests.support.just_signed_in import approve
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db


def only(subject):
    (email,) = delivered(subject)
    return parts(email)


@pytest.mark.parametrize(
    ("verb", "subject"),
    [
        (review.request_changes, "Changes requested"),
        (review.reject, "Rejected"),
        (approve, "Approved"),
    ],
)
def test_each_decision_carries_the_comments_by_field(partner, reviewer, verb, subject):
    registration = submitted(partner)
    asked(registration, reviewer, "Drop <b>users:write</b> & say why.", field="scope")
    asked(registration, reviewer, "Which product?")
    asked(registration, reviewer, "Who runs it?", field="")
    verb(registration.uuid, by=reviewer, seen_version=1, note="")
    plain, html = only(subject)
    assert "Scopes:\nDrop <b>users:write</b> & say why." in plain
    assert "Drop &lt;b&gt;users:write&lt;/b&gt; &amp; say why." in html
    assert "<b>users" not in html
    for part in (plain, html):
        places = [part.index(text) for text in ("The whole registration", "Client name", "Drop ")]
        assert places == sorted(places)


def test_note_and_comments_stand_together(partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer, "Which product?")
    sent_back(registration, reviewer, note="Nearly there.")
    plain, html = only("Changes requested")
    assert "answer:\n\nNearly there.\n\nClient name:\nWhich product?\n\n--" in plain
    assert html.index("Nearly there.") < html.index("Which product?")


def test_without_a_note_no_empty_quotation_is_left(partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer, "Which product?")
    sent_back(registration, reviewer)
    plain, html = only("Changes requested")
    assert "answer:\n\nClient name:\nWhich product?\n\n--" in plain
    assert html.count("<blockquote") == 1


def test_an_email_carries_the_comments_of_its_own_decision(partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer, "The first.")
    sent_back(registration, reviewer)
    drafting.submit(registration.uuid, by=partner)
    asked(registration, reviewer, "The second.", seen_version=2)
    sent_back(registration, reviewer, seen_version=2)
    asked_first, asked_second = (parts(email)[0] for email in delivered("Changes requested"))
    assert ("The first." in asked_first, "The second." in asked_first) == (True, False)
    assert ("The first." in asked_second, "The second." in asked_second) == (False, True)


def test_a_question_beside_an_approval_is_introduced_and_can_be_answered(partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer, "Which product?")
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    for part in only("Approved"):
        places = [
            part.index(text)
            for text in ("also has questions or comments", "Which product?", "To answer, open")
        ]
        assert places == sorted(places)


def test_an_approval_without_questions_asks_for_no_answer(partner, reviewer):
    registration = submitted(partner)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert all("To answer" not in part for part in only("Approved"))
