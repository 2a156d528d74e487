import registrations.models.rule_fields
from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn, BuildIndex, fill_in_batches
from registrations.rules import client_names


def compute(revision):
    revision.name_skeleton = client_names.skeleton(revision.client_name)


def fill(apps, schema_editor):
    revisions = apps.get_model("registrations", "Revision").objects.using(schema_editor.connection.alias)
    fill_in_batches(revisions.only("client_name", "name_skeleton"), compute, ["name_skeleton"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0003_asked_and_accepted"),
    ]

    operations = [
        AddColumn(
            model_name="revision",
            name="name_skeleton",
            field=registrations.models.rule_fields.NameSkeletonField(blank=True, db_default="?", editable=False, max_length=240),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        BuildIndex(
            model_name="revision",
            index=models.Index(fields=["name_skeleton", "status"], name="revision_by_name_skeleton"),
        ),
        AddCheck(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_skeleton", ""), _negated=True), name="revision_has_name_skeleton"
            ),
        ),
    ]
