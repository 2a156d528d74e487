"""The roles of the database, made by what is shipped for it on servers of the tests' own."""

import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.apps import apps

from portal.database_roles import APPEND_ONLY
from tests.packaging.surroundings import ROOT, ask, free_port, production, run
from tests.packaging.test_operations import GUIDE
from tests.support.cluster import Cluster, cluster
from tests.support.needs import program
from tests.support.servers import ENTRY, web_server

pytestmark = pytest.mark.once

SCRIPTS = sorted((ROOT / "deploy/database").iterdir())
IN_THE_CONTAINER = "docker compose exec -T db "
CHANGE = re.search(r"### From one role to two\n.*?```sh\n(.*?)```", GUIDE, re.DOTALL).group(1).splitlines()
RESTORE = [line.strip() for line in GUIDE.partition("\n## Restore\n")[2].splitlines()]
FUNCTION = "CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql"
GRANTED = (
    "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'portal'"
)
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
OTHERS_OWN = """
SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
    AND relowner <> 'portal_owner'::regrole
UNION ALL SELECT proname::text FROM pg_proc
    WHERE proname LIKE 'audit%' AND proowner <> 'portal_owner'::regrole
"""


@dataclass
class Installation:
    """A server with its administrator, and the portal as one of the server's roles."""

    server: Cluster
    folder: Path

    def __post_init__(self):
        self.passwords = {role: secrets.token_hex(16) for role in ("postgres", "portal_owner", "portal")}
        self.values = production(self.folder, DEBUG="true", WEB_CONCURRENCY="1")

    def types(self, command):
        """A line of the guide, or of the image, as it runs in the container of the database."""
        here = command.removeprefix(IN_THE_CONTAINER).replace(
            "/docker-entrypoint-initdb.d", str(SCRIPTS[0].parent)
        )
        env = {
            "PATH": self.values["PATH"],
            "PGHOST": str(self.server.folder),
            "PGPORT": str(self.server.port),
            "OWNER_PASSWORD": self.passwords["portal_owner"],
            "PORTAL_PASSWORD": self.passwords["portal"],
        }
        done = subprocess.run(
            ["sh", "-c", here], env=env, cwd=self.folder, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"

    def sets_password(self, role):
        """As the image does for its administrator."""
        words = f"ALTER ROLE {role} PASSWORD '{self.passwords[role]}'"
        self.types(f'psql --username={role} --dbname=postgres --command="{words}"')

    def url(self, role, database="portal"):
        return f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{self.server.port}/{database}"

    def env(self, role, **changes):
        here = {"DATABASE_URL": self.url(role), "PORTAL_DATABASE_ROLE": "portal", "PORT": free_port()}
        return self.values | here | changes

    def manage(self, role, *words, **changes):
        return run(sys.executable, "manage.py", *words, env=self.env(role, **changes), timeout=600)

    def migrates(self):
        done = self.manage("portal_owner", "migrate")
        assert done.returncode == 0, done.stderr

    def connect(self, role, database="portal"):
        return psycopg.connect(self.url(role, database), autocommit=True)

    def rows(self, sql, role="portal_owner"):
        with self.connect(role) as session:
            return session.execute(sql).fetchall()

    def granted(self):
        """The rights of the application, by table."""
        found = {}
        for table, right in self.rows(GRANTED):
            found.setdefault(table, set()).add(right)
        return found

    def is_refused(self, sql):
        with self.connect("portal") as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(sql)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A new installation, as the container of the database and then ``migrate`` make it."""
    for name in ("psql", "createdb", "pg_dump", "pg_restore"):
        program(name)
    with cluster(over_the_network="scram-sha-256") as server:
        made = Installation(server, tmp_path_factory.mktemp("fresh"))
        made.sets_password("postgres")
        for script in SCRIPTS:
            made.types(
                f"psql -v ON_ERROR_STOP=1 --no-psqlrc --username=postgres --dbname=postgres -f {script}"
            )
        done = run(ENTRY, "migrate", env=made.env("portal_owner"), timeout=600)
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture(scope="module")
def worked(fresh):
    """The new installation after a day of work."""
    env = fresh.env("portal", DJANGO_SETTINGS_MODULE="portal.settings")
    day = run(sys.executable, "-m", "tests.support.a_day", env=env, timeout=600)
    assert day.returncode == 0, day.stderr
    return fresh


def rights_on(table):
    if table == "django_migrations":
        return {"SELECT"}
    return {"SELECT", "INSERT"} | (set() if table.startswith("audit_") else {"UPDATE", "DELETE"})


# --- A new installation ------------------------------------------------------------------------


def test_web_worker_and_commands_do_their_work_as_the_application(worked):
    with web_server(worked.env("portal")) as port:
        assert ask(port, "/readyz")[0] == 200
    assert [*(worked.folder / "mail").iterdir()]
    assert worked.rows("SELECT count(*) > 5 FROM audit_event", "portal") == [(True,)]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET verb = 'nothing'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "SELECT FROM audit_event FOR UPDATE",
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_event_append_only ON audit_event",
        "CREATE TRIGGER more BEFORE INSERT ON audit_event EXECUTE FUNCTION audit_event_refuse()",
        "CREATE RULE more AS ON INSERT TO audit_event DO INSTEAD NOTHING",
        "ALTER TABLE audit_event ADD COLUMN more text",
        "ALTER TABLE audit_event OWNER TO portal",
        "DROP TABLE audit_event",
        f"{FUNCTION} AS 'BEGIN RETURN NULL; END'",
        "ALTER FUNCTION audit_event_refuse() OWNER TO portal",
        "DROP FUNCTION audit_event_refuse() CASCADE",
        "DELETE FROM django_migrations",
        "TRUNCATE accounts_user CASCADE",
        "CREATE TABLE more (id int)",
        "CREATE TEMPORARY TABLE audit_event (id int)",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA more",
        "ALTER DATABASE portal OWNER TO portal",
        "CREATE DATABASE more",
        "SET session_replication_role = replica",
        "SET ROLE portal_owner",
        "SET SESSION AUTHORIZATION portal_owner",
        "GRANT portal_owner TO portal",
        "ALTER ROLE portal SUPERUSER",
        "CREATE ROLE more",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_the_application_may_not(fresh, sql):
    fresh.is_refused(sql)


def test_the_application_has_rights_on_all_tables_and_in_the_log_the_two_that_it_needs(fresh):
    tables = [table for (table,) in fresh.rows(TABLES)]
    assert {"audit_event", "accounts_user", "portal_cache", "django_migrations"} <= {*tables}
    assert fresh.granted() == {table: rights_on(table) for table in tables}


@pytest.mark.parametrize("database", ["postgres", "template1"])
@pytest.mark.parametrize("role", ["portal", "portal_owner"])
def test_no_role_of_the_portal_reaches_another_database(fresh, role, database):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        fresh.connect(role, database)


def test_nobody_is_an_administrator_over_the_network(fresh):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        fresh.connect("postgres", "postgres")


def test_what_the_triggers_refuse_the_owner_is_refused_too(worked):
    with (
        worked.connect("portal_owner") as session,
        pytest.raises(psycopg.IntegrityError, match="never changed"),
    ):
        session.execute("DELETE FROM audit_event")


# --- What grants -------------------------------------------------------------------------------


def test_migrating_again_grants_rights_on_what_is_new_and_leaves_the_rest_alone(fresh):
    versions = (
        "SELECT relname, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    with fresh.connect("portal_owner") as session:
        session.execute(
            'CREATE TABLE "Later" (id int); CREATE TABLE audit_later (id int); CREATE SEQUENCE later'
        )
        session.execute("GRANT UPDATE ON audit_event TO portal")
    fresh.migrates()
    before = fresh.rows(versions)
    try:
        granted = fresh.granted()
        assert {name: granted[name] for name in ("Later", "audit_later", "audit_event")} == {
            "Later": rights_on("Later"),
            "audit_later": {"SELECT", "INSERT"},
            "audit_event": {"SELECT", "INSERT"},
        }
        assert fresh.rows("SELECT nextval('later')", "portal") == [(1,)]
        fresh.migrates()
        assert fresh.rows(versions) == before
    finally:
        with fresh.connect("portal_owner") as session:
            session.execute('DROP TABLE "Later", audit_later; DROP SEQUENCE later')


def test_a_cache_table_that_is_made_later_can_be_used(fresh):
    other = {"CACHE_URL": "dbcache://other_cache"}
    assert fresh.manage("portal_owner", "createcachetable", **other).returncode == 0
    worker = fresh.manage("portal", "worker", "--once", **other)
    assert worker.returncode == 0, worker.stderr


@pytest.mark.parametrize(("role", "named"), [("portal", "portal"), ("portal_owner", "nobody")])
def test_migrate_says_which_roles_cannot_work(fresh, role, named):
    stopped = fresh.manage(role, "migrate", PORTAL_DATABASE_ROLE=named)
    assert stopped.returncode == 1
    assert "PORTAL_DATABASE_ROLE" in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_only_the_tables_of_the_log_are_named_like_those_of_the_log():
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        assert meta.db_table.startswith(APPEND_ONLY) == (meta.app_label == "audit")


@pytest.mark.parametrize(("role", "warned"), [("portal", set()), ("portal_owner", {"W002"})])
def test_a_deployment_check_warns_of_an_owner(fresh, role, warned):
    assert warnings(fresh.manage(role, "check", "--deploy", "--database", "default")) == warned


def warnings(check):
    assert check.returncode == 0, check.stderr
    return set(re.findall(r"portal\.(W\d+)", check.stderr))


# --- Backups -----------------------------------------------------------------------------------


def test_a_backup_is_restored_for_both_roles(worked):
    dump = 'pg_dump --format=custom "{}" > portal.dump'
    worked.types(dump.format(worked.url("portal")))
    events = worked.rows("SELECT count(*) FROM audit_event")
    lines = [line for line in RESTORE if line.startswith(IN_THE_CONTAINER)]
    assert [line.split()[5] for line in lines] == ["psql", "psql", "psql", "pg_restore"]
    for line in lines:
        worked.types(line)
    worked.migrates()
    assert worked.rows("SELECT count(*) FROM audit_event", "portal") == events
    assert worked.granted()["audit_event"] == {"SELECT", "INSERT"}
    worked.is_refused("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        worked.connect("portal", "portal_old")


# --- An installation of an earlier release -----------------------------------------------------


@pytest.fixture(scope="module")
def old(fresh, tmp_path_factory):
    """What Compose made before: the superuser of the server is the application, and owns everything."""
    with cluster("portal", over_the_network="scram-sha-256") as server:
        made = Installation(server, tmp_path_factory.mktemp("old"))
        made.sets_password("portal")
        made.types("createdb --username=portal portal")
        made.types(f"pg_dump --format=custom '{fresh.url('portal_owner')}' > portal.dump")
        made.types("pg_restore --username=portal --no-owner --no-privileges --dbname=portal portal.dump")
        yield made


def test_an_old_installation_is_given_its_roles_as_the_guide_says(old):
    assert warnings(old.manage("portal", "check", "--deploy", "--database", "default")) == {"W001"}
    lines = [line for line in CHANGE if line.startswith(IN_THE_CONTAINER)]
    assert len(lines) == 5
    for line in lines:
        old.types(line)
    old.migrates()
    assert old.rows(OTHERS_OWN) == []
    assert old.rows("SELECT rolname FROM pg_roles WHERE rolsuper") == [("postgres",)]
    assert {*old.granted()} == {table for (table,) in old.rows(TABLES)}
    assert warnings(old.manage("portal", "check", "--deploy", "--database", "default")) == set()
    worker = old.manage("portal", "worker", "--once")
    assert worker.returncode == 0, worker.stderr
    old.is_refused("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    old.is_refused("SET session_replication_role = replica")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        old.connect("portal", "postgres")


def test_the_script_refuses_to_take_its_own_rights(old):
    """Before the roles are changed or after it, whoever runs it goes on being who they are."""
    refused = "psql --username=portal --dbname=portal --file=/docker-entrypoint-initdb.d/1-roles.sql"
    with pytest.raises(AssertionError, match="An administrator has to run this"):
        old.types(refused)
