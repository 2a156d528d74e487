from django.db import migrations

from portal.audit.triggers import install, remove

SEALS = ("audit_eventseal", "audit_sealedevent")


def forwards(apps, schema_editor):
    install(schema_editor.connection, SEALS)


def backwards(apps, schema_editor):
    remove(schema_editor.connection, SEALS)


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_seals")]

    operations = [migrations.RunPython(forwards, backwards)]
