"""The worker's round and what it put into the outbox of the tests."""

import re

from django.core import mail

from portal.accounts.emails import EMAILS
from portal.outbox.worker import run_once


def deliver():
    """Sends what is waiting; answers with the emails of this round."""
    before = len(mail.outbox)
    run_once(EMAILS, [])
    return mail.outbox[before:]


def link_in(email):
    """The path of the first link in the text part."""
    return re.search(r"https://testserver(/\S+)", email.body).group(1)


def confirm(browser, email, full_name="Nora Newcomer", name="New Ltd", **rest):
    """Open the link's page and send it with the names that it asks for."""
    return browser.post(link_in(email), {"full_name": full_name, "name": name, **rest})
