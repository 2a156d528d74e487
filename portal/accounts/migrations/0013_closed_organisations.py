"""An admin can close an organisation: its row stays."""

from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0012_notifications")]

    operations = [
        AddColumn(
            model_name="organisation",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        AddCheck(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(closed_at__gte=models.F("created_at")),
                name="organisation_closed_after_it_began",
            ),
        ),
    ]
