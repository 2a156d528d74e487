"""The scopes, subject types and groups that every installation starts with.

The migration loads them, and so do the tests after they have emptied the database. Staff edit the catalogue
afterwards, so existing rows are left alone.
"""

from __future__ import annotations

from typing import Any

from registrations.rules.vocabulary import Tier

SCOPES = {
    "test:test": "Try out the connection. For testing only.",
    "users:read": "See the company's users.",
    "users:write": "Invite, change and remove users.",
    "export-jobs:read": "See bookkeeping export jobs.",
    "export-jobs:write": "Start and update bookkeeping export jobs.",
    "export-items:read": "See the items of bookkeeping exports.",
    "accounts:read": "See the chart of accounts.",
    "accounts:write": "Change the chart of accounts.",
    "companies:read": "See company details.",
    "tags:read": "See tags and tag groups.",
    "tags:write": "Change tags and tag groups.",
    "tax-codes:read": "See tax codes.",
    "tax-codes:write": "Change tax codes.",
    "vendors:read": "See vendors.",
    "vendors:write": "Change vendors.",
}
TIERS = {
    "accounts:write": Tier.SENSITIVE,
    "export-items:read": Tier.SENSITIVE,
    "vendors:write": Tier.RESTRICTED,
}
"""Scopes above the normal tier. Vendor records decide where money goes."""
SUBJECT_TYPES = {"company": "Company", "organisation": "Organisation with several companies"}

_CATALOGUE = tuple(
    f"registrations.{right}_{model}"
    for model in ("scope", "subjecttype", "decisionreason")
    for right in ("add", "change", "delete")
)
_READ = (
    "registrations.view_registration",
    "registrations.view_scope",
    "registrations.view_subjecttype",
    "registrations.view_decisionreason",
    "audit.view_event",
)
GROUPS = {
    "Auditors": _READ,
    "Reviewers": ("registrations.view_registration", "registrations.review_registration"),
    "PKCE approvers": (
        "registrations.view_registration",
        "registrations.review_registration",
        "registrations.decide_pkceexception",
    ),
    "Leads": (
        *_READ,
        "registrations.review_registration",
        "registrations.reassign_registration",
        "registrations.add_apitoken",
        "registrations.view_apitoken",
        *_CATALOGUE,
    ),
}
"""What each group may do; docs/access.md describes it."""


def load(apps: Any) -> None:
    """Add what is missing; ``apps`` is Django's app registry, current or as a migration sees it."""
    scope, subject_type = (apps.get_model("registrations", name) for name in ("Scope", "SubjectType"))
    has_tiers = any(column.name == "tier" for column in scope._meta.get_fields())  # not in early migrations
    for name, description in SCOPES.items():
        tier = {"tier": TIERS[name]} if has_tiers and name in TIERS else {}
        scope.objects.get_or_create(name=name, defaults={"description": description} | tier)
    for code, label in SUBJECT_TYPES.items():
        subject_type.objects.get_or_create(code=code, defaults={"label": label})
    load_groups(apps)


def load_tiers(apps: Any) -> None:
    """Set the tiers in a catalogue that is older than the tiers."""
    for name, tier in TIERS.items():
        apps.get_model("registrations", "Scope").objects.filter(name=name).update(tier=tier)


def load_groups(apps: Any) -> None:
    """Add the groups with those of their permissions that exist: a migration may run before some do."""
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in permission.objects.filter(
            content_type__app_label__in=("registrations", "audit")
        ).select_related("content_type")
    }
    for name, rights in GROUPS.items():
        row, _ = group.objects.get_or_create(name=name)
        row.permissions.add(*(known[right] for right in rights if right in known))
