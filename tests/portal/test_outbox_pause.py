"""The outbox paused: nothing is sent, nothing is lost, and everybody can see it."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from portal.outbox.models import Delivery, OutboxMessage, Pause
from portal.outbox.queue import enqueue, pause, paused_since, release, waiting
from portal.outbox.worker import run_forever, run_once
from tests.portal.mail_backends import an_email, compose
from tests.support import people
from tests.support.pages import words
from tests.support.races import at_once

SOMEBODY = "somebody@other.example"
EMAILS = an_email(SOMEBODY, "other@other.example")


def order():
    with transaction.atomic():
        enqueue("hello")


@pytest.mark.django_db
def test_while_it_is_paused_nothing_is_sent_and_jobs_go_on(mailoutbox):
    order()
    pause()
    ran = []
    assert run_once(EMAILS, [lambda stopped: ran.append("job") or 1]) == 1
    assert (ran, mailoutbox) == (["job"], [])
    assert OutboxMessage.objects.values_list("attempts", "expanded_at").get() == (0, None)


@pytest.mark.django_db
def test_what_waits_for_a_second_attempt_is_held_as_well(mailoutbox, settings):
    settings.EMAIL_BACKEND = "tests.portal.mail_backends.FailingBackend"
    order()
    run_once(EMAILS, [])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Delivery.objects.update(due_at=timezone.now())
    pause()
    assert run_once(EMAILS, []) == 0
    assert set(Delivery.objects.values_list("state", "attempts")) == {("waiting", 1)}
    release()
    assert run_once(EMAILS, []) == 2
    assert len(mailoutbox) == 2


@pytest.mark.django_db
def test_a_pause_stops_a_worker_in_the_middle_of_its_round(mailoutbox):
    def pause_after_it(ids, recipient):
        pause()
        return compose(ids, recipient)

    order()
    assert run_once(an_email(SOMEBODY, "other@other.example", compose=pause_after_it), []) == 2
    assert len(mailoutbox) == 1
    release()
    run_once(EMAILS, [])
    assert sorted(mail.to[0] for mail in mailoutbox) == ["other@other.example", SOMEBODY]


@pytest.mark.django_db
def test_a_pause_stops_a_worker_that_has_messages_in_hand():
    def recipients_and_pause(ids):
        pause()
        return EMAILS["hello"].recipients(ids)

    order()
    order()
    email = EMAILS["hello"]
    pausing = {"hello": type(email)("hello", recipients_and_pause, email.compose)}
    assert run_once(pausing, []) == 1
    assert OutboxMessage.objects.filter(expanded_at=None, attempts=0).count() == 1


@pytest.mark.django_db(transaction=True)
def test_released_to_several_workers_each_email_is_sent_once(mailoutbox):
    for _ in range(3):
        order()
    pause()
    run_once(EMAILS, [])
    release()
    at_once(*[lambda: run_once(EMAILS, [])] * 3)
    run_once(EMAILS, [])
    assert len(mailoutbox) == 6
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 6


@pytest.mark.django_db
def test_what_was_queued_before_the_pause_can_be_dropped(mailoutbox, settings):
    settings.EMAIL_BACKEND = "tests.portal.mail_backends.FailingBackend"
    order()
    run_once(EMAILS, [])
    Delivery.objects.update(due_at=timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    order()
    pause()
    order()
    counted = waiting(paused_since())
    assert (counted.before, counted.since) == (3, 1)
    release(drop_before=paused_since())
    run_once(EMAILS, [])
    assert len(mailoutbox) == 2
    assert Delivery.objects.filter(state="dropped").count() == 2


@pytest.mark.django_db
def test_a_second_pause_begins_anew():
    pause()
    since = paused_since()
    pause()
    assert paused_since() > since
    release()
    release()
    assert paused_since() is None


@pytest.mark.django_db
def test_there_is_only_one_pause():
    with pytest.raises(IntegrityError, match="outbox_pause_only_one"), transaction.atomic():
        Pause.objects.create(pk=2)


@pytest.mark.django_db(transaction=True)
def test_the_log_says_that_it_is_paused_and_released(caplog):
    pause()
    stop, rounds = threading.Event(), []

    def job(_stopped):
        rounds.append(1)
        if len(rounds) == 2:
            release()
        if len(rounds) == 3:
            stop.set()
        return 1

    run_forever({}, [job], stop)
    said = [record.msg["event"] for record in caplog.records if record.name == "portal.outbox"]
    assert said == ["outbox_paused", "outbox_released"]


@pytest.mark.django_db
def test_one_round_of_the_worker_says_in_the_log_that_it_is_paused(caplog):
    call_command("worker", once=True)
    assert "outbox_paused" not in caplog.text
    pause()
    call_command("worker", once=True)
    assert "outbox_paused" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/confirm-email/", "/accounts/password/reset/done/"])
def test_pages_promise_an_email_for_later_only_while_it_is_paused(client, address):
    assert "sent" in words(client.get(address))
    assert "delayed" not in words(client.get(address))
    pause()
    page = words(client.get(address))
    assert "Our emails are delayed at the moment." in page
    assert "we sent" not in page.lower()
    assert "spam" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("rights", [["Reviewers"], []])
def test_the_desk_says_on_its_front_page_that_it_is_paused(rights):
    somebody = people.person("staff@portal.example", is_staff=True)
    somebody.groups.set(Group.objects.filter(name__in=rights))
    browser = people.sign_in(Client(), somebody)
    assert "No emails have been sent since" not in words(browser.get("/admin/"))
    pause()
    assert "No emails have been sent since" in words(browser.get("/admin/"))
