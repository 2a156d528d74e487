from django.db import migrations, models
from django.db.models import Q

from portal.online_migrations import AddCheck, AddColumn, fill_in_batches
from registrations.logos import decoding
from registrations.logos.storage import read, write_smaller
from registrations.rules.logos import AcceptedLogo


def make_sizes(apps, schema_editor):
    """From the stored picture; where its file is away, the pages go on showing the picture itself."""
    stored = apps.get_model("registrations", "Logo").objects.using(schema_editor.connection.alias)
    fill_in_batches(stored, make_sizes_of, ["digest_128", "digest_256", "is_blank"], size=10)


def make_sizes_of(logo):
    logo.digest_128 = logo.digest_256 = logo.digest
    try:
        accepted = decoding.accept(read(logo.digest))
    except FileNotFoundError:
        return
    if isinstance(accepted, AcceptedLogo):
        logo.is_blank = accepted.traits.is_blank
        for column, digest in write_smaller(accepted).items():
            setattr(logo, column, digest)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('registrations', '0010_talk'),
    ]

    operations = [
        AddColumn('logo', 'digest_128', models.CharField(max_length=64, default=''), preserve_default=False),
        AddColumn('logo', 'digest_256', models.CharField(max_length=64, default=''), preserve_default=False),
        AddColumn(
            'logo',
            'is_blank',
            models.BooleanField(default=False, help_text='Fully transparent, or of one flat colour.'),
            preserve_default=False,
        ),
        migrations.RunPython(make_sizes, migrations.RunPython.noop),
        AddCheck(
            'logo',
            models.CheckConstraint(condition=Q(digest_128__regex='^[0-9a-f]{64}$'), name='logo_digest_128_is_sha256'),
        ),
        AddCheck(
            'logo',
            models.CheckConstraint(condition=Q(digest_256__regex='^[0-9a-f]{64}$'), name='logo_digest_256_is_sha256'),
        ),
    ]
