import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.template import TemplateDoesNotExist

from portal.outbox import worker
from portal.outbox.emails import Email
from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage
from portal.outbox.queue import enqueue
from portal.outbox.worker import LEASE, pause_after, run_forever, run_once
from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from tests.portal.mail_backends import an_email, compose
from tests.support import people

NOON = "2026-05-01T12:00:00Z"
BACKENDS = "tests.portal.mail_backends"


@pytest.fixture
def user():
    return people.person("first@client.example")


def order(name="hello", **ids):
    with transaction.atomic():
        return enqueue(name, **ids)


@pytest.mark.django_db
def test_an_ordered_email_is_sent_to_each_recipient_once(user, mailoutbox):
    order(about=7)
    emails = an_email(user, "second@other.example", user)
    assert run_once(emails, []) == 3
    assert run_once(emails, []) == 0
    assert sorted(mail.to[0] for mail in mailoutbox) == ["first@client.example", "second@other.example"]
    assert mailoutbox[0].body == "About 7"
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.django_db
def test_an_account_is_written_to_where_it_is_when_the_email_is_sent(user, mailoutbox, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    order()
    with time_machine.travel(NOON, tick=False) as clock:
        OutboxMessage.objects.update(due_at=worker.timezone.now())
        run_once(an_email(user), [])
        user.email = "moved@client.example"
        user.save()
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        clock.shift(pause_after(1))
        run_once(an_email(user), [])
    assert mailoutbox[0].to == ["moved@client.example"]
    assert Delivery.objects.get().address == ""


@pytest.mark.django_db
@pytest.mark.parametrize("left", ["account", "second@other.example"])
def test_nobody_is_written_to_who_is_no_recipient_any_more(left, user, mailoutbox, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    people_then = {"account": user, "second@other.example": "second@other.example"}
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        run_once(an_email(*people_then.values()), [])
        people_then.pop(left)
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        clock.shift(pause_after(1))
        run_once(an_email(*people_then.values()), [])
    assert len(mailoutbox) == 1
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [("dropped", 2), ("sent", 2)]


@pytest.mark.django_db
def test_what_was_dropped_is_never_sent(user, mailoutbox, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        run_once(an_email(user), [])
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        for recipients in ([], [user], [user]):
            clock.shift(timedelta(days=1))
            run_once(an_email(*recipients), [])
    assert mailoutbox == []
    assert Delivery.objects.values_list("state", "attempts", "lease_by").get() == ("dropped", 2, "")


@pytest.mark.django_db(transaction=True)
def test_an_order_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        enqueue("hello")


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_sends_nothing(mailoutbox):
    with transaction.atomic():
        enqueue("hello")
        transaction.set_rollback(True)
    run_once(an_email("a@b.example"), [])
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_asked_later_and_later(settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        pauses = []
        for _ in range(MAX_ATTEMPTS - 1):
            run_once(an_email("someone@other.example"), [])
            pauses.append(Delivery.objects.get().due_at - worker.timezone.now())
            clock.shift(pauses[-1])
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)]
    assert pauses == sorted(pauses)


@pytest.mark.django_db
def test_a_mail_server_that_is_away_overnight_loses_no_email(settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    emails = an_email("someone@other.example")
    with time_machine.travel("2026-05-01T17:00:00Z", tick=False) as clock:
        order()
        while worker.timezone.now().isoformat() < "2026-05-02T09":
            run_once(emails, [])
            clock.shift(timedelta(minutes=1))
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        while worker.timezone.now().isoformat() < "2026-05-02T17:30":
            run_once(emails, [])
            clock.shift(timedelta(minutes=1))
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_before_its_time_nothing_is_tried_again(settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        run_once(an_email("someone@other.example"), [])
        clock.shift(59)
        run_once(an_email("someone@other.example"), [])
    assert Delivery.objects.get().attempts == 1


@pytest.mark.django_db
def test_after_eight_attempts_an_email_is_dead(settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        for _ in range(MAX_ATTEMPTS + 2):
            run_once(an_email("someone@other.example"), [])
            clock.shift(timedelta(days=1))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("dead", 8)
    assert delivery.last_error == "ConnectionRefusedError"


@pytest.mark.django_db
def test_only_the_recipient_that_failed_is_tried_again(settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.RefusesOne"
    emails = an_email("first@other.example", "second@other.example")
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        run_once(emails, [])
        clock.shift(timedelta(days=1))
        run_once(emails, [])
    assert dict(Delivery.objects.values_list("address", "attempts")) == {
        "first@other.example": 1,
        "second@other.example": 2,
    }


@pytest.mark.django_db
def test_no_address_is_kept_in_the_error_or_the_log(settings, caplog):
    settings.EMAIL_BACKEND = f"{BACKENDS}.FailingBackend"
    order()
    run_once(an_email("someone@other.example"), [])
    assert "someone@" not in Delivery.objects.get().last_error
    assert "someone@" not in caplog.text


@pytest.mark.django_db
def test_an_email_that_nobody_knows_is_given_up_and_holds_up_nothing(mailoutbox):
    with time_machine.travel(NOON, tick=False) as clock:
        with transaction.atomic():
            lost = enqueue("unheard_of")
        order()
        for _ in range(MAX_ATTEMPTS + 1):
            run_once(an_email("a@b.example"), [])
            clock.shift(timedelta(days=1))
    lost.refresh_from_db()
    assert (lost.attempts, lost.expanded_at, lost.last_error) == (MAX_ATTEMPTS, None, "UnknownKind")
    assert len(mailoutbox) == 1


def three_days(broken_email):
    """Of a worker that meets a broken email first; answers with its message."""
    with time_machine.travel(NOON, tick=False) as clock:
        broken = order("broken")
        order()
        for _ in range(3):
            run_once(an_email("b@c.example") | broken_email, [])
            clock.shift(timedelta(days=1))
    return broken


@pytest.mark.django_db
@pytest.mark.parametrize("bug", [TypeError, AttributeError, KeyError, AssertionError, TemplateDoesNotExist])
def test_a_bug_in_sending_is_not_tried_again_and_holds_up_nothing(bug, mailoutbox, caplog):
    def breaks(ids, recipient):
        raise bug("someone@other.example")

    broken = three_days(an_email("someone@other.example", name="broken", compose=breaks))
    dead = broken.deliveries.get()
    assert (dead.state, dead.attempts, dead.last_error, dead.lease_by) == ("dead", 1, bug.__name__, "")
    assert [mail.to for mail in mailoutbox] == [["b@c.example"]]
    assert [one.levelname for one in caplog.records if "email_not_sent" in one.getMessage()] == ["ERROR"]
    assert "someone@" not in caplog.text


@pytest.mark.django_db
def test_a_bug_in_finding_recipients_is_not_tried_again_and_holds_up_nothing(mailoutbox, caplog):
    def breaks(ids):
        raise TypeError("someone@other.example")

    broken = three_days({"broken": Email("broken", recipients=breaks, compose=compose)})
    broken.refresh_from_db()
    assert (broken.attempts, broken.expanded_at, broken.last_error) == (MAX_ATTEMPTS, None, "TypeError")
    assert len(mailoutbox) == 1
    assert [one.levelname for one in caplog.records if "not_expanded" in one.getMessage()] == ["ERROR"]
    assert "someone@" not in caplog.text


@pytest.mark.django_db
def test_a_worker_that_dies_leaves_its_email_to_the_next(settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{BACKENDS}.DyingBackend"
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        with pytest.raises(KeyboardInterrupt):
            run_once(an_email("a@b.example"), [])
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        run_once(an_email("a@b.example"), [])
        assert mailoutbox == []
        clock.shift(LEASE)
        run_once(an_email("a@b.example"), [])
    assert len(mailoutbox) == 1
    assert Delivery.objects.get().attempts == 2


@pytest.mark.django_db
def test_an_email_that_kills_its_worker_every_time_is_dead_in_the_end(settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.DyingBackend"
    with time_machine.travel(NOON, tick=False) as clock:
        order()
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                run_once(an_email("a@b.example"), [])
            clock.shift(LEASE)
        run_once(an_email("a@b.example"), [])
    assert Delivery.objects.values_list("state", "last_error").get() == ("dead", "WorkerLost")


@pytest.mark.django_db
def test_an_email_sent_twice_can_be_seen_to_be_one(settings, mailoutbox):
    order()
    run_once(an_email("a@b.example"), [])
    Delivery.objects.update(state="waiting", sent_at=None)
    run_once(an_email("a@b.example"), [])
    first, second = (mail.message()["Message-ID"] for mail in mailoutbox)
    assert first == second


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_each_email_once(mailoutbox):
    for number in range(12):
        order(about=number)
    emails, together = an_email("a@b.example", "c@d.example"), threading.Barrier(4)

    def work(_):
        together.wait()
        try:
            return run_once(emails, []) + run_once(emails, [])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        done = sum(workers.map(work, range(4)))
    done += run_once(emails, [])
    assert done == 12 + 24
    assert len(mailoutbox) == 24
    assert len({(mail.body, mail.to[0]) for mail in mailoutbox}) == 24


@pytest.mark.django_db
@pytest.mark.parametrize(
    "trouble",
    [ValueError, ZeroDivisionError, Conflict, NotFound, Gone, NotAllowed, OperationalError, IntegrityError],
)
def test_jobs_run_first_and_one_that_fails_holds_up_nothing(trouble, mailoutbox, caplog):
    def order_one(stopped):
        order()
        return 1

    def fails(stopped):
        raise trouble("words of a stranger")

    assert run_once(an_email("a@b.example"), [fails, order_one]) == 3
    assert len(mailoutbox) == 1
    assert trouble.__name__ in caplog.text
    assert "stranger" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_worker_works_until_it_is_stopped(mailoutbox):
    order()
    stop = threading.Event()

    def stop_when_sent(stopped):
        if mailoutbox:
            stop.set()
        return 1

    run_forever(an_email("a@b.example"), [stop_when_sent], stop)
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_worker_that_is_told_to_end_ends_between_two_emails(mailoutbox):
    order()
    emails = an_email("a@b.example", "c@d.example", "e@f.example")
    run_once(emails, [], stopped=lambda: len(mailoutbox) == 1)
    assert len(mailoutbox) == 1
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [
        ("sent", 1),
        ("waiting", 0),
        ("waiting", 0),
    ]
    run_once(emails, [])
    assert len(mailoutbox) == 3


@pytest.mark.django_db
def test_a_worker_that_is_told_to_end_ends_between_two_jobs(mailoutbox):
    done = []
    order()
    jobs = [lambda stopped: done.append("first") or 1, lambda stopped: done.append("second") or 1]
    assert run_once(an_email("a@b.example"), jobs, stopped=lambda: bool(done)) == 1
    assert (done, mailoutbox, Delivery.objects.count()) == (["first"], [], 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_database_goes_away_goes_on_alone(mailoutbox, monkeypatch, caplog):
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.1)
    stop, broken = threading.Event(), []

    def end_the_connection(stopped):
        if not broken:
            broken.append(True)
            order()
            connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
        if mailoutbox:
            stop.set()
        return 0

    def work():
        try:
            run_forever(an_email("a@b.example"), [end_the_connection], stop)
        finally:
            connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert len(mailoutbox) == 1
    assert "round_failed" in caplog.text
