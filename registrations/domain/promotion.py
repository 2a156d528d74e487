"""What a registration for production takes over from a client that is live in staging."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from registrations.rules import redirect_uris
from registrations.rules.metadata import Metadata
from registrations.rules.vocabulary import Environment

_FOR_DEVELOPMENT: Final = frozenset({"R-63", "R-64"})
"""Rules about addresses that production refuses, or warns about, because they are for testing."""


def for_production(record: Metadata) -> tuple[Metadata, tuple[str, ...]]:
    """The record for production, and the redirect URIs that it leaves out."""
    kept = tuple(uri for uri in record.redirect_uris if not _is_for_development(uri))
    left_out = tuple(uri for uri in record.redirect_uris if uri not in kept)
    return replace(record, environment=Environment.PRODUCTION.value, redirect_uris=kept), left_out


def _is_for_development(uri: str) -> bool:
    found = redirect_uris.check(uri, environment=Environment.PRODUCTION)
    return any(finding.rule in _FOR_DEVELOPMENT for finding in found)
