from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn


class Migration(migrations.Migration):
    """A delivery can go to the target of a webhook. The next migration removes the older, narrower check."""

    atomic = False

    dependencies = [
        ("outbox", "0004_pause"),
    ]

    operations = [
        AddColumn(
            model_name="delivery",
            name="target",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        AddCheck(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", ""), ("recipient__isnull", False), ("target", "")),
                    models.Q(
                        ("recipient", None), ("target", ""), models.Q(("address", ""), _negated=True)
                    ),
                    models.Q(
                        ("address", ""), ("recipient", None), models.Q(("target", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="delivery_to_account_address_or_target",
            ),
        ),
    ]
