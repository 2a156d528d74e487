"""What a name looks like, kept beside it so that an index finds its doubles (rule N-10)."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registrations.models import Revision
from registrations.rules import client_names
from tests.support.people import home, organisation
from tests.support.registrations import again, submitted

WIDEST = "\ufdfa" * 80


def test_a_revision_keeps_what_its_name_looks_like(partner):
    revision = submitted(partner, client_name="\u0410\u0441me  Bi11").revisions.get()
    assert revision.name_skeleton == client_names.skeleton("Acme Bill")


def test_rows_made_in_bulk_keep_it_too(partner):
    revision = submitted(partner).revisions.get()
    Revision.objects.all().delete()
    revision.pk, revision.client_name, revision.name_skeleton = None, WIDEST, ""
    Revision.objects.bulk_create([revision])
    assert Revision.objects.get().name_skeleton == client_names.skeleton(WIDEST)


@pytest.mark.django_db(transaction=True)
def test_rows_folded_as_before_are_computed_anew(partner):
    old = submitted(partner, client_name="Acm3 Books")
    old.revisions.update(name_skeleton="acm3books")
    try:
        migrate(("registrations", "0018_draft_data"))
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert again(old).revisions.get().name_skeleton == client_names.skeleton("Acme Books")


@pytest.mark.django_db(transaction=True)
def test_rows_from_before_are_filled(partner):
    names = ["Acme Bill", "Zed", WIDEST[:40]]
    old = [submitted(partner, client_name=name) for name in names]
    try:
        migrate(("registrations", "0003_asked_and_accepted"))
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    kept = [again(one).revisions.get().name_skeleton for one in old]
    assert kept == [client_names.skeleton(name) for name in names]


@pytest.mark.django_db(transaction=True)
def test_organisations_from_before_are_filled(partner):
    try:
        migrate(("accounts", "0001_people"))
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert list(organisation("CLIENT ApS").looking_alike()) == [home(partner)]


def migrate(*to):
    MigrationExecutor(connection).migrate(list(to))
