"""Demo people and registrations, for a developer's machine."""

from registrations.demo.registrations import (
    ACCOUNTS,
    COLLEAGUE,
    LEAD,
    PARTNER,
    PASSWORD,
    REVIEWER,
    STRANGER,
    seed,
)

__all__ = ["ACCOUNTS", "COLLEAGUE", "LEAD", "PARTNER", "PASSWORD", "REVIEWER", "STRANGER", "seed"]
