"""The previous release serves 100,000 registrations while this one migrates, and can be gone back to.

Tests with a clock, as those in tests/faults are: what partners notice of an upgrade is how long they wait.
"""

import json
import logging
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.packaging.surroundings import ask
from tests.support import schema
from tests.support.scale import FULL, times
from tests.upgrade.load import Partner, load
from tests.upgrade.releases import ENTRY, changed
from tests.upgrade.watch import lock_waits, statements

pytestmark = pytest.mark.postgres
"""In one process, since to fill the database takes longer than to test with it."""
log = logging.getLogger("drill")

PATIENCE = 8 if "PYTEST_XDIST_WORKER" in os.environ else 2
"""Seconds that nobody may wait longer than before, nor for any lock; more where other tests run beside it."""
SECONDS = 15 if FULL else 1
"""How long the partners work before, after, and with each release."""
ROWS = times(100_000)
PARTNERS = 4
KINDS = {"sign-in page", "list", "detail", "form", "save", "submit", "withdraw"}
FIRST = "0003_asked_and_accepted"
"""Ahead of it stand the migrations that fill what names look like, of every version ever."""


@dataclass
class Servers:
    """Databases on the server of this run, each a copy of one that the previous release filled."""

    names: list = field(default_factory=list)

    def address(self, name):
        at = connection.settings_dict
        return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT'] or 5432}/{name}"

    def execute(self, sql):
        with psycopg.connect(self.address("postgres"), autocommit=True) as session:
            session.execute(sql)

    def create(self, name, template="template1"):
        name = f"portal_upgrade_{os.getpid()}_{name}"
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.names.append(name)
        return name

    def drop(self):
        """All at once: each waits for a checkpoint, which they can share."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda name: self.execute(f"DROP DATABASE {name} WITH (FORCE)"), self.names))


@pytest.fixture(scope="module")
def filled(previous):
    """Makes a copy of a database that the previous release has migrated and filled."""
    servers = Servers()
    try:
        template = servers.create("filled")
        address = servers.address(template)
        previous.run(ENTRY, "migrate", database=address)
        script = ("python", Path(__file__).with_name("furnish.py"), str(ROWS), str(PARTNERS))
        previous.run(*script, database=address, PYTHONPATH=".", DJANGO_SETTINGS_MODULE="portal.settings")
        yield lambda name: servers.address(servers.create(name, template))
    finally:
        servers.drop()


@dataclass
class Drill:
    """What partners notice of an upgrade of one database, phase by phase."""

    database: str
    output: Path
    """What the servers write."""
    seconds: float = SECONDS
    partners: list = field(init=False)
    phases: dict = field(default_factory=dict)
    waits: dict = field(default_factory=dict)
    statements: list = field(default_factory=list)

    def __post_init__(self):
        self.partners = [Partner(number, self._forgive) for number in range(PARTNERS)]

    def _forgive(self):
        with psycopg.connect(self.database, autocommit=True) as session:
            session.execute("DELETE FROM portal_limitcounter")

    @contextmanager
    def upgraded(self, previous, this):
        """The previous release serves before, while and after this one migrates; yields where."""
        with self._watched(), self._serving(previous) as old:
            with self._phase("signing in", old):
                self._wait_for_a_round_of_each()
            self._let_work("before", old)
            with self._phase("migrating", old):
                this.migrate(self.database)
            self._let_work("after", old)
            yield old

    def serve_beside(self, old, this):
        with self._serving(this) as new:
            self._let_work("side by side", old, new)

    def go_back(self, previous):
        """To the previous release, on what the migration left."""
        with self._watched(), self._serving(previous) as old:
            self._let_work("gone back", old)

    @contextmanager
    def _serving(self, release):
        with release.serving(self.database, self.output) as port:
            yield port
            assert ask(port, "/readyz")[0] == 200

    def _let_work(self, name, *ports):
        """For some seconds, and until each of the partners has done all there is to do."""
        with self._phase(name, *ports):
            time.sleep(self.seconds)
            self._wait_for_a_round_of_each()

    def _wait_for_a_round_of_each(self):
        done = {one.number: one.rounds for one in self.partners}
        until = time.monotonic() + 60
        while any(one.rounds == done[one.number] for one in self.partners) and time.monotonic() < until:
            time.sleep(0.1)

    @contextmanager
    def _watched(self):
        with lock_waits(self.database) as waits, statements(self.database, ROWS) as made:
            yield
        self.waits |= {one: max(wait, self.waits.get(one, 0)) for one, wait in waits.items()}
        self.statements.append(made)

    @contextmanager
    def _phase(self, name, *ports):
        with load(ports, self.partners) as answers:
            self.phases[name] = answers
            yield

    def worst(self, name):
        return max(answer.seconds for answer in self.phases[name])

    def findings(self):
        """One sentence for everything that partners noticed; signing in is slow by design."""
        found = too_long(self.waits)
        for name, answers in self.phases.items():
            bad = Counter((one.kind, one.status) for one in answers if one.status not in (200, 302))
            found += [f"{name}: {kind} answered {status}, {n} times" for (kind, status), n in bad.items()]
            if name != "signing in" and self.worst(name) > self.worst("before") + PATIENCE:
                found.append(f"{name}: somebody waited {self.worst(name):.1f} s")
        return found + [one for made in self.statements for one in made.findings(PATIENCE)]

    def faults(self):
        """The last errors that a server wrote."""
        lines = [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("level") == "error"][-3:]

    def log(self):
        for name, answers in self.phases.items():
            log.info("%s: %s requests, the slowest %.2f s", name, len(answers), self.worst(name))
        for made in self.statements:
            worst = {kind: round(max(took), 2) for kind, took in made.seconds.items()}
            log.info("%s statements, the slowest %s", sum(map(len, made.seconds.values())), worst)
        log.info("longest wait for a lock: %.2f s", max(self.waits.values(), default=0))


def test_partners_notice_nothing_of_an_upgrade_and_of_the_way_back(previous, this, filled, tmp_path, db):
    drill = Drill(filled("drill"), tmp_path / "output")
    with drill.upgraded(previous, this) as old:
        drill.serve_beside(old, this)
    drill.go_back(previous)
    drill.log()
    assert drill.findings() == [], drill.faults()
    for name in drill.phases.keys() - {"signing in", "migrating"}:
        assert {answer.kind for answer in drill.phases[name]} >= KINDS
    assert described(drill.database) == schema.of(connection)


def too_long(waits):
    return [
        f"{who or 'somebody'} waited {wait:.1f} s for a lock: {query}"
        for (who, query), wait in waits.items()
        if wait > PATIENCE
    ]


def described(database):
    with psycopg.connect(database) as session:
        return schema.described(lambda sql: session.execute(sql).fetchall(), "postgresql")


SLIP = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "{newest}")]
    operations = [
        migrations.AddField("revision", "slip", models.CharField(default=""), preserve_default=False),
        migrations.RunSQL("SELECT pg_sleep({seconds})"),
    ]
"""


