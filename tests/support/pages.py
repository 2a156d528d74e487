"""Makes two responses comparable, so that a test can show that nobody could tell them apart."""

import re

TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|account_note)" value=")[^"]*')


def words(answer):
    """The page without its request id and its tokens: CSRF tokens are masked differently each time, and the
    note of the account says the second."""
    return TOKEN.sub(r"\1", answer.text).replace(answer.headers["X-Request-ID"], "")
