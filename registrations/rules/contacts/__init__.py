"""The addresses that we write to: rules C-01 to C-11."""

from registrations.rules.contacts.checks import FIELD, check, check_all

__all__ = ["FIELD", "check", "check_all"]
