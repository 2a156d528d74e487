"""The lock of ``e2e/`` says what is installed, and not from where."""

import json

import pytest

from tests.packaging.surroundings import ROOT

pytestmark = pytest.mark.once

LOCK = (ROOT / "e2e/package-lock.json").read_text()


def test_it_has_a_hash_for_every_package_and_no_address():
    packages = json.loads(LOCK)["packages"]
    assert "://" not in LOCK
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_it_is_of_the_packages_that_are_wanted():
    wanted = json.loads((ROOT / "e2e/package.json").read_text())
    assert json.loads(LOCK)["packages"][""]["dependencies"] == wanted["dependencies"]
