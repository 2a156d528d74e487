"""A round of the worker in a test, and the emails that it sent."""

import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from portal.outbox.worker import pause_after
from registrations.workflow import submission_emails


def want_each(*reviewers):
    """The reviewers choose an email for each submission."""
    for reviewer in reviewers:
        submission_emails.choose("each", by=reviewer)


def delivered(subject):
    """The emails whose subject begins so, after one round of the worker."""
    call_command("worker", once=True)
    return [email for email in mail.outbox if email.subject.startswith(subject)]


def readers(emails):
    return sorted(address for email in emails for address in email.to)


def parts(email):
    """The plain and the HTML part."""
    (html,) = email.alternatives
    return email.body, html.content


def only(subject):
    """The one email whose subject begins so."""
    (email,) = delivered(subject)
    return email


def both_hold(email, words):
    return all(words in part for part in parts(email))


class MailServerAway(BaseEmailBackend):
    """Emails have their recipients by now, and wait."""

    def send_messages(self, messages):
        raise ConnectionRefusedError


def delivered_after(subject, happening):
    """The same, where ``happening`` comes between the recipients of an email and its sending."""
    with override_settings(EMAIL_BACKEND="tests.emails.sending.MailServerAway"):
        call_command("worker", once=True)
    happening()
    with time_machine.travel(timezone.now() + pause_after(1), tick=False):
        return delivered(subject)
