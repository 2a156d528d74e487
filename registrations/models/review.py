"""What reviewers record besides a decision: values accepted although a rule rejects them, and a second
person's confirmations of restricted scopes."""

from typing import Self

from django.conf import settings
from django.db import models

from registrations.models.registration import Registration
from registrations.models.revision import Revision
from registrations.rules.overrides import OVERRIDABLE


class OverrideQuerySet(models.QuerySet["Override"]):
    def in_environment(self, environment: str) -> Self:
        """Those given for that environment; until the first approval the partner may choose the other one."""
        return self.filter(revision__environment=environment)

    def pairs(self) -> set[tuple[str, str]]:
        """The rule and the value of each: one statement."""
        return set(self.values_list("rule", "value"))


class Override(models.Model):
    """A reviewer's acceptance of a value that the partner asked to have accepted (rule G-06).

    It applies to the registration, so that a later revision with the same value needs no second one, unless
    that is for the other environment; ``revision`` is the one on which it was given.
    """

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="overrides")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=8)
    value = models.TextField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "rule", "value"], name="override_once"),
            models.CheckConstraint(
                condition=models.Q(rule__in=sorted(OVERRIDABLE)), name="override_of_a_rule_that_can_be"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} for {self.value}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log, which holds no value."""
        return f"override:{self.pk}"


class ScopeConfirmation(models.Model):
    """A second person's confirmation of the restricted scopes of a revision.

    ``scopes`` holds their names, so that a scope that becomes restricted later is not included. The
    person who confirms may not approve the revision as well; the verb checks that, no constraint does.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="scope_confirmations")
    scopes = models.JSONField()
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "confirmed_by"], name="scope_confirmation_once"),
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="scope_confirmation_of_a_scope"),
        ]

    def __str__(self) -> str:
        return f"restricted scopes of {self.revision}"
