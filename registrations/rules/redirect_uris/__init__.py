"""Which addresses may receive the authorization code: rules R-01 to R-68."""

from registrations.rules.redirect_uris.checks import FIELD, WAIVABLE, check, check_all, host_of, parse

__all__ = ["FIELD", "WAIVABLE", "check", "check_all", "host_of", "parse"]
