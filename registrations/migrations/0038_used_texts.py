"""What a reviewer sent from a review page, so that another tab does not bring it back."""

from django.db import migrations, models

from portal.online_migrations import AddColumn


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0037_override_environments")]

    operations = [AddColumn("reviewdraft", "used", models.JSONField(db_default={}, default=dict))]
