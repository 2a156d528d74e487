"""Whether a client may go without PKCE: rules P-01 to P-08."""

from registrations.rules.pkce.checks import (
    JUSTIFICATION_FIELD,
    REMINDER_DAYS,
    SUPPORT_FIELD,
    RunningException,
    check,
    next_reminder,
    renewal,
)

__all__ = [
    "JUSTIFICATION_FIELD",
    "REMINDER_DAYS",
    "SUPPORT_FIELD",
    "RunningException",
    "check",
    "next_reminder",
    "renewal",
]
