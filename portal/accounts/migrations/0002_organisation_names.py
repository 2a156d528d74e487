import portal.accounts.models
from django.db import migrations, models

from portal.accounts.rules import rules
from portal.online_migrations import AddColumn, BuildIndex, fill_in_batches


def compute(organisation):
    organisation.name_skeleton = rules.skeleton(organisation.name)


def fill(apps, schema_editor):
    organisations = apps.get_model("accounts", "Organisation").objects.using(schema_editor.connection.alias)
    fill_in_batches(organisations.only("name", "name_skeleton"), compute, ["name_skeleton"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0001_people"),
    ]

    operations = [
        AddColumn(
            model_name="organisation",
            name="name_skeleton",
            field=portal.accounts.models.NameSkeletonField(blank=True, db_default="", editable=False, max_length=360),
        ),
        AddColumn(
            model_name="organisation",
            name="brand_accepted_because",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        BuildIndex(
            model_name="organisation",
            index=models.Index(fields=["name_skeleton"], name="organisation_by_name_skeleton"),
        ),
    ]
