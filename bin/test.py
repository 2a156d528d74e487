"""`make test`: run every test on SQLite, then again on PostgreSQL if a server answers.

PORTAL_TEST_POSTGRES names the server; with CI=true it has to answer. Tests marked `once` and the tests
of rules and domain do not depend on the database, so they run on SQLite only. Where both run, each test of
pages, emails and single verbs runs on one of them, chosen by its name: one in four on PostgreSQL.
`make test-full` runs each of those on the other one, and the tests that have figures with the full ones, so
that the two commands together show everything on both. With ARGS that name some tests, each runs on both.
`make e2e` runs tests/e2e.
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
SHARES = ("some", "most") if os.environ.get("PORTAL_TEST_SCALE") == "full" else ("most", "some")
"""How the databases, SQLite first, share the tests of pages and verbs in a run of everything."""


def main() -> int:
    answers = _answers(POSTGRES)
    if not answers and IN_CI:
        sys.exit("PostgreSQL does not answer; PORTAL_TEST_POSTGRES says where it should.")
    if not answers:
        print("PostgreSQL does not answer, so SQLite alone is tested. PORTAL_TEST_POSTGRES names a server.")
    on_sqlite, on_postgres = SHARES if answers and not sys.argv[1:] else ("all", "all")
    print("Tests on SQLite", flush=True)
    code = _pytest(database=None, share=on_sqlite)
    if code or not answers:
        return code
    print("Tests on PostgreSQL", flush=True)
    apart = ("--ignore=tests/rules", "--ignore=tests/domain", "-m", "not once")
    code = _pytest(*apart, database=POSTGRES, share=on_postgres)
    return 0 if sys.argv[1:] and code == NO_TESTS else code


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _pytest(*options: str, database: str | None, share: str) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    environment |= {"DATABASE_URL": database} if database else {}
    which = sys.argv[1:] or ["--ignore=tests/e2e"]
    command = [sys.executable, "-m", "pytest", "-n", "4", *options, *which]
    environment["PORTAL_TEST_SHARE"] = share
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
