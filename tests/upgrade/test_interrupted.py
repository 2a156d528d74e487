"""A migration that is not one transaction may end halfway: run again, it finishes what it began."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.support import schema

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "0003_asked_and_accepted"


def interruptible():
    """The names of those that are not one transaction, in order."""
    found = MigrationLoader(None).disk_migrations.items()
    return sorted(name for (app, name), migration in found if app == "registrations" and not migration.atomic)


def test_each_can_be_run_again_when_it_was_not_booked():
    before = schema.of(connection)
    call_command("migrate", "registrations", FIRST, verbosity=0)
    try:
        for name in interruptible():
            call_command("migrate", "registrations", name, verbosity=0)
            MigrationRecorder(connection).record_unapplied("registrations", name)
            call_command("migrate", "registrations", name, verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert schema.of(connection) == before
