"""The steps that migrations are made of while the previous release goes on serving."""

import json
import logging
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from portal import online_migrations
from portal.accounts.models import Organisation
from portal.online_migrations import (
    AddCheck,
    AddColumn,
    AllowNull,
    BuildIndex,
    ReplaceCheck,
    SetDefault,
    fill_in_batches,
)
from tests.support import schema
from tests.support.people import organisation

TABLE = migrations.CreateModel(
    "Thing",
    [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9))],
)
KIND = partial(models.CharField, max_length=9)
STEPS = [
    AddColumn("thing", "kind", KIND(db_default="plain")),
    AddColumn("thing", "parent", models.ForeignKey("audit.Thing", models.CASCADE, null=True)),
    BuildIndex("thing", models.Index(fields=["name", "kind"], name="thing_by_name")),
    AddCheck("thing", models.CheckConstraint(condition=~models.Q(name=""), name="thing_has_name")),
    AllowNull("thing", "name", models.CharField(max_length=9, null=True)),
]


def run(before, *operations, backwards=False):
    """As Django runs a migration with ``atomic = False``; the state afterwards."""
    migration = migrations.Migration("0002_change", "audit")
    migration.operations, migration.atomic = list(operations), False
    with connection.schema_editor(atomic=False) as editor:
        go = migration.unapply if backwards else migration.apply
        return go(before.clone(), editor)


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def table(transactional_db):
    """A table with a row that an earlier release left."""
    before = run(ProjectState(), TABLE)
    sql("INSERT INTO audit_thing (name) VALUES ('old')")
    yield before
    sql("DROP TABLE audit_thing")


def test_a_release_that_does_not_know_the_new_column_goes_on_inserting(table):
    run(table, *STEPS)
    sql("INSERT INTO audit_thing (name) VALUES ('new')")
    assert sql("SELECT name, kind FROM audit_thing ORDER BY id") == [("old", "plain"), ("new", "plain")]


def test_the_steps_do_what_djangos_own_operations_do(table):
    run(table, *STEPS)
    ours = schema.of(connection)
    run(table, *STEPS, backwards=True)
    run(table, *(type(step).__mro__[1](**step.deconstruct()[2]) for step in STEPS))
    assert schema.of(connection) == ours


def test_interrupted_steps_can_be_run_again(table):
    for count in range(len(STEPS)):
        run(table, *STEPS[:count])
    run(table, *STEPS)
    once = schema.of(connection)
    run(table, *STEPS)
    assert schema.of(connection) == once


def test_the_way_back_can_be_interrupted_as_well(table):
    bare = schema.of(connection)
    run(table, *STEPS)
    for _ in range(2):
        run(table, *STEPS, backwards=True)
    assert schema.of(connection) == bare


def test_a_default_is_given_to_a_column_that_has_none(table):
    after = run(table, migrations.AddField("thing", "kind", KIND(default="plain"), preserve_default=False))
    with pytest.raises(IntegrityError):
        sql("INSERT INTO audit_thing (name) VALUES ('new')")
    after.alter_field("audit", "thing", "kind", KIND(db_default="plain"), preserve_default=True)
    run(after, SetDefault("thing", "kind"))
    sql("INSERT INTO audit_thing (name) VALUES ('new')")
    assert sql("SELECT kind FROM audit_thing WHERE name = 'new'") == [("plain",)]


def test_a_check_that_an_old_row_fails_can_be_run_again(table):
    check = AddCheck("thing", models.CheckConstraint(condition=~models.Q(name="old"), name="thing_is_new"))
    with pytest.raises(IntegrityError):
        run(table, check)
    sql("UPDATE audit_thing SET name = 'mended'")
    run(table, check)
    with pytest.raises(IntegrityError):
        sql("INSERT INTO audit_thing (name) VALUES ('old')")


def named(*names):
    condition = models.Q(name__in=names)
    return models.CheckConstraint(condition=condition, name="thing_name_known")


def test_a_check_is_replaced_by_another_one_of_its_name_and_back(table):
    before = run(table, AddCheck("thing", named("old")))
    wider = ReplaceCheck("thing", "thing_name_known", named("old", "new"))
    for _ in range(2):
        run(before, wider)
    sql("INSERT INTO audit_thing (name) VALUES ('new')")
    with pytest.raises(IntegrityError):
        sql("INSERT INTO audit_thing (name) VALUES ('third')")
    sql("DELETE FROM audit_thing WHERE name = 'new'")
    run(before, wider, backwards=True)
    with pytest.raises(IntegrityError):
        sql("INSERT INTO audit_thing (name) VALUES ('new')")


@pytest.mark.postgres
def test_an_index_that_was_left_half_built_is_built_anew(table):
    index = BuildIndex("thing", models.Index(fields=["name"], name="thing_by_name"))
    run(table, index)
    sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'thing_by_name'::regclass")
    run(table, index)
    assert sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'thing_by_name'::regclass") == [(True,)]


def shout(one):
    one.name = one.name.upper()


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_every_row_is_filled_whatever_the_size_of_a_batch(size):
    for name in ("one", "TWO", "three"):
        organisation(name)
    fill_in_batches(Organisation.objects.all(), shout, ["name"], size=size)
    assert set(Organisation.objects.values_list("name", flat=True)) == {"ONE", "TWO", "THREE"}


@pytest.mark.django_db
def test_rows_that_are_right_already_are_not_written():
    organisation("ONE")
    organisation("TWO")
    with CaptureQueriesContext(connection) as made:
        fill_in_batches(Organisation.objects.all(), shout, ["name"], size=5)
    assert not [query for query in made if query["sql"].startswith("UPDATE")]


@pytest.mark.django_db
def test_the_log_says_how_far_it_is(caplog, monkeypatch):
    monkeypatch.setattr(online_migrations, "ROWS_A_LINE", 2)
    caplog.set_level(logging.INFO)
    for name in ("one", "two", "three"):
        organisation(name)
    fill_in_batches(Organisation.objects.all(), shout, ["name"], size=2)
    lines = [record.msg for record in caplog.records if record.name == "portal.migrations"]
    assert [(line["table"], line["rows"], line["of"]) for line in lines] == [
        ("accounts_organisation", 2, 3),
        ("accounts_organisation", 3, 3),
    ]
    assert json.dumps(lines)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_filled_when_they_let_go(monkeypatch):
    held = organisation("held")
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT 1 FROM accounts_organisation WHERE id = %s FOR UPDATE", [held.pk])
        pauses = []
        monkeypatch.setattr("time.sleep", lambda seconds: pauses.append(seconds) or other.rollback())
        fill_in_batches(Organisation.objects.all(), shout, ["name"])
    held.refresh_from_db()
    assert (held.name, len(pauses)) == ("HELD", 1)
