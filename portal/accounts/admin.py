"""Admin pages for users, groups, organisations and memberships; each change is recorded as an event."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest

from portal.accounts.events import AccountEvent
from portal.accounts.forms import MembershipForm
from portal.accounts.models import Membership, Organisation, User
from portal.audit.events import record

GROUPS = uuid.UUID("8b6c2d0e-52f1-4d51-9f0a-2f4f6c1e7a90")
"""Namespace for the UUIDs that identify groups in the audit log, since a group has none of its own."""


class ListedFilters(admin.ModelAdmin):
    """A list that a URL can filter only by ``list_filter``, never by a hidden column such as the password."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether a URL may filter by ``lookup``; otherwise the answer is 400."""
        return lookup in {f"{column}__exact" for column in self.list_filter}


class LeadsOnly(ListedFilters):
    """An admin for superusers only; records an event in the transaction of each change."""

    noun = ""
    stream: Callable[[Any], uuid.UUID]
    """Returns the event stream that a row belongs to."""
    facts: Callable[[Any], dict[str, Any]]
    """Returns the event's detail: the row after the change, without personal data."""

    def moved(self, obj: Any) -> str:
        """The row's name in the event's list of objects."""
        return f"{self.noun}:{self.stream(obj)}"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self._record("added", request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self._record("changed", request, obj)
        return super().log_change(request, obj, message)

    def _record(self, done: str, request: HttpRequest, obj: Any) -> None:
        lead: Any = request.user
        event = AccountEvent.spelled(f"{self.noun}_{done}")
        record(event, by=lead, stream=self.stream(obj), objects=[self.moved(obj)], detail=self.facts(obj))


@admin.register(User)
class UserAdmin(LeadsOnly):
    """Names and permissions. Nobody sets a password here: the owner of a new account sets it by email."""

    noun = "user"
    list_display = ("email", "full_name", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    fields = ("email", "full_name", "is_active", "is_staff", "is_superuser", "groups")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The email address is fixed once the account exists, because its owner has confirmed it."""
        return ("email",) if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        if not change:
            obj.email = obj.email.lower()
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def stream(self, obj: User) -> uuid.UUID:
        return obj.pseudonym

    def facts(self, obj: User) -> dict[str, Any]:
        rights = {name: getattr(obj, name) for name in ("is_active", "is_staff", "is_superuser")}
        return rights | {"groups": sorted(obj.groups.values_list("name", flat=True))}


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(LeadsOnly):
    """What the members of a group may do."""

    noun = "group"
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def stream(self, obj: Group) -> uuid.UUID:
        return uuid.uuid5(GROUPS, str(obj.pk))

    def facts(self, obj: Group) -> dict[str, Any]:
        return {"name": obj.name, "permissions": sorted(obj.permissions.values_list("codename", flat=True))}


class ReadOnly(ListedFilters):
    """An admin that shows rows to users with the view permission and lets nobody change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ("name", "uuid", "created_at")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Membership)
class MembershipAdmin(LeadsOnly):
    """Who belongs to which organisation. Partners remove members themselves, on their own page."""

    noun = "member"
    form = MembershipForm
    fields = ("user", "organisation", "role")
    raw_id_fields = ("user", "organisation")
    list_display = ("user", "organisation", "role", "joined_at")
    list_select_related = ("user", "organisation")
    list_filter = ("role",)
    search_fields = ("user__email", "organisation__name")
    ordering = ("pk",)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("user", "organisation") if obj else ()

    def stream(self, obj: Membership) -> uuid.UUID:
        return obj.organisation.uuid

    def moved(self, obj: Membership) -> str:
        return f"member:{obj.user.pseudonym}"

    def facts(self, obj: Membership) -> dict[str, Any]:
        return {"role": obj.role}


# Only the confirmation email may mark an address as confirmed, so the admin does not list them.
admin.site.unregister(EmailAddress)

# Staff sign in on the same page as everybody else, with the same limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
