"""A restriction of the live revision says which submission it left as it was."""

from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registrations", "0024_strangers_tries")]

    operations = [
        AddColumn(
            model_name="revision",
            name="beside",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        AddCheck(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(beside__isnull=True)
                | models.Q(decided_how="rules", beside__gte=1, beside__lt=models.F("number")),
                name="revision_beside_an_older_one_by_rules",
            ),
        ),
    ]
