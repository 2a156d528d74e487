"""Pieces of what a client name looks like, so that an index finds names that differ by a slip of the fingers."""

from django.db import migrations, models

from portal.online_migrations import AddColumn, BuildIndex, fill_in_batches
from registrations.domain import similar_names
from registrations.models.rule_fields import NamePieceField

COLUMNS = ["name_start", "name_middle", "name_end"]


def compute(revision):
    revision.name_start, revision.name_middle, revision.name_end = similar_names.pieces(revision.name_skeleton)


def fill(apps, schema_editor):
    revisions = apps.get_model("registrations", "Revision").objects.using(schema_editor.connection.alias)
    fill_in_batches(revisions.only("client_name", "name_skeleton", *COLUMNS), compute, COLUMNS)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0030_by_decision")]

    operations = [
        *(
            AddColumn(
                "revision",
                name,
                NamePieceField(place, blank=True, db_default="", editable=False, max_length=84),
            )
            for place, name in enumerate(COLUMNS)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            BuildIndex("revision", models.Index(fields=[name], name=f"revision_by_{name}"))
            for name in COLUMNS
        ),
    ]
