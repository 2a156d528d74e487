"""The desk's smaller verbs, pressed by many at once and against the partner: each counts once, and
never on what was taken back before."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotFound
from registrations.models import Comment
from registrations.workflow import (
    assignment,
    checklist,
    comments,
    drafting,
    pkce,
    review,
    scopes,
)
from tests.support import people
from tests.support.invariants import check_invariants
from tests.support.races import at_once
from tests.support.registrations import in_days, submitted
from tests.support.scale import times
from tests.support.scenes import BUSY, ITEM, accept, cast, live, under_review

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20


def busy(who):
    return under_review(who, True)


def untouched(who):
    return submitted(who.admin, **BUSY)


def open_thread(registration):
    return registration.threads.get(resolved_at=None).uuid


def waiting_comment(registration):
    thread = registration.threads.get(resolved_at=None)
    return Comment.objects.get(thread=thread).uuid


def revoke(registration, who):
    exception = registration.pkce_exceptions.get()
    return pkce.revoke(registration.uuid, exception.uuid, by=who.approver, reason="A leak.")


def grant(registration, who):
    return pkce.grant(
        registration.uuid,
        by=who.approver,
        seen_version=1,
        expires_on=in_days(30),
        signed_in_at=timezone.now(),
    )


VERBS = {
    "revision.overridden": (busy, lambda one, who: accept(one, who.reviewer, 1)),
    "revision.scopes_confirmed": (
        busy,
        lambda one, who: scopes.confirm_scopes(one.uuid, by=who.lead, seen_version=1),
    ),
    "pkce.granted": (busy, grant),
    "revision.released": (busy, lambda one, who: assignment.release(one.uuid, by=who.reviewer)),
    "revision.reassigned": (
        busy,
        lambda one, who: assignment.reassign(one.uuid, by=who.lead, to=who.approver),
    ),
    "checklist.ticked": (
        untouched,
        lambda one, who: checklist.tick(one.uuid, by=who.reviewer, seen_version=1, item=ITEM),
    ),
    "checklist.unticked": (
        busy,
        lambda one, who: checklist.untick(one.uuid, by=who.reviewer, seen_version=1, item=ITEM),
    ),
}
"""What is about the revision under review: how it begins, and the verb, by the event that it leaves."""

OTHERS = {
    "pkce.revoked": (lambda who: live(who, True), revoke),
    "comment.taken_back": (
        busy,
        lambda one, who, comment: comments.take_back(one.uuid, comment, by=who.reviewer),
    ),
    "thread.resolved": (busy, lambda one, who, thread: comments.resolve(one.uuid, thread, by=who.reviewer)),
}
OBJECTS = {"comment.taken_back": waiting_comment, "thread.resolved": open_thread}


def done(registration, event):
    return Event.objects.filter(stream=registration.uuid, verb=event, outcome="done")


@pytest.mark.parametrize("event", [*VERBS, *OTHERS])
def test_of_twenty_presses_one_counts(event):
    who = cast()
    begin, verb = (VERBS | OTHERS)[event]
    for _ in range(times(20)):
        registration = begin(who)
        done_before = done(registration, event).count()
        about = [OBJECTS[event](registration)] if event in OBJECTS else []
        results = at_once(*[lambda: verb(registration, who, *about)] * AT_ONCE)
        refused = [result for result in results if isinstance(result, Conflict | NotFound)]
        assert len(refused) == AT_ONCE - 1
        assert done(registration, event).count() == done_before + 1
    check_invariants()


@pytest.mark.parametrize("event", VERBS)
def test_nothing_happens_to_what_was_withdrawn_before(event):
    who = cast()
    begin, verb = VERBS[event]
    for _ in range(times(30)):
        registration = begin(who)
        answer, withdrawn = at_once(
            lambda: verb(registration, who), lambda: drafting.withdraw(registration.uuid, by=who.admin)
        )
        assert withdrawn.status == "withdrawn"
        theirs = done(registration, "revision.withdrawn").get()
        assert not done(registration, event).filter(pk__gt=theirs.pk).exists()
        assert isinstance(answer, Conflict) != done(registration, event).exists()
    check_invariants()


def test_a_grant_against_a_refusal_leaves_one_answer():
    who = cast()
    for _ in range(times(30)):
        registration = busy(who)
        refuse = lambda: pkce.refuse(registration.uuid, by=who.approver, seen_version=1, note="No need.")
        results = at_once(lambda: grant(registration, who), refuse)
        assert len([result for result in results if isinstance(result, Conflict)]) == 1
        assert (
            Event.objects.filter(
                stream=registration.uuid, verb__in=["pkce.granted", "pkce.refused"], outcome="done"
            ).count()
            == 1
        )
    check_invariants()


def test_a_restricted_scope_is_never_approved_before_its_confirmation():
    who = cast()
    reasons = {"vendors:write": "Our till adds a vendor for each new shop."}
    for _ in range(times(30)):
        registration = submitted(who.admin, scope=["vendors:write"], scope_reasons=reasons)
        approve = lambda: review.approve(
            registration.uuid, by=who.reviewer, seen_version=1, signed_in_at=timezone.now()
        )
        confirm = lambda: scopes.confirm_scopes(registration.uuid, by=who.lead, seen_version=1)
        at_once(approve, confirm)
        confirmed = done(registration, "revision.scopes_confirmed").get()
        assert not done(registration, "revision.approved").filter(pk__lt=confirmed.pk).exists()
    check_invariants()


def test_no_comment_is_left_waiting_behind_a_decision():
    who = cast()
    other = people.reviewer("second@portal.example")
    for _ in range(times(30)):
        registration = submitted(who.admin)
        say = lambda: comments.comment(registration.uuid, by=other, seen_version=1, text="Which product?")
        decide = lambda: review.reject(registration.uuid, by=who.reviewer, seen_version=1, note="No.")
        said, decided = at_once(say, decide)
        assert decided.status == "rejected"
        waiting = Comment.objects.filter(thread__registration=registration, sent_at=None)
        assert not waiting.exists()
        assert (
            isinstance(said, Conflict) != Comment.objects.filter(thread__registration=registration).exists()
        )
    check_invariants()
