"""People in the admin: a lead edits staff, groups and who belongs where, with an event each."""

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
from portal.accounts.membership_form import MembershipForm
from portal.accounts.models import Membership, Organisation, User
from portal.audit.events import record

GROUPS = uuid.UUID("8b6c2d0e-52f1-4d51-9f0a-2f4f6c1e7a90")
"""The namespace of the groups' streams in the audit log: groups have no UUID of their own."""


class ListedFilters(admin.ModelAdmin):
    """A list narrowed by the filters beside it, and by no column that it does not show, like a password."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether an address may narrow the list so; what may not is answered with 400."""
        return lookup in {f"{column}__exact" for column in self.list_filter}


class LeadsOnly(ListedFilters):
    """Open to superusers; each change leaves an event in the transaction that makes it."""

    noun = ""
    stream: Callable[[Any], uuid.UUID]
    """Of a row: whose story the event belongs to."""
    facts: Callable[[Any], dict[str, Any]]
    """What the event says about the row after the change; nothing personal."""

    def moved(self, obj: Any) -> str:
        """The name of the row in the event."""
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
    """Rights and names. Passwords are out of reach: a new account sets its own by mail."""

    noun = "user"
    list_display = ("email", "full_name", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    fields = ("email", "full_name", "is_active", "is_staff", "is_superuser", "groups")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The address of an account is confirmed by its owner, so nobody else rewrites it."""
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
    """Shows rows to those with the right to view them; changes them for nobody."""

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
    """Who belongs to which organisation. Partners end memberships themselves, on their own page."""

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


# Which addresses are confirmed is shown by nothing and set by the email alone.
admin.site.unregister(EmailAddress)

# Staff sign in on the same page, with the same limits, as everybody else.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
