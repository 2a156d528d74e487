"""The admin calls the reasons what the desk calls them; nothing in the database changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0015_name_skeletons_anew"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="decisionreason",
            options={"ordering": ["title"], "verbose_name": "prepared reason"},
        ),
    ]
