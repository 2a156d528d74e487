"""The reviewer's desk in Django's admin: it shows the record, and only verbs change it."""

from registrations.admin.catalogue import DecisionReasonAdmin, ScopeAdmin, SubjectTypeAdmin
from registrations.admin.event_log import EventAdmin
from registrations.admin.queue import RegistrationAdmin
from registrations.admin.tokens import ApiTokenAdmin
from registrations.admin.two_people import StaffRequestAdmin

__all__ = [
    "ApiTokenAdmin",
    "DecisionReasonAdmin",
    "EventAdmin",
    "RegistrationAdmin",
    "ScopeAdmin",
    "StaffRequestAdmin",
    "SubjectTypeAdmin",
]
