"""Whether a client may go without PKCE: rules P-01 to P-09."""

from registrations.rules.pkce.checks import (
    JUSTIFICATION_FIELD,
    MOST_MONTHS,
    REMINDER_DAYS,
    SUPPORT_FIELD,
    WISHED_END_FIELD,
    RunningException,
    check,
    day_of,
    end_after,
    end_problem,
    next_reminder,
    renewal,
    wished_end,
)

__all__ = [
    "JUSTIFICATION_FIELD",
    "MOST_MONTHS",
    "REMINDER_DAYS",
    "SUPPORT_FIELD",
    "WISHED_END_FIELD",
    "RunningException",
    "check",
    "day_of",
    "end_after",
    "end_problem",
    "next_reminder",
    "renewal",
    "wished_end",
]
