"""The admin page where leads edit the prepared reasons; every change records an event."""

from __future__ import annotations

from django.contrib import admin

from registrations.admin.catalogue import CatalogueAdmin
from registrations.models import DecisionReason, GivenReason


@admin.register(DecisionReason)
class DecisionReasonAdmin(CatalogueAdmin):
    """The reasons on offer. One that was ever given keeps its code, for the statistics."""

    noun, name_field = "decision_reason", "code"
    referring, reference = GivenReason, "reason"
    list_display = ("title", "code", "for_request_changes", "for_reject", "is_offered")
    search_fields = ("title", "code")
    ordering = ("title",)
