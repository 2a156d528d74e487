import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_join_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("admin", "Invite an admin"), ("superuser", "Superuser rights")], max_length=16
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("confirmed", "Confirmed"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "admin"),
                                ("organisation__isnull", False),
                                ("person", None),
                                models.Q(("address", ""), _negated=True),
                            ),
                            models.Q(
                                ("address", ""),
                                ("kind", "superuser"),
                                ("organisation", None),
                                ("person__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="staff_request_names_what_it_is_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="staff_request_takes_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by", None), ("ended_at", None), ("status", "open")),
                            models.Q(("confirmed_by", None), ("ended_at__isnull", False), ("status", "withdrawn")),
                            models.Q(
                                ("confirmed_by__isnull", False),
                                ("ended_at__isnull", False),
                                ("status", "confirmed"),
                            ),
                            _connector="OR",
                        ),
                        name="staff_request_confirmed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address", django.db.models.functions.text.Lower("address"))),
                        name="staff_request_in_lower_case",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "admin"), ("status", "open")),
                        fields=("organisation",),
                        name="staff_request_open_once_an_organisation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "superuser"), ("status", "open")),
                        fields=("person",),
                        name="staff_request_open_once_a_person",
                    ),
                ],
            },
        ),
    ]
