"""The operator's guide, followed from top to bottom: each command in it is run."""

import contextlib
import io
import re
import shlex
import signal
import subprocess
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.sealing import key_id
from portal.sealing_keys import canaries
from registrations.domain.lifecycle import SecretStatus
from registrations.workflow import secrets
from tests.packaging.surroundings import ROOT, ask, free_port, production
from tests.support import people
from tests.support.databases import database_url
from tests.support.needs import program
from tests.support.registrations import approved, reveal

GUIDE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^ *```sh\n(.*?)^ *```", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = [line.strip() for block in BLOCKS for line in block.splitlines()]
BACKUP = 'sqlite3 portal.sqlite3 ".backup portal.backup"'
DUMP = next(line for line in COMMANDS if line.startswith("pg_dump "))
STATUS, ROTATE, LOST_KEY = [line for line in COMMANDS if "rotate_sealing_keys" in line]
MAKE_KEY = next(line for line in COMMANDS if "base64" in line)
VOID = next(line for line in COMMANDS if "void_secrets" in line)
ARCHIVE = next(line for line in COMMANDS if line.startswith("tar "))
RESTORE = re.findall(
    r"^   `([^`]+)`$", GUIDE.partition("\n## Restore\n")[2].partition("\n## ")[0], re.MULTILINE
)
ONLY_FOR = {"sqlite": ("rm -f portal.sqlite3-wal",), "postgresql": ("createdb ", "pg_restore ")}
RESTORED = "portal_restored"
"""The guide's name for a database that is put back."""
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
            if command in (DUMP, LOST_KEY) or command.startswith(NEEDS_AN_ENGINE):
                continue
            said = operator.types(command)
            if command.startswith("python3 -c"):
                if "whsec_" in command:
                    operator.env["PORTAL_WEBHOOK_STAGING_URL"] = "https://auth.example/hooks"
                    operator.env["PORTAL_WEBHOOK_STAGING_KEYS"] = said
                elif "base64" in command:
                    operator.env["PORTAL_FERNET_KEYS"] = f"{said},{operator.env['PORTAL_FERNET_KEYS']}"
                else:
                    operator.env["SECRET_KEY"] = said
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
    Operator(tmp_path, DATABASE_URL=database_url()).types(DUMP)
    assert (tmp_path / "portal.dump").read_bytes().startswith(b"PGDMP")


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_dump_finds_its_database_in_a_file_too(tmp_path):
    program("pg_dump")
    (tmp_path / "url").write_text(f"{database_url()}\n")
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": "1"}  # where the programs look without an address
    operator = Operator(tmp_path, DATABASE_URL=None, DATABASE_URL_FILE=str(tmp_path / "url"), **nowhere)
    lines = next(block for block in BLOCKS if DUMP in block)
    operator.types(f"{lines}python manage.py check")
    assert (tmp_path / "portal.dump").read_bytes().startswith(b"PGDMP")


@pytest.fixture
def make_name(transactional_db):
    """Makes names for databases, which are dropped afterwards."""
    names = []

    def make():
        names.append(f"restored_{uuid4().hex}")
        return names[-1]

    yield make
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def restores(operator, name):
    """What the guide's commands for this kind of database say, with that name for what is put back."""
    others = [start for vendor, starts in ONLY_FOR.items() if vendor != connection.vendor for start in starts]
    said = []
    for command in RESTORE:
        if command.startswith(tuple(others)):
            continue
        command = command.replace(RESTORED, name) + " --yes" * command.endswith("after_restore")
        said.append(operator.types(command))
        if command.startswith("createdb "):
            operator.env["DATABASE_URL"] = f"{operator.env['DATABASE_URL'].rpartition('/')[0]}/{name}"
    return said


def test_a_backup_is_restored_as_the_guide_says(tmp_path, partner, reviewer, make_name):
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
    if connection.vendor == "sqlite":
        (tmp_path / "portal.sqlite3").unlink()
        operator.env["DATABASE_URL"] = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    said = restores(operator, make_name())
    assert logo.exists()
    assert "Secrets destroyed: 1." in said[-2]
    assert "Emails and webhooks since the restore: 1, sent now." in said[-1]


