"""The name that end users read: rules N-01 to N-10."""

from __future__ import annotations

from registrations.rules import brand
from registrations.rules.findings import Severity


def brand_verdict(text: str) -> Severity | None:
    """``REJECT`` for Pleo in any dress (N-05), ``WARN`` for what may be it (N-06), else ``None``."""
    return brand.verdict(text)
