from django.db import migrations, models

from portal.online_migrations import BuildIndex, build_concurrently, drop_concurrently

NAME = "person_name_begins"


def add_name_index(apps, schema_editor):
    # An operator class on an expression is PostgreSQL's alone; SQLite reads the table of people.
    if schema_editor.connection.vendor == "postgresql":
        sql = f"CREATE INDEX {NAME} ON accounts_user (upper(full_name) text_pattern_ops)"
        build_concurrently(schema_editor, NAME, sql)


def drop_name_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        drop_concurrently(schema_editor, NAME)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0028_colleagues"),
        ("accounts", "0002_organisation_names"),
    ]

    operations = [
        BuildIndex("clientsecret", models.Index(fields=["hint"], name="secret_by_hint")),
        migrations.RunPython(add_name_index, drop_name_index),
    ]
