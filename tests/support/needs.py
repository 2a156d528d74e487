"""What a test needs of the machine it runs on."""

import os
import shutil

import pytest

IN_CI = os.environ.get("CI") == "true"


def missing(what):
    """In CI it has to be there; elsewhere the test is left out, and says why."""
    (pytest.fail if IN_CI else pytest.skip)(f"needs {what}")


def program(name):
    """The path of a program."""
    return shutil.which(name) or missing(f"the program {name}")
