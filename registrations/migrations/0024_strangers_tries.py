import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0023_possible_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="StrangersTries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("hour", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveIntegerField()),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strangers_tries",
                        to="registrations.registration",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("registration", "hour"), name="strangers_tries_one_row_an_hour"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tries__gte", 1)), name="strangers_tries_of_somebody"
                    ),
                ],
            },
        ),
    ]
