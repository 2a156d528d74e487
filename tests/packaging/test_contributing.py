"""What CONTRIBUTING.md says to type works, and commits have the form that it asks for."""

import os
import re
import shlex
import subprocess

import pytest

from tests.packaging.surroundings import ROOT, run
from tests.support.needs import missing

pytestmark = pytest.mark.once

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
TESTS_OF_A_CHANGE = next(line for line in COMMANDS if line.startswith("make test ARGS="))
HELP = "make help"
COMMIT = next(line for line in COMMANDS if line.startswith("git commit"))
RUN_ELSEWHERE = {
    "make run": "tests/packaging/test_serve.py",
    "make lint": ".ci/run",
    "make test": ".ci/run",
    "make e2e": ".ci/run",
}
"""What installs packages, or runs this test."""
SUBJECT = re.compile(r"[a-z][\w ./-]*: \S.*")
LONGEST_SUBJECT = 60
IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")


def is_well_formed(subject):
    return bool(SUBJECT.fullmatch(subject)) and len(subject) <= LONGEST_SUBJECT


def test_each_command_is_run_by_a_test_or_by_ci():
    assert set(COMMANDS) == {TESTS_OF_A_CHANGE, COMMIT, HELP, *RUN_ELSEWHERE}
    assert "bin/serve.py" in (ROOT / "Makefile").read_text().partition("\nrun:")[2].partition("\n\n")[0]
    assert "bin/serve.py" in (ROOT / RUN_ELSEWHERE["make run"]).read_text()
    assert {"make lint", "make test", "make e2e"} <= set((ROOT / ".ci/run").read_text().splitlines())


def test_the_tests_of_a_change_run_alone():
    """With the packages that are here, and on SQLite alone."""
    program, *words = shlex.split(TESTS_OF_A_CHANGE)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI", "MAKE"))}
    env["PORTAL_TEST_POSTGRES"] = "postgres://nobody@127.0.0.1:1/none"
    done = run(program, "--assume-old=.venv/dev.stamp", *words, env=env, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[100%]" in done.stdout


def test_help_lists_what_else_there_is():
    said = run(*HELP.split(), env=os.environ)
    assert said.returncode == 0
    assert {"test-full", "coverage", "bench"} <= set(
        re.findall(r"^make ([a-z-]+)", said.stdout, re.MULTILINE)
    )


def test_a_commit_is_made_as_the_guide_says(tmp_path):
    env = os.environ | dict.fromkeys(IDENTITY, "someone@client.example")
    for command in ("git init --quiet", "git add .", COMMIT):
        (tmp_path / "changed").touch()
        assert run(*shlex.split(command), env=env, cwd=tmp_path).returncode == 0
    subject = run("git", "log", "--format=%s", env=env, cwd=tmp_path).stdout.strip()
    assert is_well_formed(subject)


@pytest.mark.parametrize(
    "subject",
    ["Fix", "fix logos", "Logos: write", "logos:write", "logos: " + "x" * 54, "logos: ", ": write"],
)
def test_other_subjects_are_not_well_formed(subject):
    assert not is_well_formed(subject)


def test_subjects_since_this_test_came_are_well_formed():
    """A shallow clone knows the last few of them, or none: what it has is looked at."""

    def git(*words):
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.splitlines() if done.returncode == 0 else missing("a checkout of git")

    came = git("log", "--diff-filter=A", "--format=%H", "--", "tests/packaging/test_contributing.py")
    since = [f"{came[-1]}..HEAD"] if came else ["--max-count=0"]
    subjects = git("log", "--no-merges", "--format=%s", *since)
    assert [subject for subject in subjects if not is_well_formed(subject)] == []
