import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn, BuildIndex, build_concurrently, drop_concurrently
from registrations.initial_rows import catalogue


def load_groups(apps, schema_editor):
    # Permissions appear only after all migrations; the groups need them now.
    for label in ("registrations", "audit"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    catalogue.load_groups(apps)


SEARCH_INDEXES = {
    "revision_client_name_begins": "registrations_revision (upper(client_name) text_pattern_ops)",
    "revision_client_uri_begins": "registrations_revision (client_uri text_pattern_ops)",
    "organisation_name_begins": "accounts_organisation (upper(name) text_pattern_ops)",
}
"""For the search of the desk. An operator class on an expression is PostgreSQL's alone, so that no
model can declare it; SQLite reads the table, which is one machine's."""


def add_search_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in SEARCH_INDEXES.items():
            build_concurrently(schema_editor, name, f"CREATE INDEX {name} ON {columns}")


def drop_search_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in SEARCH_INDEXES:
            drop_concurrently(schema_editor, name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registrations", "0008_exceptions_ending"),
        ("audit", "0002_append_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("review_registration", "Can review registrations"),
                    ("reassign_registration", "Can hand reviews to colleagues"),
                ],
                "verbose_name": "registration",
            },
        ),
        AddColumn(
            model_name="revision",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddColumn(
            model_name="revision",
            name="claimed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        AddCheck(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_at__isnull", True), ("claimed_by__isnull", True)),
                    models.Q(("claimed_at__isnull", False), ("claimed_by__isnull", False)),
                    _connector="OR",
                ),
                name="revision_claimed_by_somebody",
            ),
        ),
        AddCheck(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "under_review"), ("claimed_at__isnull", True), _connector="OR"),
                name="revision_claimed_only_under_review",
            ),
        ),
        BuildIndex(
            model_name="registration",
            index=models.Index(fields=["status", "-id"], name="registration_by_status"),
        ),
        BuildIndex(
            model_name="revision",
            index=models.Index(fields=["status", "-id"], name="revision_by_status"),
        ),
        BuildIndex(
            model_name="revision",
            index=models.Index(
                condition=models.Q(("status__in", ["approved", "rejected", "sent_back", "superseded"])),
                fields=["-decided_at"],
                name="revision_decided_latest_first",
            ),
        ),
        migrations.RunPython(add_search_indexes, drop_search_indexes),
        migrations.RunPython(load_groups, migrations.RunPython.noop),
    ]
