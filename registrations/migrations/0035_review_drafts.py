"""What reviewers type on a review page and have not sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0034_corrected_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_version", models.PositiveIntegerField()),
                ("texts", models.JSONField()),
                ("choices", models.JSONField()),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
                ("kept_at", models.DateTimeField()),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_drafts",
                        to="registrations.registration",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("registration", "reviewer"), name="review_draft_once"),
                    models.CheckConstraint(
                        condition=models.Q(("seen_version__gte", 1), ("version__gte", 1)),
                        name="review_draft_counts_from_one",
                    ),
                ],
            },
        ),
    ]
