"""Names are read more closely than before, so what they look like is computed anew (rule N-10)."""

from importlib import import_module

from django.db import migrations

fill = import_module("registrations.migrations.0004_name_skeletons").fill


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0014_confirmed_scopes"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
