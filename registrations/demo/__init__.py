"""Demo people and registrations, for a developer's machine."""

from registrations.demo.people import ACCOUNTS, COLLEAGUE, LEAD, PARTNER, PASSWORD, REVIEWER, STRANGER
from registrations.demo.registrations import seed

__all__ = ["ACCOUNTS", "COLLEAGUE", "LEAD", "PARTNER", "PASSWORD", "REVIEWER", "STRANGER", "seed"]
