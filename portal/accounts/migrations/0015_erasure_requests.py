"""Accounts that one superuser asks to erase, and a second one confirms."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

Q, F = models.Q, models.F


def person(**options):
    return models.ForeignKey(related_name="+", to=settings.AUTH_USER_MODEL, **options)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_required_second_factor")]

    operations = [
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("confirmed", "Confirmed"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("confirmed_by", person(null=True, on_delete=django.db.models.deletion.PROTECT)),
                ("person", person(on_delete=django.db.models.deletion.CASCADE)),
                ("requested_by", person(on_delete=django.db.models.deletion.PROTECT)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("confirmed_by", None), Q(("confirmed_by", F("requested_by")), _negated=True), _connector="OR"),
                        name="erasure_request_takes_two_people",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("person", F("requested_by")), _negated=True),
                            Q(("confirmed_by", None), Q(("confirmed_by", F("person")), _negated=True), _connector="OR"),
                        ),
                        name="erasure_request_not_about_oneself",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("confirmed_by", None), ("ended_at", None), ("status", "open")),
                            Q(("confirmed_by", None), ("ended_at__isnull", False), ("status", "withdrawn")),
                            Q(("confirmed_by__isnull", False), ("ended_at__isnull", False), ("status", "confirmed")),
                            _connector="OR",
                        ),
                        name="erasure_request_confirmed_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("status", "open")),
                        fields=("person",),
                        name="erasure_request_open_once_a_person",
                    ),
                ],
            },
        ),
    ]
