from django.contrib.auth.management import create_permissions
from django.db import migrations

from registrations import catalogue_rows


def load_groups(apps, schema_editor):
    # Permissions appear only after all migrations; the groups need them now.
    for label in ("registrations", "audit"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    catalogue_rows.load_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0006_decided_how"),
        ("audit", "0002_append_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("review_registration", "Can review registrations"),
                    ("reassign_registration", "Can hand reviews to colleagues"),
                ],
                "verbose_name": "registration",
            },
        ),
        migrations.RunPython(load_groups, migrations.RunPython.noop),
    ]
