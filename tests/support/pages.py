"""What two answers have to have in common for nobody to tell them apart."""

import re

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')


def words(answer):
    """The page without its CSRF tokens, which are masked anew each time."""
    return TOKEN.sub(r"\1", answer.text)
