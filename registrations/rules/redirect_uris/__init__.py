"""Which addresses may receive the authorization code: rules R-01 to R-68."""

from registrations.rules.redirect_uris.checks import WAIVABLE, check, check_all, host_of
from registrations.rules.redirect_uris.findings import FIELD
from registrations.rules.redirect_uris.shape import ParsedUri, split

__all__ = ["FIELD", "WAIVABLE", "ParsedUri", "check", "check_all", "host_of", "split"]
