"""``manage.py requeue``: what the worker has given up is sent after all."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from portal.outbox.emails import Email
from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage
from portal.outbox.queue import enqueue
from portal.outbox.worker import run_once
from tests.portal.mail_backends import an_email
from tests.support.races import at_once

EVENING, MORNING = "2026-05-01T17:00:00Z", "2026-05-04T08:00:00Z"
NOTHING = "There is nothing to send again.\n"
EMAILS = an_email("first@other.example", "second@other.example")


def requeue(*options):
    said = StringIO()
    call_command("requeue", *options, stdout=said)
    return said.getvalue()


def order(name="hello", **ids):
    with transaction.atomic():
        return enqueue(name, **ids)


def until_given_up(settings, emails=EMAILS):
    """The mail server is away for longer than the worker tries."""
    settings.EMAIL_BACKEND = "tests.portal.mail_backends.FailingBackend"
    with time_machine.travel(EVENING, tick=False) as clock:
        OutboxMessage.objects.update(due_at=EVENING, created_at=EVENING)
        for _ in range(MAX_ATTEMPTS + 1):
            run_once(emails, [])
            clock.shift(timedelta(hours=8))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.django_db
def test_emails_that_are_dead_are_sent(settings, mailoutbox):
    order()
    until_given_up(settings)
    assert run_once(EMAILS, []) == 0
    assert "send again: 2." in requeue()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("waiting", 0)}
    run_once(EMAILS, [])
    assert len(mailoutbox) == 2
    assert set(Delivery.objects.values_list("state", "attempts", "last_error")) == {("sent", 1, "")}


@pytest.mark.django_db
def test_a_message_whose_recipients_could_not_be_found_out_is_sent(settings, mailoutbox):
    order("not written yet")
    until_given_up(settings)
    written = an_email("a@b.example", name="not written yet")
    assert run_once(written, []) == 0
    assert "find out again: 1." in requeue()
    run_once(written, [])
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_what_met_a_bug_is_sent_once_the_bug_is_gone(mailoutbox):
    def breaks(*ids_and_recipient):
        raise TypeError

    order("broken when sent")
    order("broken before")
    run_once(
        an_email("a@b.example", name="broken when sent", compose=breaks)
        | {"broken before": Email("broken before", recipients=breaks, compose=breaks)},
        [],
    )
    assert requeue().count(": 1.") == 2
    run_once(
        an_email("a@b.example", name="broken when sent") | an_email("a@b.example", name="broken before"), []
    )
    assert len(mailoutbox) == 2


@pytest.mark.django_db
def test_whoever_asks_twice_sends_once(settings, mailoutbox):
    order()
    until_given_up(settings)
    requeue()
    assert requeue() == NOTHING
    run_once(EMAILS, [])
    assert requeue() == NOTHING
    run_once(EMAILS, [])
    assert len(mailoutbox) == 2


@pytest.mark.django_db
def test_what_was_sent_dropped_or_still_waits_is_left_alone(mailoutbox):
    order()
    run_once(EMAILS, [])
    Delivery.objects.filter(address="second@other.example").update(state="dropped", sent_at=None)
    order()
    before = list(Delivery.objects.values()), list(OutboxMessage.objects.values())
    assert requeue() == NOTHING
    assert (list(Delivery.objects.values()), list(OutboxMessage.objects.values())) == before


@pytest.mark.django_db
def test_old_emails_can_be_left_out(settings):
    order()
    until_given_up(settings)
    for later in ("2026-05-02", "2026-05-01T17:01", "2026-05-01T18:30+01:00"):
        assert requeue("--since", later) == NOTHING
    assert "send again: 2." in requeue("--since", "2026-05-01T18:00+01:00")


@pytest.mark.django_db
def test_single_messages_can_be_named(settings):
    first, second, third = order(about=1), order(about=2), order(about=3)
    until_given_up(settings)
    assert "send again: 4." in requeue("--message", str(first.uuid), "--message", str(third.uuid))
    assert {one.message for one in Delivery.objects.filter(state="dead")} == {second}


ABSURD = [("--since", text) for text in ("yesterday", "0001-01-01T00:00+14:00", "9999-12-31")]


@pytest.mark.parametrize("options", [*ABSURD, ("--message", "7")])
def test_an_option_that_cannot_be_read_changes_nothing(options):
    with pytest.raises(CommandError, match=options[0]):
        requeue(*options)


@pytest.mark.django_db(transaction=True)
def test_beside_workers_each_email_is_sent_once(settings, mailoutbox):
    for number in range(6):
        order(about=number)
    until_given_up(settings)
    work = lambda: [run_once(EMAILS, []) for _ in range(4)]
    results = at_once(work, requeue, work, requeue, work)
    assert not [result for result in results if isinstance(result, Exception)]
    work()
    assert sorted((mail.body, mail.to[0]) for mail in mailoutbox) == sorted(
        (f"About {number}", address)
        for number in range(6)
        for address in ("first@other.example", "second@other.example")
    )
