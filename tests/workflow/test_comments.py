"""What is said about a revision, to whom it is shown, and when."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import Comment, DeskNote, Thread
from registrations.workflow import comments, drafting, review
from registrations.workflow.refusals import StaleVersion
from tests.support import people
from tests.support.invariants import check_invariants
from tests.support.just_signed_in import approve
from tests.support.races import at_once
from tests.support.registrations import again, change, submitted

ASK = "Which of your products is this?"


def say(registration, by, text=ASK, field="client_name", seen_version=1):
    return comments.comment(registration.uuid, by=by, seen_version=seen_version, text=text, field=field)


def send_back(registration, by, note="", seen_version=1):
    return review.request_changes(registration.uuid, by=by, seen_version=seen_version, note=note)


def answer(registration, by, thread, text="The one for accountants."):
    change(registration, by, answers={str(thread.uuid): text})
    return drafting.submit(registration.uuid, by=by)


def events_of(registration):
    """Verbs and names of the objects of all that happened, oldest first."""
    events = Event.objects.filter(stream=registration.uuid, outcome="done").order_by("pk")
    return [(event.verb, event.moved) for event in events]


def test_a_comment_waits_for_the_decision_that_sends_it(partner, reviewer):
    registration = submitted(partner)
    said = say(registration, reviewer)
    assert (said.text, said.by_desk, said.sent_at) == (ASK, True, None)
    decided = send_back(registration, reviewer)
    said.refresh_from_db()
    assert said.sent_at == decided.decided_at
    written, sent = events_of(registration)[-2:]
    assert written == ("comment.written", [f"comment:{said.uuid}", f"thread:{said.thread.uuid}"])
    assert sent == ("revision.changes_requested", ["revision:1", f"comment:{said.uuid}"])
    check_invariants()


@pytest.mark.parametrize("verb", [approve, review.reject, review.request_changes])
def test_every_decision_sends_what_waited(partner, reviewer, verb):
    registration = submitted(partner)
    said = say(registration, reviewer)
    verb(registration.uuid, by=reviewer, seen_version=1, note="See the comment.")
    said.refresh_from_db()
    assert said.sent_at is not None


def test_what_waited_while_the_partner_withdrew_goes_with_the_next_decision(partner, reviewer):
    registration = submitted(partner)
    said = say(registration, reviewer)
    drafting.withdraw(registration.uuid, by=partner)
    drafting.submit(registration.uuid, by=partner)
    send_back(registration, reviewer, seen_version=2)
    said.refresh_from_db()
    assert said.sent_at is not None


def test_a_comment_is_enough_to_send_it_back_and_nothing_is_not(partner, reviewer):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        send_back(registration, reviewer)
    say(registration, reviewer)
    assert send_back(registration, reviewer).status == "sent_back"


def test_the_partner_answers_with_the_next_submission(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    send_back(registration, reviewer)
    revision = answer(registration, partner, thread)
    said = thread.comments.last()
    assert (said.text, said.by_desk, said.author) == ("The one for accountants.", False, partner)
    assert (said.revision, said.sent_at) == (revision, revision.submitted_at)
    assert "answers" not in again(registration).draft.data
    assert events_of(registration)[-1] == ("revision.submitted", ["revision:2", f"comment:{said.uuid}"])


def test_a_live_client_answers_without_changing_anything(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    revision = answer(registration, partner, thread)
    assert (revision.number, revision.status) == (2, "under_review")
    assert thread.comments.last().text == "The one for accountants."
    approve = {"by": reviewer, "seen_version": 2}
    assert review.approve(registration.uuid, **approve, signed_in_at=timezone.now()).status == "approved"


def test_an_answer_that_nobody_asks_for_is_nothing_to_hand_in(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    comments.resolve(registration.uuid, thread.uuid, by=reviewer)
    with pytest.raises(Conflict):
        answer(registration, partner, thread)


def test_an_answer_is_given_once(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    send_back(registration, reviewer)
    answer(registration, partner, thread)
    drafting.withdraw(registration.uuid, by=partner)
    drafting.submit(registration.uuid, by=partner)
    assert thread.comments.filter(by_desk=False).count() == 1


def test_an_answer_that_was_typed_while_the_thread_was_settled_is_not_lost(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    send_back(registration, reviewer)
    change(registration, partner, answers={str(thread.uuid): "The one for accountants."})
    comments.resolve(registration.uuid, thread.uuid, by=reviewer)
    drafting.submit(registration.uuid, by=partner)
    assert Comment.objects.get(by_desk=False).text == "The one for accountants."


def test_what_waits_in_a_settled_thread_is_not_sent(partner, reviewer):
    registration = submitted(partner)
    said = say(registration, reviewer)
    comments.resolve(registration.uuid, said.thread.uuid, by=reviewer)
    with pytest.raises(Conflict, match="Say in the note or in a comment"):
        review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="")
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="More.")
    said.refresh_from_db()
    assert said.sent_at is None


def test_only_threads_that_were_sent_can_be_answered(partner, reviewer, stranger):
    registration, foreign = submitted(partner), submitted(stranger)
    elsewhere = say(foreign, reviewer).thread
    send_back(foreign, reviewer)
    send_back(registration, reviewer, note="More.")
    drafting.submit(registration.uuid, by=partner)
    unsent = say(registration, reviewer, seen_version=2).thread
    drafting.withdraw(registration.uuid, by=partner)
    asked = {str(each.uuid): "Hello." for each in (elsewhere, unsent)}
    change(registration, partner, answers=asked | {str(uuid4()): "x", "no id": "x"})
    drafting.submit(registration.uuid, by=partner)
    assert not Comment.objects.filter(by_desk=False).exists()


@pytest.mark.parametrize("stored", [None, "x", [1], {"x": "y"}, {str(uuid4()): 7}, {str(uuid4()): " "}])
def test_whatever_a_draft_holds_submits(partner, stored):
    registration = submitted(partner, answers=stored)
    assert registration.revision_count == 1
    assert not Comment.objects.exists()


def test_a_reviewer_says_more_in_an_open_thread_only(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    more = {"by": reviewer, "seen_version": 1, "text": "And which edition?"}
    comments.reply(registration.uuid, thread.uuid, **more)
    assert thread.comments.count() == 2
    comments.resolve(registration.uuid, thread.uuid, by=reviewer)
    with pytest.raises(Conflict):
        comments.reply(registration.uuid, thread.uuid, **more)
    comments.reopen(registration.uuid, thread.uuid, by=reviewer)
    comments.reply(registration.uuid, thread.uuid, **more)


def test_what_was_not_sent_can_be_taken_back_by_its_author(partner, reviewer, lead):
    registration = submitted(partner)
    said = say(registration, reviewer)
    with pytest.raises(NotFound):
        comments.take_back(registration.uuid, said.uuid, by=lead)
    comments.take_back(registration.uuid, said.uuid, by=reviewer)
    assert not Thread.objects.exists()
    gone = [f"comment:{said.uuid}", f"thread:{said.thread.uuid}"]
    assert events_of(registration)[-1] == ("comment.taken_back", gone)


def test_a_thread_outlives_a_comment_that_was_not_its_only_one(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    more = comments.reply(registration.uuid, thread.uuid, by=reviewer, seen_version=1, text="More.")
    comments.take_back(registration.uuid, more.uuid, by=reviewer)
    assert Thread.objects.get().comments.count() == 1


def test_what_was_sent_is_not_taken_back(partner, reviewer):
    registration = submitted(partner)
    said = say(registration, reviewer)
    send_back(registration, reviewer)
    with pytest.raises(Conflict):
        comments.take_back(registration.uuid, said.uuid, by=reviewer)


def test_resolving_says_who_and_when_and_reopening_takes_it_back(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    resolved = comments.resolve(registration.uuid, thread.uuid, by=reviewer)
    assert resolved.resolved_by == reviewer
    assert resolved.resolved_at is not None
    with pytest.raises(Conflict):
        comments.resolve(registration.uuid, thread.uuid, by=reviewer)
    comments.reopen(registration.uuid, thread.uuid, by=reviewer)
    with pytest.raises(Conflict):
        comments.reopen(registration.uuid, thread.uuid, by=reviewer)
    assert [verb for verb, _ in events_of(registration)[-2:]] == ["thread.resolved", "thread.reopened"]


def test_a_note_of_the_desk_is_no_comment(partner, reviewer):
    registration = submitted(partner)
    written = comments.note(registration.uuid, by=reviewer, text="Known from last year.", field="client_name")
    send_back(registration, reviewer, note="Please explain.")
    assert DeskNote.objects.get() == written
    assert not Comment.objects.exists()
    assert events_of(registration)[-2] == ("note.written", [f"note:{written.uuid}"])


def everything_a_reviewer_says(registration, thread, comment, by):
    uuid = registration.uuid
    seen = {"by": by, "seen_version": 1}
    return {
        "comment": lambda: comments.comment(uuid, **seen, text=ASK),
        "reply": lambda: comments.reply(uuid, thread.uuid, **seen, text=ASK),
        "take_back": lambda: comments.take_back(uuid, comment.uuid, by=by),
        "resolve": lambda: comments.resolve(uuid, thread.uuid, by=by),
        "reopen": lambda: comments.reopen(uuid, thread.uuid, by=by),
        "note": lambda: comments.note(uuid, by=by, text=ASK),
    }


def test_nobody_but_reviewers_of_other_organisations_says_anything(partner, stranger, reviewer, lead):
    registration = submitted(partner)
    said = say(registration, reviewer)
    people.home(partner).memberships.create(user=lead, role="viewer")
    for person in (partner, stranger, lead):
        for act in everything_a_reviewer_says(registration, said.thread, said, person).values():
            with pytest.raises(NotAllowed):
                act()
    assert Comment.objects.get() == said
    assert not DeskNote.objects.exists()


def test_threads_of_another_registration_are_not_found(partner, reviewer):
    registration, other = submitted(partner), submitted(partner)
    said = say(other, reviewer)
    acts = everything_a_reviewer_says(registration, said.thread, said, reviewer)
    for name in ("reply", "take_back", "resolve", "reopen"):
        with pytest.raises(NotFound):
            acts[name]()


@pytest.mark.parametrize(("text", "field"), [(" ", ""), ("", "scope"), (ASK, "moon"), (ASK, "answers")])
def test_nothing_is_said_without_words_or_about_no_field(partner, reviewer, text, field):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        say(registration, reviewer, text=text, field=field)
    with pytest.raises(Conflict):
        comments.note(registration.uuid, by=reviewer, text=text, field=field)


def test_nothing_is_said_about_what_is_not_under_review(partner, reviewer):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    with pytest.raises(Conflict):
        say(registration, reviewer)
    drafting.submit(registration.uuid, by=partner)
    with pytest.raises(StaleVersion):
        say(registration, reviewer)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_resolve_one_does(partner, reviewer):
    registration = submitted(partner)
    thread = say(registration, reviewer).thread
    results = at_once(*[lambda: comments.resolve(registration.uuid, thread.uuid, by=reviewer)] * 20)
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert Event.objects.filter(verb="thread.resolved").count() == 1


def test_a_second_press_says_nothing_twice(partner, reviewer):
    registration = submitted(partner)
    said = say(registration, reviewer)
    assert say(registration, reviewer, text=f" {ASK} ") == said
    more = {"by": reviewer, "seen_version": 1, "text": "Or both?"}
    replied = comments.reply(registration.uuid, said.thread.uuid, **more)
    assert comments.reply(registration.uuid, said.thread.uuid, **more) == replied
    noted = comments.note(registration.uuid, by=reviewer, text="I called them.")
    assert comments.note(registration.uuid, by=reviewer, text="I called them.") == noted
    assert (Thread.objects.count(), Comment.objects.count(), DeskNote.objects.count()) == (1, 2, 1)
    written = [verb for verb, _ in events_of(registration) if verb.endswith(".written")]
    assert written == ["comment.written", "comment.written", "note.written"]
    check_invariants()


def test_the_same_words_mean_more_elsewhere_by_others_or_later(partner, reviewer):
    registration, other = submitted(partner), people.reviewer("second@portal.example")
    say(registration, reviewer)
    say(registration, reviewer, field="scope")
    say(registration, other)
    send_back(registration, reviewer)
    drafting.submit(registration.uuid, by=partner)
    say(registration, reviewer, seen_version=2)
    assert Comment.objects.count() == 4
    comments.note(registration.uuid, by=reviewer, text="I called them.")
    DeskNote.objects.update(written_at=timezone.now() - timedelta(minutes=2))
    comments.note(registration.uuid, by=reviewer, text="I called them.")
    assert DeskNote.objects.count() == 2
