"""The length of long tests: a tenth, unless PORTAL_TEST_SCALE=full."""

import os

FULL = os.environ.get("PORTAL_TEST_SCALE") == "full"


def times(full):
    """``full`` rounds in the full run, otherwise a tenth of them, but at least one."""
    return full if FULL else max(1, full // 10)
