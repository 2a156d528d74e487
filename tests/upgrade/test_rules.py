"""Every migration of the project keeps to CONTRIBUTING.md, so that the previous release can go on serving."""

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from portal.online_migrations import AddCheck, AddColumn, BuildIndex, ReplaceCheck
from tests.upgrade.rules import faults

pytestmark = pytest.mark.once

OURS = {one.label for one in apps.get_app_configs() if one.name.startswith(("portal", "registrations"))}

EXCEPTIONS = {
    "accounts.0006_one_organisation_a_person": "One UNIQUE over the memberships: 0.7 s with 100,000 of them.",
    "outbox.0002_dropped_deliveries": "One CHECK over the deliveries: 0.02 s with 100,000 of them.",
    "registrations.0007_suspended": "Two CHECKs over the registrations: 0.2 s with 100,000 of them.",
    "registrations.0011_logo_sizes": "The columns name files that only a release which knows them can make.",
    "registrations.0012_checklist": "New tables, and some dozen rows of catalogue.",
    "registrations.0013_scope_tiers": "The CHECK and the rows are the catalogue's, some dozen.",
    "registrations.0014_confirmed_scopes": "Few rows. No default names the scopes that somebody confirmed.",
    "registrations.0037_override_environments": "One UNIQUE over the overrides: 0.1 s with 100,000 of them.",
}
"""Migrations that break a rule, and why that is bearable."""


def of_the_project():
    loader = MigrationLoader(None)
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if key[0] in OURS:
            yield loader.disk_migrations[key], loader.project_state(key, at_end=False)


ALL = list(of_the_project())


@pytest.mark.parametrize(("migration", "before"), ALL, ids=[str(one) for one, _ in ALL])
def test_the_previous_release_can_go_on_serving(migration, before):
    found = faults(migration, before)
    assert bool(found) == (str(migration) in EXCEPTIONS), found


NAMED = models.CharField(max_length=9)
NAMED_BY_DATABASE = models.CharField(max_length=9, db_default="")
BY_NAME = models.Index(fields=["name"], name="by_name")
HAS_NAME = models.CheckConstraint(condition=~models.Q(name=""), name="has_name")
TABLE = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9, null=True))]

REFUSED = [
    (migrations.AddField("thing", "extra", NAMED), "cannot insert"),
    (AddColumn("thing", "extra", NAMED), "cannot insert"),
    (migrations.AddField("thing", "extra", models.CharField(max_length=9, default="")), "cannot insert"),
    (migrations.AlterField("thing", "name", NAMED), "may leave it empty"),
    (migrations.AlterField("thing", "name", models.CharField(null=True, db_column="n")), "the old column"),
    (migrations.AlterField("thing", "name", models.TextField(null=True)), "writes the whole table"),
    (migrations.AlterField("thing", "name", models.CharField(null=True, db_index=True)), "use BuildIndex"),
    (migrations.RemoveField("thing", "name"), "still uses it"),
    (migrations.RenameField("thing", "name", "title"), "still uses it"),
    (migrations.RenameModel("Thing", "Item"), "still uses it"),
    (migrations.AlterModelTable("thing", "items"), "still uses it"),
    (migrations.DeleteModel("Thing"), "still uses it"),
    (migrations.AddIndex("thing", BY_NAME), "under a lock"),
    (migrations.AddConstraint("thing", HAS_NAME), "under a lock"),
    (BuildIndex("thing", BY_NAME), "needs atomic = False"),
    (AddCheck("thing", HAS_NAME), "needs atomic = False"),
    (ReplaceCheck("thing", "has_name", HAS_NAME), "needs atomic = False"),
]
ALLOWED = [
    (migrations.AddField("thing", "extra", models.CharField(null=True)),),
    (migrations.AddField("thing", "extra", NAMED_BY_DATABASE),),
    (migrations.AlterField("thing", "name", NAMED_BY_DATABASE),),
    (migrations.AlterField("thing", "name", models.CharField(max_length=99, null=True)),),
    (
        migrations.AlterField("thing", "name", models.CharField(max_length=9, null=True, db_column="name")),
        migrations.RenameField("thing", "name", "title"),
    ),
    (migrations.AlterModelOptions("thing", {"ordering": ["name"]}),),
    (migrations.RunPython(migrations.RunPython.noop),),
    (migrations.CreateModel("Other", TABLE), migrations.AddIndex("other", BY_NAME)),
    (migrations.CreateModel("Other", TABLE), migrations.AddField("other", "extra", NAMED)),
]


def found_in(*operations, atomic=True):
    before = ProjectState()
    before.add_model(ModelState("shop", "Thing", TABLE))
    migration = migrations.Migration("0002_change", "shop")
    migration.operations, migration.atomic = list(operations), atomic
    return faults(migration, before)


@pytest.mark.parametrize(("operation", "why"), REFUSED)
def test_what_stops_the_previous_release_is_found(operation, why):
    (fault,) = found_in(operation)
    assert why in fault


def test_it_is_found_inside_another_operation():
    hidden = migrations.SeparateDatabaseAndState([migrations.RemoveField("thing", "name")])
    assert len(found_in(hidden)) == 1


@pytest.mark.parametrize("operations", ALLOWED)
def test_what_the_previous_release_does_not_notice_is_allowed(operations):
    assert found_in(*operations) == []


@pytest.mark.parametrize("atomic", [True, False])
def test_rows_are_not_filled_in_the_transaction_that_changes_the_table(atomic):
    column = AddColumn("thing", "extra", NAMED_BY_DATABASE)
    fill = migrations.RunPython(migrations.RunPython.noop)
    assert bool(found_in(column, fill, atomic=atomic)) is atomic


def test_steps_of_their_own_are_allowed():
    assert found_in(BuildIndex("thing", BY_NAME), AddCheck("thing", HAS_NAME), atomic=False) == []
