"""The reviewer's desk in Django's admin: it shows the record, and only verbs change it."""

from django.contrib import admin

from registrations.admin.catalogue import ScopeAdmin, SubjectTypeAdmin
from registrations.admin.event_log import EventAdmin
from registrations.admin.front import furnish
from registrations.admin.queue import RegistrationAdmin
from registrations.admin.reasons import DecisionReasonAdmin

__all__ = ["DecisionReasonAdmin", "EventAdmin", "RegistrationAdmin", "ScopeAdmin", "SubjectTypeAdmin"]

admin.site.site_header = "Registration desk"
admin.site.site_title = "Registration desk"
admin.site.index_title = "Desk"
furnish(admin.site)
