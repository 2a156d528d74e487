"""Columns from 0003 to 0013 that the database fills in where a release does not know them.

Those migrations now add them so; a database that ran them before gets the defaults here.
"""

from django.db import migrations

from portal.online_migrations import SetDefault


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registrations", "0016_prepared_reasons"),
    ]

    operations = [
        SetDefault("revision", "review_asked"),
        SetDefault("revision", "name_skeleton"),
        SetDefault("revision", "decided_how"),
        SetDefault("registration", "closed_reason"),
        SetDefault("pkceexception", "revoked_reason"),
        SetDefault("requestedscope", "reason"),
        SetDefault("scope", "tier"),
    ]
