"""The name that end users read: rules N-01 to N-11."""

from registrations.rules.client_names.brand import verdict as brand_verdict
from registrations.rules.client_names.checks import FIELD, check, normalise, skeleton, suggestion

__all__ = ["FIELD", "brand_verdict", "check", "normalise", "skeleton", "suggestion"]
