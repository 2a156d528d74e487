import structlog
from django.db import migrations, models
from django.db.models import Exists, OuterRef

from portal.online_migrations import AddColumn, fill_in_batches

log = structlog.stdlib.get_logger("portal.migrations")


def compute(membership):
    if not membership.has_another:
        membership.is_exclusive = True


def fill(apps, schema_editor):
    memberships = apps.get_model("accounts", "Membership").objects.using(schema_editor.connection.alias)
    others = memberships.filter(user=OuterRef("user")).exclude(pk=OuterRef("pk"))
    fill_in_batches(memberships.annotate(has_another=Exists(others)), compute, ["is_exclusive"])
    several = memberships.exclude(is_exclusive=True).order_by("user").values_list("user__pseudonym", flat=True)
    if people := [str(pseudonym) for pseudonym in several.distinct()]:
        log.warning("people_in_several_organisations", people=people)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0004_email_address"),
    ]

    operations = [
        AddColumn(
            model_name="membership",
            name="is_exclusive",
            field=models.BooleanField(default=True, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
