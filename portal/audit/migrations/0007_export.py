from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("audit", "0006_append_only_seals")]

    operations = [
        migrations.CreateModel(
            name="AuditExport",
            fields=[
                ("sink", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("held_until", models.DateTimeField(null=True)),
            ],
        ),
    ]
