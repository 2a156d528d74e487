"""`make test`: run every test on SQLite, then again on PostgreSQL if a server answers.

PORTAL_TEST_POSTGRES names the server; with CI=true it has to answer. Tests marked `once` and the tests
of rules and domain do not depend on the database, so they run on SQLite only. Of the tests of pages and
emails, one in four runs on PostgreSQL, unless the full figures are asked for or ARGS names some tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test")
NO_TESTS = 5
"""pytest's exit code if no test was selected: with ARGS, all selected tests may be for SQLite only."""
IN_CI = os.environ.get("CI") == "true"
NOT_PASSED_ON = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
"""The second would have every process that a test starts compile the whole portal again."""
SAMPLE = "1" if sys.argv[1:] or os.environ.get("PORTAL_TEST_SCALE") == "full" else "4"
"""Of how many tests of pages one runs on PostgreSQL."""


def main() -> int:
    answers = _answers(POSTGRES)
    if not answers and IN_CI:
        sys.exit("PostgreSQL does not answer; PORTAL_TEST_POSTGRES says where it should.")
    if not answers:
        print("PostgreSQL does not answer, so SQLite alone is tested. PORTAL_TEST_POSTGRES names a server.")
    print("Tests on SQLite", flush=True)
    code = _pytest(database=None)
    if code or not answers:
        return code
    print("Tests on PostgreSQL", flush=True)
    code = _pytest("--ignore=tests/rules", "--ignore=tests/domain", "-m", "not once", database=POSTGRES)
    return 0 if sys.argv[1:] and code == NO_TESTS else code


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _pytest(*options: str, database: str | None) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    if database:
        environment |= {"DATABASE_URL": database, "PORTAL_TEST_SAMPLE": SAMPLE}
    command = [sys.executable, "-m", "pytest", "-n", "4", "--dist", "loadgroup", *options, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
