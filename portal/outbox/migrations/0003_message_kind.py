from django.db import migrations, models


class Migration(migrations.Migration):
    """The field ``letter`` is called ``kind`` now. Its column keeps its name, so nothing is sent to the database."""

    dependencies = [
        ("outbox", "0002_dropped_deliveries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outboxmessage",
            name="letter",
            field=models.CharField(db_column="letter", max_length=64),
        ),
        migrations.RenameField(model_name="outboxmessage", old_name="letter", new_name="kind"),
        migrations.AlterConstraint(
            model_name="outboxmessage",
            name="outbox_message_has_letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", ""), _negated=True), name="outbox_message_has_letter"
            ),
        ),
    ]
