from datetime import date

from django.db import migrations, models

from portal.online_migrations import AddCheck

POSSIBLE_DAYS = (date(2000, 1, 1), date(2999, 12, 31))


def is_possible(column):
    return models.Q((f"{column}__isnull", True), (f"{column}__range", POSSIBLE_DAYS), _connector="OR")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0022_start_key"),
    ]

    operations = [
        AddCheck(
            "pkceexception",
            models.CheckConstraint(condition=is_possible("expires_on"), name="pkce_end_date_is_possible"),
        ),
        AddCheck(
            "pkceexception",
            models.CheckConstraint(condition=is_possible("remind_on"), name="pkce_reminder_date_is_possible"),
        ),
    ]
