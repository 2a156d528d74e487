"""A reviewer puts off a request, for themselves and for one revision."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations.domain.waiting import WaitingOn
from registrations.models import Revision, Snooze
from registrations.workflow import drafting, snoozing
from registrations.workflow.refusals import StaleVersion
from tests.support.people import reviewer as another_reviewer
from tests.support.registrations import change, in_days, submitted
from tests.support.scenes import SNOOZE


@pytest.fixture
def waiting(partner):
    return submitted(partner)


def snooze(registration, by, seen_version=1, **changes):
    return snoozing.snooze(registration.uuid, by=by, seen_version=seen_version, **SNOOZE | changes)


def test_a_snooze_is_on_record_without_its_reason(waiting, reviewer):
    made = snooze(waiting, reviewer, reason=" They answer on Monday. ")
    assert (made.person, made.reason, made.revision.number) == (reviewer, "They answer on Monday.", 1)
    event = Event.objects.get(verb="revision.snoozed")
    assert event.moved == ["revision:1", f"snooze:{made.uuid}"]
    assert event.detail == {"until": in_days(3).isoformat(), "waiting_on": "partner"}


def test_a_second_snooze_replaces_the_first(waiting, reviewer):
    snooze(waiting, reviewer)
    snooze(waiting, reviewer, until=in_days(7), reason="They are away.", waiting_on=WaitingOn.PLEO)
    kept = Snooze.objects.get()
    assert (kept.until, kept.reason, kept.waiting_on) == (in_days(7), "They are away.", "pleo")


def test_each_reviewer_snoozes_for_themselves(waiting, reviewer):
    colleague = another_reviewer("second@portal.example")
    for person in (reviewer, colleague):
        snooze(waiting, person)
    snoozing.wake(waiting.uuid, by=reviewer)
    assert Snooze.objects.get().person == colleague
    assert Event.objects.get(verb="revision.woken").actor == str(reviewer.pseudonym)
    with pytest.raises(Conflict, match="not snoozed"):
        snoozing.wake(waiting.uuid, by=reviewer)


@pytest.mark.parametrize("days", [-1, 0, snoozing.MOST_DAYS + 1])
def test_a_day_has_to_be_in_the_future_and_near(waiting, reviewer, days):
    with pytest.raises(Conflict, match="Choose a day"):
        snooze(waiting, reviewer, until=in_days(days))
    assert not Snooze.objects.exists()


@pytest.mark.parametrize("days", [1, snoozing.MOST_DAYS])
def test_the_first_and_the_last_day_can_be_chosen(waiting, reviewer, days):
    assert snooze(waiting, reviewer, until=in_days(days)).until == in_days(days)


@pytest.mark.parametrize("reason", ["", " \n", "Look\x00"])
def test_a_snooze_needs_a_reason_that_can_be_stored(waiting, reviewer, reason):
    with pytest.raises(Conflict):
        snooze(waiting, reviewer, reason=reason)
    assert not Snooze.objects.exists()


def test_it_is_about_the_revision_that_was_seen(waiting, partner, reviewer):
    snooze(waiting, reviewer)
    drafting.withdraw(waiting.uuid, by=partner)
    change(waiting, partner, client_name="Another Client")
    drafting.submit(waiting.uuid, by=partner)
    with pytest.raises(StaleVersion):
        snooze(waiting, reviewer)
    with pytest.raises(Conflict, match="not snoozed"):
        snoozing.wake(waiting.uuid, by=reviewer)
    today = timezone.now().date()
    assert not Snooze.objects.of(reviewer).asleep_on(today).exists()


def test_who_submitted_it_does_not_snooze_it(waiting, partner):
    with pytest.raises(NotAllowed):
        snooze(waiting, partner)


def test_a_snooze_ends_on_its_day(waiting, reviewer):
    made = snooze(waiting, reviewer)
    asleep = Snooze.objects.of(reviewer).asleep_on
    assert [asleep(made.until - timedelta(days=day)).exists() for day in (1, 0)] == [True, False]


@pytest.mark.parametrize("end", ["decision", "release before", "person"])
def test_nothing_stays_of_a_snooze_that_hides_nothing(waiting, partner, reviewer, end):
    snooze(waiting, reviewer)
    if end == "decision":
        drafting.withdraw(waiting.uuid, by=partner)
    elif end == "release before":
        Revision.objects.update(status="withdrawn", decided_at=timezone.now(), decided_by=partner)
    else:
        reviewer.is_active = False
        reviewer.save()
    assert Snooze.objects.exists() is (end != "decision")
    snoozing.forget_due()
    assert not Snooze.objects.exists()
