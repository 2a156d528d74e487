"""Tokens of authorization servers, and wrong secrets that they were given."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0041_feed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('server', models.CharField(max_length=60)),
                ('environment', models.CharField(choices=[('staging', 'Staging'), ('production', 'Production')], max_length=16)),
                ('may_read', models.BooleanField(default=False)),
                ('may_read_verifiers', models.BooleanField(default=False)),
                ('may_verify', models.BooleanField(default=False)),
                ('may_apply', models.BooleanField(default=False)),
                ('may_report', models.BooleanField(default=False)),
                ('slot', models.PositiveSmallIntegerField(null=True)),
                ('hint', models.CharField(max_length=8)),
                ('keyed_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'API token',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('environment__in', ['production', 'staging'])), name='api_token_environment_known'), models.CheckConstraint(condition=models.Q(('server', ''), _negated=True), name='api_token_names_its_server'), models.CheckConstraint(condition=models.Q(('may_read', True), ('may_verify', True), ('may_apply', True), ('may_report', True), _connector='OR'), name='api_token_has_a_right'), models.CheckConstraint(condition=models.Q(('may_read_verifiers', False), ('may_read', True), _connector='OR'), name='api_token_verifiers_only_with_read'), models.CheckConstraint(condition=models.Q(('slot__isnull', True), ('slot__in', (1, 2)), _connector='OR'), name='api_token_slot_known'), models.CheckConstraint(condition=models.Q(('slot__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='api_token_slot_only_when_not_revoked'), models.CheckConstraint(condition=models.Q(('revoked_by__isnull', True), ('revoked_at__isnull', False), _connector='OR'), name='api_token_revoked_by_only_when_revoked'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='api_token_expires_after_creation'), models.CheckConstraint(condition=models.Q(('keyed_hash__regex', '^[0-9a-f]{64}$')), name='api_token_hash_is_sha256'), models.UniqueConstraint(fields=('server', 'environment', 'slot'), name='api_token_two_for_each_server')],
            },
        ),
        migrations.CreateModel(
            name='WrongSecrets',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(db_index=True)),
                ('times', models.PositiveBigIntegerField()),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wrong_secrets', to='registrations.registration')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('registration', 'hour'), name='wrong_secrets_one_row_an_hour'), models.CheckConstraint(condition=models.Q(('times__gte', 1)), name='wrong_secrets_at_least_once')],
            },
        ),
    ]
