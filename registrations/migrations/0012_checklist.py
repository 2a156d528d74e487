import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

from registrations.initial_rows import catalogue, reasons


def load(apps, schema_editor):
    # Permissions appear only after all migrations; the groups need them now.
    config = apps.get_app_config("registrations")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    catalogue.load_groups(apps)
    reasons.load(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0011_logo_sizes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('title', models.CharField(help_text='What reviewers choose it by.', max_length=100)),
                ('wording', models.TextField(help_text='To the partner: what is wrong, and what to do next. Plain and kind.', max_length=1000)),
                ('for_request_changes', models.BooleanField(default=True)),
                ('for_reject', models.BooleanField(default=True)),
                ('is_offered', models.BooleanField(default=True, help_text='Whether reviewers may choose it.')),
            ],
            options={
                'ordering': ['title'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('title', ''), _negated=True), models.Q(('wording', ''), _negated=True)), name='decision_reason_is_complete'), models.CheckConstraint(condition=models.Q(('for_request_changes', True), ('for_reject', True), _connector='OR'), name='decision_reason_for_a_decision', violation_error_message='Choose at least one decision that it can be a reason for.')],
            },
        ),
        migrations.CreateModel(
            name='ChecklistTick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=40)),
                ('ticked_at', models.DateTimeField()),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticks', to='registrations.revision')),
                ('ticked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['ticked_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('revision', 'item'), name='checklist_tick_once'), models.CheckConstraint(condition=models.Q(('item__in', ['contacts_are_theirs', 'logo_is_theirs', 'name_is_theirs', 'pkce_reason_holds', 'policy_names_product', 'redirect_hosts_are_theirs', 'scopes_are_needed', 'site_shows_product', 'terms_cover_product'])), name='checklist_tick_item_known')],
            },
        ),
        migrations.CreateModel(
            name='GivenReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.ForeignKey(db_column='code', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registrations.decisionreason', to_field='code')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given_reasons', to='registrations.revision')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('revision', 'reason'), name='given_reason_once')],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
