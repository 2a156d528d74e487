"""The two releases of these tests."""

import os

import pytest

from tests.upgrade.releases import COMMIT, UnknownReleaseError, previous_release, this_release


@pytest.fixture(scope="session")
def previous(tmp_path_factory):
    try:
        return previous_release(tmp_path_factory.mktemp("previous"))
    except UnknownReleaseError as error:
        why = f"The previous release {COMMIT[:9]} is not in this repository ({error})."
        if os.environ.get("CI") == "true":
            pytest.fail(f"{why} Fetch the whole history.")
        pytest.skip(why)


@pytest.fixture(scope="session")
def this(tmp_path_factory):
    return this_release(tmp_path_factory.mktemp("this"))
