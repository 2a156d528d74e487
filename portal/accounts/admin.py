"""Admin pages for users, groups, organisations and memberships; each change leaves an event."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join

from portal.accounts.actions import keep_former_name
from portal.accounts.events import AccountEvent
from portal.accounts.forms import NamedByStaffForm, UserForm
from portal.accounts.four_eyes import ask_for_superuser
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.recent_sign_in import last_sign_in
from portal.accounts.sessions import end_sessions_after_group_shrank, end_sessions_after_loss
from portal.admin_site import ReadOnly, RecordedChanges
from portal.audit.events import record
from portal.outbox.queue import enqueue

GROUPS = uuid.UUID("8b6c2d0e-52f1-4d51-9f0a-2f4f6c1e7a90")
"""Namespace for the UUIDs that identify groups in the audit log, since a group has none of its own."""


MOST_ALIKE = 10


class LeadsOnly(RecordedChanges):
    """An admin for superusers only."""

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

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show or save a row. A form that lost a race for a unique value is checked again, and says so."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def record_change(self, done: str, row: Any, *, by: Any) -> None:
        event = AccountEvent.named(f"{self.noun}_{done}")
        record(event, by=by, stream=self.stream(row), objects=[self.moved(row)], detail=self.facts(row))


@admin.register(User)
class UserAdmin(LeadsOnly):
    """Names and permissions. Nobody sets a password here: the owner of a new account sets it by email."""

    noun = "user"
    form = UserForm
    intro = "Everybody with an account. What somebody may do on the desk comes from their groups."
    search_help_text = "The search looks in email addresses and names."
    list_display = ("email", "full_name", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    fields = ("email", "full_name", "is_active", "is_staff", "is_superuser", "groups")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The email address is fixed once the account exists, because its owner has confirmed it."""
        return ("email",) if obj else ()

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[UserForm]:
        """The form, which knows when its reader signed in."""
        form: type[UserForm] = super().get_form(request, obj, change, **kwargs)  # type: ignore[assignment]
        form.signed_in_at = last_sign_in(request)
        return form

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Save it; superuser rights are only asked for, because a second superuser confirms them."""
        asks = cast(UserForm, form).asks_for_superuser
        obj.is_superuser = obj.is_superuser and not asks
        if not change:
            obj.set_unusable_password()
        obj.facts_before = self.facts(User.objects.get(pk=obj.pk)) if change else None  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
        if asks:
            ask_for_superuser(obj, by=cast(User, request.user), signed_in_at=last_sign_in(request))
            messages.info(request, "Superuser rights wait for a second superuser under Needs two people.")

    def record_change(self, done: str, row: User, *, by: Any) -> None:
        """Record the change. Whoever lost a right is signed out; a new person can set a password."""
        super().record_change(done, row, by=by)
        if done == "changed":
            end_sessions_after_loss(row, before=row.facts_before, after=self.facts(row), by=by)  # type: ignore[attr-defined]
        if done == "added" and row.is_active:
            enqueue("account_added", user=row.pk)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on as every list does, and say what the person gets."""
        invited = "They get an email with a link to choose a password. It works for three days."
        alone = "They get no email, because the account is not active."
        messages.info(request, invited if obj.is_active else alone)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        """Go on as every list does; whoever gave up a right of their own is signed out like anybody else."""
        response = super().response_change(request, obj)
        if obj.pk == request.user.pk and not request.session.exists(request.session.session_key or ""):
            request.session.flush()
        return response

    def stream(self, obj: User) -> uuid.UUID:
        return obj.pseudonym

    def facts(self, obj: User) -> dict[str, Any]:
        return obj.rights()


@admin.register(Group)
class GroupAdmin(LeadsOnly):
    """What the members of a group may do. No group is deleted, so that what it allowed stays on record."""

    noun = "group"
    intro = "What the members of a group may do on the desk."
    search_fields = ("name",)
    search_help_text = "The search looks in the names of groups."
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def save_model(self, request: HttpRequest, obj: Group, form: ModelForm[Group], change: bool) -> None:
        """Save it; its permissions are saved later, with what else belongs to it."""
        obj.permissions_before = self.permissions_of(obj) if change else set()  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def record_change(self, done: str, row: Group, *, by: Any) -> None:
        """Record the change. Whoever lost a right by it is signed out."""
        super().record_change(done, row, by=by)
        lost = row.permissions_before - self.permissions_of(row)  # type: ignore[attr-defined]
        end_sessions_after_group_shrank(row, lost=lost, by=by)

    def permissions_of(self, group: Group) -> set[int]:
        """The keys of what it allows, as they are stored."""
        return set(group.permissions.values_list("pk", flat=True))

    def stream(self, obj: Group) -> uuid.UUID:
        return uuid.uuid5(GROUPS, str(obj.pk))

    def facts(self, obj: Group) -> dict[str, Any]:
        return {"name": obj.name, "permissions": sorted(obj.permissions.values_list("codename", flat=True))}


@admin.register(Organisation)
class OrganisationAdmin(LeadsOnly):
    """Names of organisations. Staff add one where the rules reject its registered name."""

    noun = "organisation"
    intro = "Founders create their organisation; add one here where the rules refuse its registered name."
    search_help_text = "The search looks in the names of organisations."
    form = NamedByStaffForm
    fields = ("name", "brand_accepted_because", "looks_like", "closed_at")
    readonly_fields = ("looks_like", "closed_at")
    list_display = ("name", "uuid", "created_at", "closed_at")
    search_fields = ("name",)
    ordering = ("name",)

    def save_model(
        self, request: HttpRequest, obj: Organisation, form: ModelForm[Organisation], change: bool
    ) -> None:
        """Save it; a former name is kept, as it is where an admin of the organisation renames it."""
        if change and obj.name != form.initial["name"]:
            keep_former_name(obj, form.initial["name"], by=cast(User, request.user))
        super().save_model(request, obj, form, change)

    @admin.display(description="Looks like")
    def looks_like(self, obj: Organisation) -> str:
        """Links to the organisations with such a name; a new one has none yet."""
        alike = obj.looking_alike()[:MOST_ALIKE] if obj.pk else []
        pages = [(reverse("admin:accounts_organisation_change", args=[one.pk]), one.name) for one in alike]
        return format_html_join(", ", '<a href="{}"><bdi>{}</bdi></a>', pages) or "No other organisation"

    def stream(self, obj: Organisation) -> uuid.UUID:
        return obj.uuid

    def facts(self, obj: Organisation) -> dict[str, Any]:
        return {"accepted": ["N-05"] if obj.brand_accepted_because else []}


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    """Who belongs to which organisation. Only members and their admins change that, on their own pages."""

    intro = "Who belongs to which organisation, and in which role. Its admins decide on that."
    search_help_text = "The search looks in members’ email addresses and names, and in organisations’ names."
    fields = ("user", "organisation", "role", "joined_at")
    list_display = ("user", "organisation", "role", "joined_at")
    list_select_related = ("user", "organisation")
    list_filter = ("role", "is_exclusive")
    search_fields = ("user__email", "user__full_name", "organisation__name")
    ordering = ("pk",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)
