"""How long the long tests are: a tenth, unless PORTAL_TEST_SCALE=full."""

import os

FULL = os.environ.get("PORTAL_TEST_SCALE") == "full"


def times(full):
    """So many rounds in the full run, a tenth of them otherwise, and one at least."""
    return full if FULL else max(1, full // 10)
