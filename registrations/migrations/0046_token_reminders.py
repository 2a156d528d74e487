"""When leads were last told that the token of an authorization server ends soon."""

from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0045_late_changes")]

    operations = [
        AddColumn("apitoken", "reminded_at", models.DateTimeField(null=True)),
        AddCheck(
            "apitoken",
            models.CheckConstraint(
                condition=models.Q(reminded_at__isnull=True)
                | models.Q(reminded_at__lt=models.F("expires_at")),
                name="api_token_reminded_before_it_expires",
            ),
        ),
    ]
