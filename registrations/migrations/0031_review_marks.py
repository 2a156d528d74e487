"""The marks of the versions under review. The worker books those that have none yet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0031_name_pieces")]

    operations = [
        migrations.CreateModel(
            name="ReviewMarks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kinds", models.JSONField(default=list)),
                ("risk", models.PositiveSmallIntegerField()),
                ("booked_at", models.DateTimeField()),
                ("again_at", models.DateTimeField(db_index=True)),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="registrations.revision",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "review marks",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kinds", []), ("risk", 0))
                        | models.Q(models.Q(("kinds", []), _negated=True), ("risk__gt", 0)),
                        name="review_marks_risk_exactly_when_marked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("again_at__gte", models.F("booked_at"))),
                        name="review_marks_again_after_they_were_booked",
                    ),
                ],
            },
        ),
    ]
