"""Whether the contacts that organisations name have confirmed it."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower

Q = models.Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_email_address"),
        ("registrations", "0046_token_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("address", models.CharField(max_length=254)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Unconfirmed"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                        ],
                        default="unconfirmed",
                        max_length=16,
                    ),
                ),
                ("named_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(("sent_at__isnull", True)), fields=["organisation"], name="contact_unsent"
                    ),
                    models.Index(fields=["organisation", "sent_at"], name="contact_by_sent"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "address"), name="contact_once_an_organisation"
                    ),
                    models.CheckConstraint(
                        condition=Q(Q(("address", ""), _negated=True), ("address", Lower("address"))),
                        name="contact_address_in_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=Q(("status__in", ["confirmed", "refused", "unconfirmed"])),
                        name="contact_status_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("status", "confirmed"), ("confirmed_at__isnull", False)),
                            Q(Q(("status", "confirmed"), _negated=True), ("confirmed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="contact_confirmed_at_exactly_when_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("status", "refused"), ("refused_at__isnull", False)),
                            Q(Q(("status", "refused"), _negated=True), ("refused_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="contact_refused_at_exactly_when_refused",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("status", "unconfirmed"), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="contact_answers_only_an_email",
                    ),
                ],
            },
        ),
    ]
