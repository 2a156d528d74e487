"""When what was kept long enough is deleted next, and what the present run has deleted."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0049_idle_and_unused")]

    operations = [
        migrations.CreateModel(
            name="Purge",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="purge_only_one")],
            },
        ),
    ]