@pytest.mark.skipif(not FULL, reason="judges the drill itself; the full run does")
def test_the_drill_finds_a_column_without_default_and_a_lock_that_is_held(previous, this, filled, tmp_path):
    folder = "registrations/migrations"
    newest = max(path.stem for path in (this.folder / folder).glob("0*.py"))
    slipped = changed(
        this, tmp_path, {f"{folder}/9999_slip.py": SLIP.format(newest=newest, seconds=PATIENCE + 1)}
    )
    drill = Drill(filled("slip"), tmp_path / "output", seconds=0)
    with drill.upgraded(previous, slipped):
        pass
    drill.log()
    found = " ".join(drill.findings())
    assert "after: submit answered 500" in found
    assert "s for a lock" in found


def test_migrations_since_the_first_let_an_older_release_go_on_during_a_backup(this, filled):
    """Those that the previous release has already; without HTTP, since what knows no more is long gone.

    Whoever reads a table for long, as a backup does, keeps the migration waiting, but nobody behind it.
    """
    database = filled("older")
    this.run("python", "manage.py", "migrate", "registrations", FIRST, database=database)
    with lock_waits(database) as waits, statements(database, ROWS) as made:
        with psycopg.connect(database) as backup:
            backup.execute("SELECT 1 FROM registrations_revision LIMIT 1")
            once = ("python", "manage.py", "migrate", "--lock-tries", "1")
            assert "A lock could not be had" in this.run(*once, database=database, succeeds=False)
        this.migrate(database)
    for kind, took in made.seconds.items():
        log.info("%s: %s statements, the slowest %.2f s", kind, len(took), max(took))
    assert made.findings(PATIENCE) == []
    assert too_long(waits) == []
