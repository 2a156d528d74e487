import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_one_organisation_a_person'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('address', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('admin', 'Admin'), ('developer', 'Developer'), ('viewer', 'Viewer')], max_length=16)),
                ('status', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('revoked', 'Revoked'), ('expired', 'Expired')], default='open', max_length=8)),
                ('epoch', models.CharField(blank=True, default='', max_length=36)),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['admin', 'developer', 'viewer'])), name='invitation_role_known'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'accepted', 'revoked', 'expired'])), name='invitation_status_known'), models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='invitation_in_lower_case'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='invitation_open_until_it_ended'), models.CheckConstraint(condition=models.Q(('accepted_by', None), ('status', 'accepted'), _connector='OR'), name='invitation_accepted_by_one'), models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('organisation', 'address'), name='invitation_open_once')],
            },
        ),
    ]
