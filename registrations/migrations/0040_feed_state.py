"""Which position the next change in the feed gets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0039_adopted_clients")]

    operations = [
        migrations.CreateModel(
            name="FeedState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("next_position", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="feed_state_is_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("next_position__gte", 1)), name="feed_state_counts_from_one"
                    ),
                ],
            },
        ),
    ]
