import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("audit", "0004_event_context")]

    operations = [
        migrations.CreateModel(
            name="EventSeal",
            fields=[
                ("sequence", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("epoch", models.CharField(blank=True, max_length=36)),
                ("at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("closed_to", models.DateTimeField()),
                ("form", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=8)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("mac", models.CharField(max_length=64)),
                (
                    "follows",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.eventseal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("follows", None), ("previous", ""), ("sequence", 1))
                        | models.Q(
                            ("follows", models.F("sequence") - 1),
                            ("follows__isnull", False),
                            ("previous__length", 64),
                            ("sequence__gt", 1),
                        ),
                        name="event_seal_follows_the_one_before",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key__length", 8), ("mac__length", 64)),
                        name="event_seal_has_a_mac",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedEvent",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sealed",
                        serialize=False,
                        to="audit.event",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("mac", models.CharField(max_length=64)),
                (
                    "seal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="audit.eventseal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seal", "position"), name="sealed_event_has_its_own_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mac__length", 64), ("position__gte", 1)),
                        name="sealed_event_has_a_place_and_a_mac",
                    ),
                ],
            },
        ),
    ]
