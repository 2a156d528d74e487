"""The operator's guide, followed from top to bottom: each command in it is run."""

import re
import shlex
import signal
import subprocess
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from registrations.domain.lifecycle import SecretStatus
from registrations.workflow import secrets
from tests.packaging.surroundings import ROOT, ask, free_port, production
from tests.support.databases import database_url
from tests.support.needs import program
from tests.support.registrations import approved

GUIDE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
BACKUP = 'sqlite3 portal.sqlite3 ".backup portal.backup"'
DUMP = next(line for line in COMMANDS if line.startswith("pg_dump "))
ARCHIVE = next(line for line in COMMANDS if line.startswith("tar "))
RESTORE = re.findall(
    r"^   `([^`]+)`$", GUIDE.partition("\n## Restore\n")[2].partition("\n## ")[0], re.MULTILINE
)
ONLY_FOR = {"sqlite": "rm -f portal.sqlite3-wal", "postgresql": "pg_restore "}
NEEDS_AN_ENGINE = ("docker compose ",)
"""What these start is tried by itself: the entry point in test_image, the file in test_compose."""


class Operator:
    """Types commands in one place, with one environment, and ends what does not end by itself."""

    def __init__(self, folder, **environment):
        self.folder, self.env = folder, production(folder, PORT=free_port(), **environment)
        self.env["DJANGO_SUPERUSER_PASSWORD"] = "a-long-word-of-no-use"
        self.running = []

    def types(self, command):
        """What is written to standard output; the guide's port and folder stand for those here."""
        port = self.env["PORT"]
        here = command.replace(":8000/", f":{port}/").replace(" manage.py", f" {ROOT}/manage.py")
        if command.startswith("gunicorn") or command.endswith("manage.py worker"):
            self.running.append(subprocess.Popen(["sh", "-c", f"exec {here}"], cwd=ROOT, env=self.env))
            return ask(port, "/livez")[1]
        here += " --noinput" if "createsuperuser" in command else ""
        done = subprocess.run(
            ["sh", "-c", here], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def goes_home(self):
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


@pytest.mark.once
def test_each_command_of_the_guide_works_in_its_order(tmp_path, collected):
    for name in ("curl", "sqlite3"):
        program(name)
    operator = Operator(tmp_path)
    try:
        for command in COMMANDS:
            if command == DUMP or command.startswith(NEEDS_AN_ENGINE):
                continue
            said = operator.types(command)
            if command.startswith("python3 -c"):
                name = "PORTAL_FERNET_KEYS" if "base64" in command else "SECRET_KEY"
                operator.env[name] = said
    finally:
        operator.goes_home()
    assert BACKUP in GUIDE
    operator.types(BACKUP)
    assert (tmp_path / "portal.backup").stat().st_size > 0
    assert (tmp_path / "clients.jsonl").exists()


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_dump_of_the_guide_is_one(tmp_path):
    program("pg_dump")
    db = connection.settings_dict
    url = f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    Operator(tmp_path, DATABASE_URL=url).types(DUMP)
    assert (tmp_path / "portal.dump").read_bytes().startswith(b"PGDMP")


@pytest.fixture
def empty_database(tmp_path, transactional_db):
    """The URL of a database without tables, for what is put back."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'portal.sqlite3'}"
        return
    name = f"restored_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield f"{database_url().rpartition('/')[0]}/{name}"
        cursor.execute(f"DROP DATABASE {name}")


def test_a_backup_is_restored_as_the_guide_says(tmp_path, partner, reviewer, empty_database):
    approved(partner, reviewer)
    logo = tmp_path / "media" / "logos" / "a.png"
    logo.parent.mkdir(parents=True)
    logo.touch()
    operator = Operator(tmp_path, DATABASE_URL=database_url())
    if connection.vendor == "sqlite":
        (tmp_path / "portal.sqlite3").symlink_to(connection.settings_dict["NAME"])
    operator.types(BACKUP if connection.vendor == "sqlite" else DUMP)
    operator.types(ARCHIVE)
    logo.unlink()
    (tmp_path / "portal.sqlite3").unlink(missing_ok=True)
    operator.env["DATABASE_URL"] = empty_database
    others = tuple(start for vendor, start in ONLY_FOR.items() if vendor != connection.vendor)
    said = [
        operator.types(command + " --yes" * command.endswith("after_restore"))
        for command in RESTORE
        if not command.startswith(others)
    ]
    assert logo.exists()
    assert "Secrets destroyed: 1." in said[-2]
    assert "Emails since the restore: 1, sent now." in said[-1]


@pytest.mark.django_db(transaction=True)
def test_the_command_under_keys_ends_the_secrets_that_nobody_revealed(partner, reviewer):
    secret = approved(partner, reviewer).secrets.get()
    (command,) = [line for line in COMMANDS if "ClientSecret" in line]
    call_command("shell", command=shlex.split(command)[-1])
    assert secrets.lapse_due() == 1
    secret.refresh_from_db()
    assert (secret.status, secret.sealed_secret) == (SecretStatus.LAPSED, None)


def test_the_guide_has_commands():
    assert len(COMMANDS) > 10
