from django.db import migrations, models

from portal.audit.triggers import install
from portal.online_migrations import AddColumn, BuildIndex


def install_again(apps, schema_editor):
    """SQLite has rebuilt the table, and dropped the triggers with it."""
    if schema_editor.connection.vendor == "sqlite":
        install(schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0003_filters")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install_again),
        AddColumn("event", "organisation", models.UUIDField(null=True)),
        AddColumn("event", "request_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
        AddColumn("event", "object", models.TextField(blank=True, db_default="", default="")),
        AddColumn("event", "version", models.PositiveIntegerField(null=True)),
        migrations.RunPython(install_again, migrations.RunPython.noop),
        BuildIndex(
            "event",
            models.Index(
                fields=["organisation", "-at", "-id"],
                condition=models.Q(("organisation__isnull", False)),
                name="event_by_organisation",
            ),
        ),
    ]
