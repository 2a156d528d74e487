"""Leads manage the tokens of authorization servers."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

from registrations.initial_rows import catalogue


def load_groups(apps, schema_editor):
    # Permissions appear only after all migrations; the groups need them now.
    config = apps.get_app_config("registrations")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    catalogue.load_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0042_api_tokens"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(load_groups, migrations.RunPython.noop)]
