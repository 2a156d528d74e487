"""The post of a test: a round of the worker, and the letters that it brought."""

from django.core import mail
from django.core.management import call_command


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
