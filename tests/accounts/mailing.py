"""The worker's round and what it put into the outbox of the tests."""

import re

from django.core import mail

from portal.accounts.letters import LETTERS
from portal.outbox.worker import run_once


def deliver():
    """Sends what is waiting; answers with the letters of this round."""
    before = len(mail.outbox)
    run_once(LETTERS, [])
    return mail.outbox[before:]


def link_in(letter):
    """The path of the first link in the text part."""
    return re.search(r"https://testserver(/\S+)", letter.body).group(1)