@pytest.mark.postgres
def test_the_backup_before_an_upgrade_is_restored_after_it(tmp_path, partner, reviewer, make_name):
    """The upgraded database has tables that the backup does not know."""
    for name in ("createdb", "pg_dump", "pg_restore"):
        program(name)
    approved(partner, reviewer)
    operator = Operator(tmp_path, DATABASE_URL=database_url())
    (tmp_path / "media").mkdir()
    operator.types(ARCHIVE)
    operator.types(DUMP)
    older = make_name()
    operator.types(f'createdb --maintenance-db="$DATABASE_URL" {older}')
    operator.env["DATABASE_URL"] = f"{database_url().rpartition('/')[0]}/{older}"
    operator.types('pg_restore --no-owner --dbname="$DATABASE_URL" portal.dump')
    operator.types("python manage.py migrate epochs zero")
    operator.types(DUMP)
    operator.types("python manage.py migrate")
    said = restores(operator, make_name())
    assert "Secrets destroyed: 1." in said[-2]


# --- Sealing keys ------------------------------------------------------------------------------


def use_keys(settings, *keys):
    """As all processes do after a restart."""
    settings.PORTAL_FERNET_KEYS = list(keys)


def make_key():
    return subprocess.run(["sh", "-c", MAKE_KEY], capture_output=True, text=True, check=True).stdout.strip()


def types(command, code=0):
    """The last lines that a command of the portal writes, run in this process, which has the right keys."""
    python, manage, *words = shlex.split(command)
    assert (python, manage) == ("python", "manage.py")
    written, ended = io.StringIO(), 0
    with contextlib.redirect_stdout(written):
        try:
            call_command(*words)
        except CommandError as refusal:
            ended = refusal.returncode
    assert ended == code
    return written.getvalue().strip().splitlines()


def test_a_planned_key_change_is_noticed_by_nobody(transactional_db, settings):
    canaries.keep()
    partner, reviewer = people.partner(), people.reviewer()
    registration, (old,) = approved(partner, reviewer), settings.PORTAL_FERNET_KEYS
    new = make_key()
    for keys in ([old, new], [new, old]):
        use_keys(settings, *keys)
        assert is_ready()
    types(ROTATE)
    assert types(STATUS) == [f"Key {key_id(new)} (newest): 1", f"Key {key_id(old)}: 0"]
    use_keys(settings, new)
    assert is_ready()
    assert len(reveal(registration, partner)) == 64


def test_a_leaked_key_opens_nothing_any_more(transactional_db, settings):
    canaries.keep()
    secret = approved(people.partner(), people.reviewer()).secrets.get()
    (leaked,) = settings.PORTAL_FERNET_KEYS
    new = make_key()
    use_keys(settings, new, leaked)
    assert types(VOID) == ["Secrets destroyed: 1."]
    secret.refresh_from_db()
    assert (secret.status, secret.sealed_secret) == (SecretStatus.LAPSED, None)
    types(ROTATE)
    assert f"Key {key_id(leaked)}: 0" in types(STATUS)
    use_keys(settings, new)
    assert is_ready()


def test_after_a_lost_key_the_portal_goes_on(transactional_db, settings):
    canaries.keep()
    partner, reviewer = people.partner(), people.reviewer()
    lost = approved(partner, reviewer)
    use_keys(settings, make_key())
    assert not is_ready()
    assert types(VOID) == ["Secrets destroyed: 1."]
    types(LOST_KEY)
    assert is_ready()
    assert "No key" not in str(types(STATUS))
    secrets.rotate(lost.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    assert len(reveal(lost, partner)) == 64


def is_ready():
    return Client().get("/readyz").status_code == 200


def test_the_guide_has_commands():
    assert len(COMMANDS) > 10
