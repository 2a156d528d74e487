"""The queue: the list of what partners submitted, its filters and its search."""

from registrations.admin.queue.registrations import RegistrationAdmin

__all__ = ["RegistrationAdmin"]
