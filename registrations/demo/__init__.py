"""Demo people and registrations, for a developer's machine."""

from registrations.demo.partners import PARTNER_ACCOUNTS
from registrations.demo.people import ACCOUNTS, COLLEAGUE, LEAD, PARTNER, PASSWORD, REVIEWER, STRANGER
from registrations.demo.registrations import seed
from registrations.demo.requests import REQUESTS, seed_requests

__all__ = [
    "ACCOUNTS",
    "COLLEAGUE",
    "LEAD",
    "PARTNER",
    "PARTNER_ACCOUNTS",
    "PASSWORD",
    "REQUESTS",
    "REVIEWER",
    "STRANGER",
    "seed",
    "seed_requests",
]
