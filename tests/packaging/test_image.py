"""The image: what its Dockerfile says, and its very entry-point commands, run here."""

import shutil
import signal
import subprocess

import pytest

from tests.packaging.surroundings import ROOT, ask, free_port, nobody_left, production, run

pytestmark = pytest.mark.once

ENTRY = "deploy/entrypoint.sh"
LINES = (ROOT / "Dockerfile").read_text().splitlines()


@pytest.fixture
def env(tmp_path):
    return production(tmp_path, PORT=free_port(), WEB_CONCURRENCY="1")


@pytest.fixture
def migrated(env, migrated_file, tmp_path):
    shutil.copy(migrated_file, tmp_path / "portal.sqlite3")
    return env


def started(command, env):
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(process, number=signal.SIGTERM):
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def test_last_stage_runs_as_nobody_special():
    assert [line for line in LINES if line.startswith("USER ")] == ["USER portal"]
    assert sum(line.startswith("FROM ") for line in LINES) == 2
    assert LINES.index("USER portal") > max(i for i, line in enumerate(LINES) if line.startswith("FROM "))


def test_only_hashed_packages_are_installed():
    installs = [line for line in LINES if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    assert "--hash=sha256:" in (ROOT / "requirements/base.txt").read_text()


def test_entry_point_and_health_check_are_the_ones_tested_here():
    assert f'ENTRYPOINT ["{ENTRY}"]' in LINES
    assert 'CMD ["web"]' in LINES
    assert any(line.startswith("HEALTHCHECK") and "deploy/healthcheck.py" in line for line in LINES)


def test_web_answers_and_ends_when_told(migrated, collected):
    web = started([ENTRY, "web"], migrated)
    try:
        assert ask(migrated["PORT"], "/livez")[0] == 200
        assert ask(migrated["PORT"], "/readyz")[0] == 200
        assert run("python", "deploy/healthcheck.py", env=migrated).returncode == 0
    finally:
        code, output = ended(web)
    assert code == 0, output
    assert nobody_left(migrated["PORT"])


def test_health_check_fails_where_nobody_answers(env):
    assert run("python", "deploy/healthcheck.py", env=env).returncode != 0


def test_web_refuses_to_start_without_its_keys(env):
    web = run(ENTRY, "web", env=env | {"PORTAL_FERNET_KEYS": ""})
    assert web.returncode != 0
    assert "PORTAL_FERNET_KEYS" in web.stderr


def test_worker_does_a_round_and_ends(migrated):
    result = run(ENTRY, "worker", "--once", env=migrated)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_ends_when_told(migrated, number):
    worker = started([ENTRY, "worker"], migrated | {"LOG_LEVEL": "INFO"})
    first_line = worker.stdout.readline()
    code, output = ended(worker, number)
    assert "worker_started" in first_line
    assert code == 0, output


def test_migrating_twice_is_harmless(migrated):
    assert run(ENTRY, "migrate", env=migrated).returncode == 0


def test_migrate_gets_its_options(migrated):
    assert run(ENTRY, "migrate", "--lock-tries", "2", env=migrated).returncode == 0
    assert "lock-tries" in run(ENTRY, "migrate", "--lock-tries", "two", env=migrated).stderr


def test_other_commands_are_those_of_manage_py(migrated):
    assert run(ENTRY, "check", env=migrated).returncode == 0


def test_production_has_no_demo(migrated):
    result = run(ENTRY, "seed_demo", env=migrated)
    assert result.returncode != 0
    assert "DEBUG" in result.stderr
