"""What holds for every test: its database, its network and its templates."""

import fcntl
import os
import shutil
from pathlib import Path
from zlib import crc32

import psycopg
import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.template import Engine
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

from portal.audit import triggers
from registrations.initial_rows import catalogue, reasons
from tests.packaging.surroundings import production, run
from tests.support import people
from tests.support.browser import chromium
from tests.support.needs import IN_CI
from tests.support.scale import FULL
from tests.support.scheduling import WholeFiles
from tests.support.templates import Undefined

settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")
"""Examples are judged by what they show, never by how long a busy machine took."""


SHARED = {
    "access",
    "accounts",
    "browser",
    "desk",
    "emails",
    "pages",
    "packaging",
    "security",
    "workflow",
}
"""Folders whose tests a run of everything shares between its two databases. What a database does in its own
way, such as locks and constraints, runs on both of them."""
ON_BOTH = {"test_constraints.py", "test_rotation_machine.py"}
SHARE = os.environ.get("PORTAL_TEST_SHARE", "all")
QUARTERS = {"all": {0, 1, 2, 3}, "most": {1, 2, 3}, "some": {0}}[SHARE]


def pytest_sessionstart(session):
    """In CI a database that is away is a fault of the run, before any test of it."""
    if not IN_CI or connection.vendor != "postgresql":
        return
    named = connection.settings_dict
    server = {key.lower(): named[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
    try:
        psycopg.connect(**server, dbname="postgres", connect_timeout=10).close()
    except psycopg.OperationalError:
        raise pytest.UsageError("The PostgreSQL server in DATABASE_URL cannot be reached.") from None


def pytest_xdist_make_scheduler(config, log):
    return WholeFiles(config, log)


def pytest_collection_modifyitems(config, items):
    _leave_out_what_another_run_shows(config, items)
    for item in items:
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="needs DATABASE_URL of a PostgreSQL server"))
        if item.get_closest_marker("browser") and not chromium():
            _without_browser(item)


def _leave_out_what_another_run_shows(config, items):
    left_out = [item for item in items if not _runs_here(item)]
    if left_out:
        unwanted = set(left_out)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in unwanted]


def _runs_here(item):
    """The full run of everything has what is longer in it, and what the other database was left to show."""
    if SHARE == "all" or (FULL and _has_figures(item)):
        return True
    if _is_shared(item):
        return crc32(item.nodeid.encode()) % 4 in QUARTERS
    return not FULL


def _has_figures(item):
    """Its module asks how long it shall be; of the browser's tests, half of what they repeat was left out."""
    return bool({"times", "FULL"} & vars(item.module).keys()) or item.path.parent.name == "browser"


def _is_shared(item):
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if folder not in SHARED or item.path.name in ON_BOTH or item.get_closest_marker("once"):
        return False
    if folder == "accounts":
        return True
    marker = item.get_closest_marker("django_db")
    return not (marker and marker.kwargs.get("transaction")) and "transactional_db" not in item.fixturenames


def _without_browser(item):
    if IN_CI:
        raise pytest.UsageError("There are browser tests, but no Chromium; PORTAL_CHROMIUM names it.")
    item.add_marker(pytest.mark.skip(reason="needs Chromium; PORTAL_CHROMIUM names it"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup():
    """Nobody but this machine is spoken to."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory, worker_id):
    """An SQLite database that the image has migrated, once for all workers. To be copied."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    migrated = shared / "migrated" / "portal.sqlite3"
    with (shared / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not migrated.exists():
            (making := shared / "making").mkdir()
            done = run("deploy/entrypoint.sh", "migrate", env=production(making), timeout=600)
            assert done.returncode == 0, done.stderr
            making.rename(migrated.parent)
    return migrated


@pytest.fixture(scope="session")
def django_db_keepdb():
    """On SQLite the tests begin with a copy of the migrated file, which pytest removes."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, tmp_path_factory):
    if connection.vendor == "sqlite":
        copy = tmp_path_factory.mktemp("database") / "portal.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), copy)
        connection.settings_dict["TEST"]["NAME"] = copy


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What a database is asked once for a connection is no statement of the page that comes first."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


@pytest.fixture(scope="session", autouse=True)
def flush_that_passes_the_triggers():
    """Transactional tests empty all tables, which the audit log refuses, and lose migrated rows."""
    flush = TransactionTestCase._fixture_teardown

    def lift_flush_reload(case):
        triggers.remove(connection)
        try:
            flush(case)
        finally:
            triggers.install(connection)
        cache.clear()
        catalogue.load(apps)
        reasons.load(apps)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_flush_reload)
        yield


@pytest.fixture(autouse=True)
def undefined_variables_fail():
    """A variable that one of our templates shows, and nobody defined, is an error.

    Set for each test: one that changes TEMPLATES leaves a fresh engine behind.
    """
    Engine.get_default().string_if_invalid = Undefined("%s")


@pytest.fixture
def partner(db):
    """The admin of an organisation."""
    return people.partner()


@pytest.fixture
def colleague(partner):
    return people.colleague(people.home(partner))


@pytest.fixture
def viewer(partner):
    return people.viewer(people.home(partner))


@pytest.fixture
def stranger(db):
    """The admin of another organisation."""
    return people.stranger()


@pytest.fixture
def reviewer(db):
    return people.reviewer()


@pytest.fixture
def lead(db):
    return people.lead()
