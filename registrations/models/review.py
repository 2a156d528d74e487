"""What reviewers decide besides the decision: values accepted although a rule rejects them, and
restricted scopes that a second person confirms."""

from django.conf import settings
from django.db import models

from registrations.models.registration import Registration
from registrations.models.revision import Revision
from registrations.rules.overrides import OVERRIDABLE


class Override(models.Model):
    """A reviewer's answer to "ask a reviewer" (rule G-06).

    It holds for the registration, so that a later revision with the same value needs no second
    answer; ``revision`` is the one it was given on.
    """

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="overrides")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=8)
    value = models.TextField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "rule", "value"], name="override_once"),
            models.CheckConstraint(
                condition=models.Q(rule__in=sorted(OVERRIDABLE)), name="override_of_a_rule_that_can_be"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} for {self.value}"


class ScopeConfirmation(models.Model):
    """A second person's yes to the restricted scopes of a revision, by name: what becomes restricted
    afterwards is not among them.

    Whoever gives it does not approve the revision; that is the verb's to see to.
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
