"""How long a connection and a statement may take, unless DATABASE_URL says otherwise."""

import json
import sys

import psycopg
import pytest
from django.db import connection

from tests.packaging.surroundings import production, run

ASK = "import json; from portal.settings import DATABASES; print(json.dumps(DATABASES['default']['OPTIONS']))"


def options(env):
    return json.loads(run(sys.executable, "-c", ASK, env=env).stdout)


@pytest.mark.postgres
def test_the_server_keeps_to_the_limits(tmp_path):
    at = connection.settings_dict
    server = {"host": at["HOST"], "port": at["PORT"] or 5432, "user": at["USER"], "password": at["PASSWORD"]}
    limits = options(production(tmp_path, DATABASE_URL="postgres://portal:secret@db:5432/portal"))
    with psycopg.connect(**server, dbname="postgres", **limits) as asked:
        names = ("statement_timeout", "idle_in_transaction_session_timeout")
        assert [asked.execute(f"SHOW {name}").fetchone()[0] for name in names] == ["8s", "30s"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("", "connect_timeout", 3),
        ("?connect_timeout=5", "connect_timeout", 5),
        ("?options=-c%20statement_timeout=20s", "options", "-c statement_timeout=20s"),
        ("?sslmode=require", "connect_timeout", 3),
        ("?sslmode=require", "sslmode", "require"),
    ],
)
def test_the_url_overrides_the_limits(query, name, value, tmp_path):
    env = production(tmp_path, DATABASE_URL=f"postgres://portal:secret@db:5432/portal{query}")
    assert options(env)[name] == value


@pytest.mark.once
def test_blank_options_are_not_sent_at_all(tmp_path):
    env = production(tmp_path, DATABASE_URL="postgres://portal:secret@db:5432/portal?options=%20")
    assert "options" not in options(env)
