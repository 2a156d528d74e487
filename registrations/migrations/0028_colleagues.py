"""Emails about submissions, as each reviewer chooses, and mentions of colleagues in desk notes."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0027_organisation_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "submissions",
                    models.CharField(
                        choices=[
                            ("daily", "One email on each working day"),
                            ("each", "One email for each submission"),
                            ("none", "No emails about submissions"),
                        ],
                        db_default="daily",
                        default="daily",
                        max_length=8,
                    ),
                ),
                ("digested_until", models.DateTimeField(null=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="email_choice",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("submissions__in", ["daily", "each", "none"])),
                        name="email_choice_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="digest_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since__isnull", True), ("since__lt", models.F("until")), _connector="OR"
                        ),
                        name="digest_of_some_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("made_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="registrations.desknote",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)),
                        fields=["person", "-made_at", "-id"],
                        name="mention_unseen_latest_first",
                    ),
                    models.Index(
                        condition=models.Q(("seen_at__isnull", False)),
                        fields=["person", "-made_at", "-id"],
                        name="mention_seen_latest_first",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("note", "person"), name="mention_once_a_note"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seen_at__isnull", True), ("seen_at__gte", models.F("made_at")), _connector="OR"
                        ),
                        name="mention_seen_after_it_was_made",
                    ),
                ],
            },
        ),
    ]
