from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    """Confirmations from before name what is restricted now; where nothing is any more, all that was asked for."""
    alias = schema_editor.connection.alias
    confirmations = apps.get_model("registrations", "ScopeConfirmation").objects.using(alias)
    for confirmation in confirmations.select_related("revision"):
        asked = confirmation.revision.requested_scopes.using(alias).order_by("scope_id")
        restricted = asked.filter(scope__tier="restricted")
        names = [child.scope_id for child in restricted] or [child.scope_id for child in asked]
        confirmations.filter(pk=confirmation.pk).update(scopes=names)


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0013_scope_tiers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="scopeconfirmation",
            name="scope_confirmation_once",
        ),
        migrations.AddField(
            model_name="scopeconfirmation",
            name="scopes",
            field=models.JSONField(default=list),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="scopeconfirmation",
            constraint=models.UniqueConstraint(fields=("revision", "confirmed_by"), name="scope_confirmation_once"),
        ),
        migrations.AddConstraint(
            model_name="scopeconfirmation",
            constraint=models.CheckConstraint(condition=models.Q(("scopes", []), _negated=True), name="scope_confirmation_of_a_scope"),
        ),
    ]
