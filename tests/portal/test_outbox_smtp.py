"""Email over SMTP: a mail server holds the worker for a bounded time, whatever it does."""

import os
import signal
import smtplib
import subprocess
import sys
import threading

import pytest
from django.core.mail import EmailMessage
from django.db import transaction

from portal.outbox import smtp
from portal.outbox.models import Delivery
from portal.outbox.queue import enqueue
from portal.outbox.worker import run_once
from tests.packaging.surroundings import ROOT, run
from tests.portal.mail_backends import an_email
from tests.support.databases import database_url
from tests.support.mail_servers import drips, mail_server, says_nothing
from tests.support.scale import FULL

HANGING = pytest.mark.parametrize("then", [says_nothing, drips])


@pytest.fixture(autouse=True)
def over_smtp(settings):
    settings.EMAIL_BACKEND = "portal.outbox.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits for twenty seconds here."""
    monkeypatch.setattr(smtp, "SECONDS", 0.5)
    monkeypatch.setattr(smtp, "QUIT_SECONDS", 0.2)


def send(settings, server):
    settings.EMAIL_PORT = server.port
    return EmailMessage("Hello", "About 7", "portal@portal.example", ["someone@other.example"]).send()


def test_a_mail_server_that_works_gets_the_email(settings):
    with mail_server() as server:
        assert send(settings, server) == 1
        assert "About 7" in server.emails[0]


@HANGING
@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_mail_server_that_lets_us_wait_is_left_at_the_deadline(settings, impatient, step, then):
    with mail_server(step, then) as server:
        with pytest.raises(TimeoutError):
            send(settings, server)
        assert server.is_left.wait(60)
        assert server.emails == []


@HANGING
def test_an_email_that_was_taken_over_is_sent_though_the_farewell_is_not_answered(
    settings, monkeypatch, then
):
    monkeypatch.setattr(smtp, "QUIT_SECONDS", 0.2)
    with mail_server("QUIT", then) as server:
        assert send(settings, server) == 1
        assert server.is_left.wait(60)
        assert len(server.emails) == 1


@HANGING
@pytest.mark.parametrize("kind", ["EMAIL_USE_SSL", "EMAIL_USE_TLS"])
def test_a_mail_server_that_lets_us_wait_for_tls_is_left_at_the_deadline(settings, impatient, kind, then):
    setattr(settings, kind, True)
    with mail_server("GREETING", then) as server:
        with pytest.raises(OSError):
            send(settings, server)
        assert server.is_left.wait(60)


def test_a_name_that_is_not_looked_up_in_time_is_not_written_to_later(settings, impatient, monkeypatch):
    """The system's resolver cannot be interrupted; what it finds after the deadline is not used."""
    found, look_up = threading.Event(), smtplib.socket.getaddrinfo

    def late(host, *more, **options):
        found.wait(60)
        return look_up(host, *more, **options)

    monkeypatch.setattr("socket.getaddrinfo", late)
    with mail_server() as server:
        with pytest.raises(TimeoutError):
            send(settings, server)
        found.set()
        assert server.is_left.wait(60)
        assert server.emails == []


def test_what_the_mail_server_refuses_is_said(settings):
    def refuses(conversation):
        conversation.wfile.write(b"550 Nobody here\r\n")

    with mail_server("RCPT", refuses) as server, pytest.raises(smtplib.SMTPRecipientsRefused):
        send(settings, server)


def test_nobody_listens(settings):
    with mail_server() as server:
        pass
    with pytest.raises(ConnectionRefusedError):
        send(settings, server)


def test_a_sign_in_that_fails_leaves_no_connection_open(settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "somebody"
    with mail_server() as server:
        with pytest.raises(smtplib.SMTPException):
            send(settings, server)
        assert server.is_left.wait(60)


@pytest.mark.django_db
def test_the_worker_tries_again_later_what_a_mail_server_let_wait(settings, impatient):
    with transaction.atomic():
        enqueue("hello")
    with mail_server(".", drips) as server:
        settings.EMAIL_PORT = server.port
        run_once(an_email("someone@other.example"), [])
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("waiting", 1, "TimeoutError")


@pytest.mark.once
@pytest.mark.parametrize(
    "url", ["smtp://mail.example", "smtp+tls://u:p@mail.example:587", "smtp+ssl://mail.example:465"]
)
def test_every_mail_server_of_the_environment_has_the_deadline(url):
    env = os.environ | {"EMAIL_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    says = "from django.conf import settings; print(settings.EMAIL_BACKEND, settings.EMAIL_HOST)"
    printed = run(sys.executable, "-c", says, env=env)
    assert printed.stdout == "portal.outbox.smtp.EmailBackend mail.example\n"


@HANGING
@pytest.mark.django_db(transaction=True)
def test_a_worker_ends_in_time_while_a_mail_server_hangs(then):
    """With the portal's own deadline in the full run, and a tenth of it otherwise."""
    with transaction.atomic():
        for number in range(5):
            enqueue("account_unknown", address=f"n{number}@other.example")
    with mail_server("GREETING", then) as server:
        env = os.environ | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        }
        works = "import django; django.setup(); from portal.outbox import smtp; smtp.SECONDS = {}; "
        works += "from django.core.management import call_command; call_command('worker')"
        command = [sys.executable, "-c", works.format(20 if FULL else 2)]
        worker = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
        try:
            assert server.is_asked.wait(60)
            worker.send_signal(signal.SIGTERM)
            _, lines = worker.communicate(timeout=30)
        finally:
            worker.kill()
            worker.wait()
    assert worker.returncode == 0
    assert lines.count('"email_not_sent"') == 1
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [("waiting", 0)] * 4 + [
        ("waiting", 1)
    ]
