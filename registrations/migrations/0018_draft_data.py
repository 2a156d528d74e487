"""The draft's data is called so; its column keeps its name, which the previous release uses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0017_defaults")]

    operations = [
        migrations.AlterField("draft", "typed", models.JSONField(db_column="typed", default=dict)),
        migrations.RenameField("draft", "typed", "data"),
    ]
