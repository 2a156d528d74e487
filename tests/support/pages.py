"""Makes two responses comparable, so that a test can show that nobody could tell them apart."""

import re

TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|account_note|start_key)" value=")[^"]*')


def words(answer):
    """The page without its request id and its tokens: CSRF tokens are masked differently each time, the
    note of the account says the second, and each page that starts a registration has a key of its own."""
    return TOKEN.sub(r"\1", answer.text).replace(answer.headers["X-Request-ID"], "")
