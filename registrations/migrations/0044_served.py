"""What authorization servers serve, and when clients and secrets were last used, as they report it."""

import django.db.models.deletion
from django.db import migrations, models

KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
ENVIRONMENTS = [("staging", "Staging"), ("production", "Production")]
KNOWN = models.Q(("environment__in", ["production", "staging"]))


def one_to_one(to, name, **options):
    return models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=f"registrations.{to}", **options
    )


class Migration(migrations.Migration):
    dependencies = [("registrations", "0043_rights_to_tokens")]

    operations = [
        migrations.CreateModel(
            name="ServedClient",
            fields=[
                KEY,
                ("version", models.PositiveIntegerField()),
                ("updated_at", models.DateTimeField()),
                ("reported_at", models.DateTimeField()),
                ("in_force_since", models.DateTimeField()),
                ("registration", one_to_one("registration", "served")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="served_client_version_counts_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_force_since__lte", models.F("reported_at"))),
                        name="served_client_in_force_when_reported",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inventory",
            fields=[
                KEY,
                ("environment", models.CharField(choices=ENVIRONMENTS, max_length=16, unique=True)),
                ("reported_at", models.DateTimeField()),
                ("missing", models.JSONField(default=list)),
                ("extra", models.JSONField(default=list)),
                ("stale", models.JSONField(default=list)),
                ("missing_count", models.PositiveIntegerField(default=0)),
                ("extra_count", models.PositiveIntegerField(default=0)),
                ("stale_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "inventories",
                "constraints": [
                    models.CheckConstraint(condition=KNOWN, name="inventory_environment_known")
                ],
            },
        ),
        migrations.CreateModel(
            name="LateChange",
            fields=[
                KEY,
                ("changed_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("registration", one_to_one("registration", "late_change")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("noticed_at__gt", models.F("changed_at"))),
                        name="late_change_noticed_after_change",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LastUse",
            fields=[
                KEY,
                ("last_used_at", models.DateTimeField()),
                ("registration", one_to_one("registration", "last_use", null=True)),
                ("secret", one_to_one("clientsecret", "last_use", null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("registration__isnull", True), ("secret__isnull", False)),
                            models.Q(
                                models.Q(("registration__isnull", True), _negated=True),
                                ("secret__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="last_use_of_either_client_or_secret",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageReports",
            fields=[
                KEY,
                ("environment", models.CharField(choices=ENVIRONMENTS, max_length=16, unique=True)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "usage reports",
                "constraints": [
                    models.CheckConstraint(condition=KNOWN, name="usage_reports_environment_known"),
                    models.CheckConstraint(
                        condition=models.Q(("last_at__gte", models.F("first_at"))),
                        name="usage_reports_in_order",
                    ),
                ],
            },
        ),
    ]
