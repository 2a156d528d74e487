"""Whether a client may go without PKCE: rules P-01 to P-05."""

from registrations.rules.pkce.checks import (
    JUSTIFICATION_FIELD,
    REMINDER_DAYS,
    SUPPORT_FIELD,
    check,
    next_reminder,
)

__all__ = ["JUSTIFICATION_FIELD", "REMINDER_DAYS", "SUPPORT_FIELD", "check", "next_reminder"]
