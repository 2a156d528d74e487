"""Indexes for the desk's search for any part of a text, on PostgreSQL."""

from django.db import migrations

from registrations.models import search_indexes


def build(apps, schema_editor):
    search_indexes.build(schema_editor)


def drop(apps, schema_editor):
    search_indexes.drop(schema_editor)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0032_snoozes"),
        ("accounts", "0002_organisation_names"),
    ]

    operations = [migrations.RunPython(build, drop)]
