from django.db import migrations, models
from django.db.models import F, Q

from registrations import logo_process
from registrations.logo_files import read, write_smaller
from registrations.rules.logos import AcceptedLogo


def make_sizes(apps, schema_editor):
    """From the stored picture; where its file is away, the pages go on showing the picture itself."""
    stored = apps.get_model("registrations", "Logo").objects.using(schema_editor.connection.alias)
    stored.update(digest_128=F("digest"), digest_256=F("digest"))
    for logo in stored.order_by("pk"):
        try:
            accepted = logo_process.accept(read(logo.digest))
        except FileNotFoundError:
            continue
        if isinstance(accepted, AcceptedLogo):
            smaller = write_smaller(accepted)
            stored.filter(pk=logo.pk).update(is_blank=accepted.traits.is_blank, **smaller)


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0010_talk'),
    ]

    operations = [
        migrations.AddField('logo', 'digest_128', models.CharField(max_length=64, default=''), preserve_default=False),
        migrations.AddField('logo', 'digest_256', models.CharField(max_length=64, default=''), preserve_default=False),
        migrations.AddField(
            'logo',
            'is_blank',
            models.BooleanField(default=False, help_text='Fully transparent, or of one flat colour.'),
            preserve_default=False,
        ),
        migrations.RunPython(make_sizes, migrations.RunPython.noop),
        migrations.AddConstraint(
            'logo',
            models.CheckConstraint(condition=Q(digest_128__regex='^[0-9a-f]{64}$'), name='logo_digest_128_is_sha256'),
        ),
        migrations.AddConstraint(
            'logo',
            models.CheckConstraint(condition=Q(digest_256__regex='^[0-9a-f]{64}$'), name='logo_digest_256_is_sha256'),
        ),
    ]
