"""What a revision lists: its redirect URIs and the scopes it asks for."""

from django.db import models
from django.db.models import Q

from registrations.models.catalogue import Scope
from registrations.models.revision import Revision
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.vocabulary import MAX_HOST_LENGTH, MAX_URI_LENGTH
from registrations.validators import validate_redirect_uri


class RedirectUri(models.Model):
    """One registered redirect URI, the exact string (rule G-03), with its host for searching."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="redirect_uris")
    position = models.PositiveSmallIntegerField()
    uri = models.CharField(max_length=MAX_URI_LENGTH, validators=[validate_redirect_uri])
    host = models.CharField(max_length=MAX_HOST_LENGTH + 2, db_index=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "uri"], name="redirect_uri_once"),
            models.UniqueConstraint(fields=["revision", "position"], name="redirect_uri_position_once"),
            models.CheckConstraint(
                condition=Q(uri__startswith="https://") | Q(uri__startswith="http://"),
                name="redirect_uri_is_http",
            ),
            models.CheckConstraint(
                condition=Q(uri__startswith="https://") | Q(host__in=[*LOOPBACK_HOSTS]),
                name="redirect_uri_http_only_for_loopback",
            ),
            models.CheckConstraint(
                condition=~Q(uri__contains="*") & ~Q(uri__contains="#"), name="redirect_uri_is_exact"
            ),
        ]

    def __str__(self) -> str:
        return self.uri


class RequestedScope(models.Model):
    """One scope that a revision asks for.

    ``reason`` is the partner's; ``granted`` is the reviewer's decision, null until there is one.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="requested_scopes")
    scope = models.ForeignKey(Scope, to_field="name", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, default="", db_default="")
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["scope_id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "scope"], name="requested_scope_once"),
        ]

    def __str__(self) -> str:
        return self.scope_id
