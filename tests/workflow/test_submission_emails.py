"""How reviewers hear of submissions: chosen by each, and at most one digest a day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import NotAllowed
from registrations.models import DailyDigest, EmailChoice
from registrations.workflow import drafting, review
from registrations.workflow.submission_emails import choose, digest_due
from tests.support import people
from tests.support.races import at_once
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 5, 4, tzinfo=UTC)


def at(hour, minute=0, *, days=0):
    moment = MONDAY + timedelta(days=days, hours=hour, minutes=minute)
    return time_machine.travel(moment, tick=False)


def submit(partner, name, hour, *, days=0):
    with at(hour, days=days):
        return submitted(partner, client_name=name)


def digests(hour=9, *, days=0):
    """What the digests of a round of the worker list: reader and clients."""
    mail.outbox.clear()
    with at(hour, days=days):
        call_command("worker", once=True)
    sent = [email for email in mail.outbox if "longest wait first" in email.body]
    return sorted((email.to[0], listed(email)) for email in sent)


def listed(email):
    lines = email.body.splitlines()
    return [line[2:].partition(" of ")[0] for line in lines if line.startswith("- ")]


def test_without_a_choice_there_is_one_digest_a_day(partner, reviewer):
    submit(partner, "First Client", 3)
    submit(partner, "Second Client", 4)
    assert digests() == [("reviewer@portal.example", ["First Client", "Second Client"])]
    submit(partner, "Third Client", 10)
    assert digests(11) == []
    assert digests(5, days=1) == [], "before its hour"
    assert digests(6, days=1) == [("reviewer@portal.example", ["Third Client"])]
    assert digests(7, days=1) == []


def test_a_digest_counts_what_is_new(partner, reviewer):
    submit(partner, "First Client", 3)
    digests()
    (email,) = mail.outbox[-1:]
    assert email.subject == "To review: First Client of Client Ltd"
    assert email.body.startswith("1 new request waits for a decision")
    submit(partner, "Second Client", 10)
    submit(partner, "Third Client", 11)
    digests(days=1)
    (email,) = mail.outbox[-1:]
    assert email.subject == "To review: Second Client of Client Ltd and 1 more"
    assert email.body.startswith("2 new requests wait for a decision")


def test_no_digest_is_empty(partner, reviewer):
    registration = submit(partner, "First Client", 3)
    with at(4):
        drafting.withdraw(registration.uuid, by=partner)
    assert digests() == []
    assert not DailyDigest.objects.exists()


def test_what_is_decided_before_the_digest_is_sent_is_not_in_it(partner, reviewer, lead):
    choose("none", by=lead)
    registration = submit(partner, "First Client", 3)
    submit(partner, "Second Client", 4)
    with at(9):
        digest_due()
        review.reject(registration.uuid, by=lead, seen_version=1, note="No.")
    assert digests() == [("reviewer@portal.example", ["Second Client"])]


def test_a_digest_that_has_nothing_left_to_say_is_dropped(partner, reviewer):
    registration = submit(partner, "First Client", 3)
    with at(9):
        assert digest_due() == 1
        drafting.withdraw(registration.uuid, by=partner)
    assert digests() == []


def test_weekends_are_quiet_and_lose_nothing(partner, reviewer):
    assert digests() == []
    submit(partner, "First Client", 15, days=4)
    submit(partner, "Second Client", 15, days=5)
    assert digests(9, days=5) == digests(9, days=6) == []
    assert digests(9, days=7) == [("reviewer@portal.example", ["First Client", "Second Client"])]


def test_a_day_without_a_worker_loses_nothing(partner, reviewer):
    submit(partner, "First Client", 3)
    assert digests() != []
    submit(partner, "Second Client", 10)
    assert digests(20, days=2) == [("reviewer@portal.example", ["Second Client"])]


def test_what_was_submitted_a_moment_ago_is_in_the_next_digest(partner, reviewer):
    submit(partner, "First Client", 3)
    with at(5, 55):
        submitted(partner, client_name="Second Client")
    assert digests(6) == [("reviewer@portal.example", ["First Client"])]
    assert digests(6, days=1) == [("reviewer@portal.example", ["Second Client"])]


def test_late_ones_are_marked(partner, reviewer):
    submit(partner, "First Client", 3, days=-7)
    submit(partner, "Second Client", 3)
    digests()
    (email,) = mail.outbox[-1:]
    _, first, second = email.body.split("\n- ")
    assert first.endswith("UTC (late)")
    assert "(late)" not in second


def test_nobody_is_called_to_the_registrations_of_their_own_organisation(partner, reviewer):
    people.home(partner).memberships.create(user=reviewer, role="viewer")
    submit(partner, "First Client", 3)
    assert digests() == []


def test_each_and_none(partner, reviewer, lead):
    choose("each", by=reviewer)
    choose("none", by=lead)
    submit(partner, "First Client", 3)
    assert digests() == []
    called = [email.to for email in mail.outbox if email.subject.startswith("To review")]
    assert called == [["reviewer@portal.example"]]


def test_who_returns_to_the_digest_hears_of_nothing_twice(partner, reviewer):
    choose("each", by=reviewer)
    submit(partner, "First Client", 3)
    assert digests() == []
    with at(10):
        choose("daily", by=reviewer)
    submit(partner, "Second Client", 11)
    assert digests(days=1) == [("reviewer@portal.example", ["Second Client"])]


def test_a_choice_leaves_one_event_and_the_same_again_none(reviewer):
    choose("each", by=reviewer)
    choose("each", by=reviewer)
    event = Event.objects.get(verb="emails.chosen")
    assert (event.actor, event.stream) == (str(reviewer.pseudonym), reviewer.pseudonym)
    assert event.detail == {"submissions": "each"}
    assert EmailChoice.objects.get().submissions == "each"


def test_only_reviewers_choose(partner):
    for person in (partner, people.auditor(), people.person("clerk@portal.example", is_staff=True)):
        with pytest.raises(NotAllowed):
            choose("each", by=person)
    assert not EmailChoice.objects.exists()


def test_the_database_knows_the_choices_and_one_digest_a_day(reviewer):
    with pytest.raises(IntegrityError, match=r"email_choice_known|CHECK"), transaction.atomic():
        EmailChoice.objects.create(person=reviewer, submissions="weekly")
    day = {"person": reviewer, "day": MONDAY.date()}
    DailyDigest.objects.create(**day, until=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyDigest.objects.create(**day, until=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyDigest.objects.create(person=reviewer, day=timezone.now(), since=MONDAY, until=MONDAY)


class Crash(BaseException):
    """Nothing that the worker catches."""


def dies_when_it_queues_an_email(execute, sql, params, many, context):
    if sql.startswith(f'INSERT INTO "{OutboxMessage._meta.db_table}"'):
        raise Crash
    return execute(sql, params, many, context)


def test_a_crash_between_the_steps_sends_nothing_twice_and_loses_nothing(partner, reviewer):
    submit(partner, "First Client", 3)
    with at(9), connection.execute_wrapper(dies_when_it_queues_an_email), pytest.raises(Crash):
        digest_due()
    assert not DailyDigest.objects.exists()
    assert digests() == [("reviewer@portal.example", ["First Client"])]
    assert digests() == []


def test_a_round_with_nothing_to_digest_costs_one_statement(partner, django_assert_num_queries):
    for number in range(5):
        people.reviewer(f"reviewer{number}@portal.example")
    submit(partner, "First Client", 3)
    assert len(digests()) == 5
    with at(10), django_assert_num_queries(1):
        digest_due()


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_write_one_digest_for_each(partner):
    for number in range(3):
        people.reviewer(f"reviewer{number}@portal.example")
    submit(partner, "First Client", 3)
    with at(9):
        at_once(*[digest_due] * 4)
    assert OutboxMessage.objects.filter(kind="digest").count() == DailyDigest.objects.count() == 3
