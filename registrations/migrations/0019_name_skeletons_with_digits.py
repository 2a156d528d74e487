"""Digits that stand for letters are read as those, so what names look like is computed anew (rule N-10)."""

from importlib import import_module

from django.db import migrations

fill = import_module("registrations.migrations.0004_name_skeletons").fill


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0018_draft_data"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
