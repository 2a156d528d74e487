"""The two releases of these tests."""

import pytest

from tests.support.needs import missing
from tests.upgrade.releases import COMMIT, UnknownReleaseError, previous_release, this_release


@pytest.fixture(scope="session")
def previous(tmp_path_factory):
    try:
        return previous_release(tmp_path_factory.mktemp("previous"))
    except UnknownReleaseError as error:
        missing(f"the previous release {COMMIT[:9]}; fetch the whole history ({error})")


@pytest.fixture(scope="session")
def this(tmp_path_factory):
    return this_release(tmp_path_factory.mktemp("this"))
