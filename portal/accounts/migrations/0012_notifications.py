"""People choose which emails about clients they get."""

from django.db import migrations, models

from portal.online_migrations import AddCheck, AddColumn


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0011_staff_requests")]

    operations = [
        AddColumn(
            model_name="user",
            name="notifications",
            field=models.CharField(
                choices=[
                    ("all", "Everything about my organisation’s clients"),
                    ("mine", "Only what is about clients that I started or submitted"),
                    ("security", "Only security: secrets, sign-in and my account"),
                ],
                db_default="all",
                default="all",
                max_length=16,
            ),
        ),
        AddCheck(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(notifications__in=["all", "mine", "security"]),
                name="user_notifications_known",
            ),
        ),
    ]
