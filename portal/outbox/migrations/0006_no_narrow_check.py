from django.db import migrations


class Migration(migrations.Migration):
    """The check that knows accounts and addresses alone; 0005 has added the one that knows targets, too."""

    dependencies = [
        ("outbox", "0005_targets"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="delivery_to_account_or_address"),
    ]
