"""Decisions about a PKCE exception that were corrected."""

from datetime import date

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

POSSIBLE_DAYS = (date(2000, 1, 1), date(2999, 12, 31))


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registrations", "0033_pkce_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectedDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(choices=[("granted", "Granted"), ("refused", "Refused")], max_length=16),
                ),
                ("expires_on", models.DateField(null=True)),
                ("note", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField()),
                ("corrected_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "exception",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_decisions",
                        to="registrations.pkceexception",
                    ),
                ),
            ],
            options={
                "ordering": ["decided_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            outcome="granted", expires_on__isnull=False, expires_on__range=POSSIBLE_DAYS
                        )
                        | models.Q(outcome="refused", expires_on__isnull=True),
                        name="corrected_decision_granted_until_a_day_or_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(corrected_at__gt=models.F("decided_at")),
                        name="corrected_decision_was_made_before",
                    ),
                    models.UniqueConstraint(
                        fields=["exception", "decided_at"], name="corrected_decision_once"
                    ),
                ],
            },
        ),
    ]
