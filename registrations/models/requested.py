"""What a revision asks for in rows of its own: redirect URIs, and scopes with what was decided about each."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from registrations.domain.lifecycle import DecidedHow
from registrations.models.catalogue import Scope
from registrations.models.registration import Registration
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.scopes import ScopeRefusal
from registrations.rules.vocabulary import MAX_HOST_LENGTH, MAX_URI_LENGTH
from registrations.validators import validate_redirect_uri


class RedirectUri(models.Model):
    """One registered redirect URI, the exact string (rule G-03), with its host for searching."""

    revision = models.ForeignKey("Revision", on_delete=models.CASCADE, related_name="redirect_uris")
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


class RequestedScopeQuerySet(models.QuerySet["RequestedScope"]):
    def refused(self) -> Self:
        """Refusals by a reviewer that no later decision of a reviewer about the same scope replaced."""
        decided = RequestedScope.objects.filter(
            granted__isnull=False, revision__decided_how=DecidedHow.PERSON
        )
        later = decided.filter(
            scope=OuterRef("scope"),
            revision__registration=OuterRef("revision__registration"),
            revision__number__gt=OuterRef("revision__number"),
        )
        return self.filter(~Exists(later), granted=False, revision__decided_how=DecidedHow.PERSON)

    def refused_in(self, registration: Registration) -> dict[str, RequestedScope]:
        """The scopes of the registration that stand refused, by name: one statement."""
        rows = self.refused().filter(revision__registration=registration)
        return {child.scope_id: child for child in rows.select_related("revision__decided_by")}


class RequestedScope(models.Model):
    """One scope that a revision asks for.

    ``reason`` is the partner's; ``granted`` is the reviewer's decision, null until there is one.
    ``refused_because`` is what the reviewer wrote to the partner about a refusal; where it is empty, the
    note of the decision stands for it.
    """

    revision = models.ForeignKey("Revision", on_delete=models.CASCADE, related_name="requested_scopes")
    scope = models.ForeignKey(Scope, to_field="name", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, default="", db_default="")
    granted = models.BooleanField(null=True)
    refused_because = models.TextField(blank=True, default="", db_default="")

    objects = RequestedScopeQuerySet.as_manager()

    class Meta:
        ordering = ["scope_id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "scope"], name="requested_scope_once"),
            models.CheckConstraint(
                # NULL compares as neither true nor false, which a CHECK lets pass
                condition=Q(refused_because="") | Q(granted=False, granted__isnull=False),
                name="requested_scope_reason_only_when_refused",
            ),
        ]

    def __str__(self) -> str:
        return self.scope_id

    @property
    def was_refused_here(self) -> bool:
        """Whether a reviewer refused it on this revision; a restriction only repeats an older refusal."""
        return self.granted is False and self.revision.decided_how == DecidedHow.PERSON

    @property
    def refusal(self) -> ScopeRefusal:
        """The refusal as the partner reads it; only of a scope that was refused."""
        decided_at = self.revision.decided_at
        if self.granted is not False or decided_at is None:
            raise ValueError("The scope was not refused.")
        return ScopeRefusal(decided_at.date(), self.refused_because or self.revision.note, self.reason)
