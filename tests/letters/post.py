"""The post of a test: a round of the worker, and the letters that it brought."""

import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from portal.outbox.worker import pause_after


def delivered(subject):
    """The letters whose subject begins so, after one round of the worker."""
    call_command("worker", once=True)
    return [letter for letter in mail.outbox if letter.subject.startswith(subject)]


def readers(letters):
    return sorted(address for letter in letters for address in letter.to)


def parts(letter):
    """The plain and the HTML part."""
    (html,) = letter.alternatives
    return letter.body, html.content


def only(subject):
    """The one letter whose subject begins so."""
    (letter,) = delivered(subject)
    return letter


def both_hold(letter, words):
    return all(words in part for part in parts(letter))


class MailServerAway(BaseEmailBackend):
    """Letters have their recipients by now, and wait."""

    def send_messages(self, messages):
        raise ConnectionRefusedError


def delivered_after(subject, happening):
    """The same, where ``happening`` comes between the recipients of a letter and its sending."""
    with override_settings(EMAIL_BACKEND="tests.letters.post.MailServerAway"):
        call_command("worker", once=True)
    happening()
    with time_machine.travel(timezone.now() + pause_after(1), tick=False):
        return delivered(subject)
