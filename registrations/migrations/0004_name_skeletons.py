import registrations.fields
from django.db import migrations, models

from registrations.rules import client_names

CHUNK = 500


def fill(apps, schema_editor):
    revisions = apps.get_model("registrations", "Revision").objects.using(schema_editor.connection.alias)
    last = 0
    while rows := list(revisions.filter(pk__gt=last).order_by("pk").only("client_name")[:CHUNK]):
        for revision in rows:
            revision.name_skeleton = client_names.skeleton(revision.client_name)
        revisions.bulk_update(rows, ["name_skeleton"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0003_asked_and_accepted"),
    ]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="name_skeleton",
            field=registrations.fields.NameSkeletonField(blank=True, editable=False, max_length=240),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["name_skeleton", "status"], name="revision_by_name_skeleton"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_skeleton", ""), _negated=True), name="revision_has_name_skeleton"
            ),
        ),
    ]
