"""A value can be accepted again for the other environment, and its revision says for which it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0036_secret_rotation")]

    operations = [
        migrations.RemoveConstraint("override", "override_once"),
        migrations.AddConstraint(
            "override", models.UniqueConstraint(fields=("revision", "rule", "value"), name="override_once")
        ),
    ]
