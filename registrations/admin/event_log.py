"""The audit log, for leads to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.http import HttpRequest

from portal.audit.models import Event
from registrations.admin.paging import CappedPaginator


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """Shows, newest first. The database refuses changes anyway."""

    list_display = ("at", "verb", "outcome", "actor", "stream", "moved")
    list_filter = ("outcome",)
    ordering = ("-pk",)
    sortable_by = ()
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    list_max_show_all = 0
    show_facets = ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
