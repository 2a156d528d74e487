"""What a client asks to be allowed: rules S-01 to S-07."""

from registrations.rules.scopes.checks import (
    FIELD,
    TEST_SCOPE,
    ScopeRefusal,
    check,
    check_all,
    check_reasons,
    writes,
)

__all__ = ["FIELD", "TEST_SCOPE", "ScopeRefusal", "check", "check_all", "check_reasons", "writes"]
