"""The scopes and subject types that partners choose from; staff edit them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.db import models
from django.db.models import Value

from registrations.models.columns import choices, one_of
from registrations.rules import scopes
from registrations.rules.vocabulary import Tier


class Scope(models.Model):
    """An API scope of the form ``resource:permission`` (RFC 6749 section 3.3, rule S-04)."""

    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=200, help_text="What it allows, in a partner's words.")
    tier = models.CharField(
        max_length=12,
        choices=choices(Tier),
        default=Tier.NORMAL,
        db_default=Tier.NORMAL,
        help_text="Sensitive: the partner says why. Restricted: a second reviewer confirms it as well.",
    )
    is_offered = models.BooleanField(default=True, help_text="Whether new drafts may ask for it.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="scope_has_name"),
            models.CheckConstraint(condition=one_of("tier", Tier), name="scope_tier_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def writes(self) -> bool:
        """Whether it allows changes: shown to the reviewer for information."""
        return scopes.writes(self.name)

    @property
    def is_reasoned(self) -> bool:
        """Whether the partner has to say why they need it (rule S-07)."""
        return self.tier != Tier.NORMAL

    @property
    def is_restricted(self) -> bool:
        """Whether a second reviewer has to confirm it."""
        return self.tier == Tier.RESTRICTED


class SubjectType(models.Model):
    """A type of resource a client works with: Pleo's own field, not OpenID's ``subject_type``
    (rules T-01 to T-03)."""

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=100)
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="subject_type_has_code"),
        ]

    def __str__(self) -> str:
        return self.label


class Offer(NamedTuple):
    """What partners can choose: scopes as (name, description), subject types as (code, label).

    ``tiers`` maps the scopes above the normal tier to their tier.
    """

    scopes: list[tuple[str, str]]
    subject_types: list[tuple[str, str]]
    tiers: Mapping[str, str] = MappingProxyType({})

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """By field of the record, what its options are in words."""
        return {"scope": dict(self.scopes), "subject_type_preference": dict(self.subject_types)}


def offered() -> Offer:
    """Read the current offer, both tables in one statement; each list in its table's order."""
    scopes = Scope.objects.filter(is_offered=True).order_by()
    types = SubjectType.objects.filter(is_offered=True).order_by()
    rows = scopes.values_list(Value("scope"), "name", "description", "tier").union(
        types.values_list(Value("subject_type"), "code", "label", Value("")), all=True
    )
    found: dict[str, list[tuple[str, str]]] = {"scope": [], "subject_type": []}
    tiers = {}
    for kind, name, words, tier in rows:
        found[kind].append((name, words))
        if kind == "scope" and tier != Tier.NORMAL:
            tiers[name] = tier
    by_label = sorted(found["subject_type"], key=lambda pair: pair[1])
    return Offer(scopes=sorted(found["scope"]), subject_types=by_label, tiers=tiers)
