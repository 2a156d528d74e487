"""Of which drafts an email said that they will be discarded, and since when a logo is unused."""

from django.db import migrations, models

from portal.online_migrations import AddColumn


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registrations", "0048_feed_place")]

    operations = [
        AddColumn(model_name="draft", name="reminded_at", field=models.DateTimeField(null=True)),
        AddColumn(model_name="logo", name="unused_since", field=models.DateTimeField(null=True)),
    ]
