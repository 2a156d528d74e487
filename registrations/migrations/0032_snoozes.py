"""Requests that a reviewer put off until a day."""

import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0031_review_marks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Snooze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("until", models.DateField()),
                (
                    "waiting_on",
                    models.CharField(
                        choices=[
                            ("partner", "Partner"),
                            ("second_person", "Second person"),
                            ("pleo", "Pleo"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.TextField()),
                ("snoozed_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snoozes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snoozes",
                        to="registrations.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["until", "pk"],
                "indexes": [models.Index(fields=["person", "until", "id"], name="snooze_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("revision", "person"), name="snooze_once_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="snooze_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("waiting_on__in", ["partner", "pleo", "second_person"])),
                        name="snooze_waiting_on_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__range", (datetime.date(2000, 1, 1), datetime.date(2999, 12, 31)))
                        ),
                        name="snooze_until_is_possible",
                    ),
                ],
            },
        ),
    ]
