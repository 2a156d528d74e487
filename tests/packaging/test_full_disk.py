"""What is written for others, onto a disk that has no room: whoever wrote it is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.surroundings import ROOT
from tests.support.databases import database_url
from tests.support.registrations import approved

FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full, as Linux has it")
@pytest.mark.django_db(transaction=True)
def test_a_list_of_clients_that_was_cut_short_ends_with_a_fault(partner, reviewer):
    approved(partner, reviewer)
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "export_clients"]
    ends = {}
    for place in (FULL_DISK, Path(os.devnull)):
        with place.open("w") as file:
            done = subprocess.run(
                command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.PIPE, timeout=120
            )
        ends[place] = done.returncode
    assert ends[FULL_DISK] != 0
    assert ends[Path(os.devnull)] == 0
