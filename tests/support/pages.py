"""Makes two responses comparable, so that a test can show that nobody could tell them apart."""

import re

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')


def words(answer):
    """The page without its CSRF tokens, which are masked differently each time, and its request id."""
    return TOKEN.sub(r"\1", answer.text).replace(answer.headers["X-Request-ID"], "")
