"""Admin pages for the catalogue: scopes, subject types and prepared reasons; each change is recorded."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.validators import RegexValidator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.admin_site import RecordedChanges
from portal.audit.events import record
from registrations.admin.paging import Listing
from registrations.events import RegistrationEvent
from registrations.models import DecisionReason, GivenReason, RequestedScope, Revision, Scope, SubjectType
from registrations.workflow.marks import look_again_at_scope

STREAMS = uuid.UUID("3b0f6a52-3d5c-4f0e-9f38-52d5c1f4a6e1")
"""The namespace of the catalogue's streams in the audit log: its rows have no UUID of their own."""

_SHAPE = RegexValidator(
    r"\A[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\Z", "Write it as resource:permission, for example users:read."
)


class CatalogueAdmin(RecordedChanges):
    """Rows that revisions refer to by name; a row in use can be neither renamed nor deleted."""

    noun = ""
    name_field = ""
    referring: type[Model]
    reference: str
    """The model that refers to these rows, and its field."""
    actions = None
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Listing

    def is_in_use(self, row: Any) -> bool:
        """Whether a revision, past or present, refers to it."""
        return self.referring._default_manager.filter(**{self.reference: row}).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (self.name_field,) if obj and self.is_in_use(obj) else ()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_delete_permission(request, row) or not self.is_in_use(row):
            return super().delete_view(request, object_id, extra_context)
        messages.error(
            request, f"{row} is in use, so it cannot be deleted. You can stop offering it instead."
        )
        return redirect(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", object_id)

    def record_change(self, done: str, row: Any, *, by: Any) -> None:
        name = getattr(row, self.name_field)
        record(
            RegistrationEvent.named(f"{self.noun}.{done}"),
            by=by,
            stream=uuid.uuid5(STREAMS, f"{self.noun}:{row.pk}"),
            objects=[f"{self.noun}:{name}"],
            detail=self.detail(row),
        )

    def detail(self, row: Any) -> dict[str, Any]:
        """What the event records about the row."""
        return {"is_offered": row.is_offered}


class ScopeForm(forms.ModelForm):
    class Meta:
        model = Scope
        fields = ("name", "description", "tier", "is_offered")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tier" in self.fields:  # absent for auditors, who only read
            self.fields["tier"].required = False
        if "name" in self.fields:
            self.fields["name"].validators.append(_SHAPE)

    def clean_tier(self) -> str:
        """Keep the current tier if none was posted."""
        return self.cleaned_data["tier"] or self.instance.tier


@admin.register(Scope)
class ScopeAdmin(CatalogueAdmin):
    """The scopes on offer. One that was ever requested can be taken off the offer, but not renamed."""

    noun, name_field = "scope", "name"
    referring, reference = RequestedScope, "scope"
    form = ScopeForm
    intro = "What clients can be allowed to do. A scope that was ever requested keeps its name."
    search_help_text = "The search looks in names and descriptions."
    list_display = ("name", "description", "tier", "is_offered")
    list_filter = ("tier", "is_offered")
    search_fields = ("name", "description")
    ordering = ("name",)

    def record_change(self, done: str, row: Scope, *, by: Any) -> None:
        super().record_change(done, row, by=by)
        look_again_at_scope(row)

    def detail(self, row: Scope) -> dict[str, Any]:
        return {**super().detail(row), "tier": row.tier}


@admin.register(SubjectType)
class SubjectTypeAdmin(CatalogueAdmin):
    """The subject types on offer."""

    noun, name_field = "subject_type", "code"
    referring, reference = Revision, "subject_type_preference"
    intro = "The kinds of resource that a client can work with. A type that was chosen keeps its code."
    search_fields = ("label", "code")
    search_help_text = "The search looks in labels and codes."
    list_display = ("label", "code", "is_offered")
    ordering = ("label",)


@admin.register(DecisionReason)
class DecisionReasonAdmin(CatalogueAdmin):
    """The reasons on offer. One that was ever given keeps its code, for the statistics."""

    noun, name_field = "decision_reason", "code"
    referring, reference = GivenReason, "reason"
    intro = "Words that reviewers can put into a decision. A reason that was given keeps its code."
    search_help_text = "The search looks in titles and codes."
    list_display = ("title", "code", "for_request_changes", "for_reject", "is_offered")
    search_fields = ("title", "code")
    ordering = ("title",)
