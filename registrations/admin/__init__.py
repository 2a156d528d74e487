"""The reviewer's desk in Django's admin: it shows the record, and only verbs change it."""

from registrations.admin.catalogue import ScopeAdmin, SubjectTypeAdmin
from registrations.admin.event_log import EventAdmin
from registrations.admin.queue import RegistrationAdmin
from registrations.admin.reasons import DecisionReasonAdmin

__all__ = ["DecisionReasonAdmin", "EventAdmin", "RegistrationAdmin", "ScopeAdmin", "SubjectTypeAdmin"]
