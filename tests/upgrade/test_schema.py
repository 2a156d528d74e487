"""Whether a database is new or was migrated by the previous release first, it ends up the same."""

import sqlite3
from contextlib import closing

import pytest

from tests.support import schema

pytestmark = pytest.mark.once


def described(file):
    with closing(sqlite3.connect(file)) as session:
        return schema.described(lambda sql: session.execute(sql).fetchall(), "sqlite")


def test_an_old_file_is_brought_to_the_schema_of_a_new_one(previous, this, tmp_path):
    """The drill says the same of PostgreSQL."""
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    previous.migrate(f"sqlite:///{old}")
    for file in (old, new):
        this.migrate(f"sqlite:///{file}")
    assert described(old) == described(new)
