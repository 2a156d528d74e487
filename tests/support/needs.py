"""What a test needs from the machine it runs on."""

import os
import shutil

import pytest

IN_CI = os.environ.get("CI") == "true"


def missing(what):
    """Fail the test in CI; elsewhere skip it and say what is missing."""
    (pytest.fail if IN_CI else pytest.skip)(f"needs {what}")


def program(name):
    """The path of a program; without it the test fails or is skipped."""
    return shutil.which(name) or missing(f"the program {name}")
