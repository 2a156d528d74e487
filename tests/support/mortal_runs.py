"""Runs of a management command in another process, each of which dies at a statement."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.databases import database_url
from tests.support.scale import FULL

ROOT = Path(__file__).resolve().parents[2]


class MortalRuns:
    """The command in children of another process, on this test's database."""

    def __init__(self, *command, **environment):
        env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        whole = [sys.executable, "-m", "tests.support.mortal_command", *command]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.parent = subprocess.Popen(whole, cwd=ROOT, env=env | environment, **pipes)

    def run(self, dies_at):
        """Whether it was killed, and else its statements."""
        self.parent.stdin.write(f"{dies_at}\n")
        self.parent.stdin.flush()
        status, statements = map(int, self.parent.stdout.readline().split())
        return os.WIFSIGNALED(status), statements

    def end(self):
        self.parent.stdin.close()
        self.parent.wait(60)
        self.parent.stdout.close()


def moments(statements, last_ones=3):
    """Each statement in the full run; else every tenth, and the last ones."""
    last = statements + 1
    return range(1, last) if FULL else sorted({*range(1, last, 10), *range(last - last_ones - 1, last)})
