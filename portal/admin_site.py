"""The desk, which is Django's admin with our sign-in, our index and only our own lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

IndexRow = dict[str, Any]
"""A model on the index, as the admin's templates read it."""


class ListedFilters(ModelAdmin):
    """A list that a URL can filter only by ``list_filter``, never by a hidden column such as the password."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether a URL may filter by ``lookup``; otherwise the answer is 400."""
        return lookup in {f"{column}__exact" for column in self.list_filter}


class ReadOnly(ListedFilters):
    """A list that shows rows to users with the view permission and lets nobody change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordedChanges(ListedFilters):
    """A list whose rows can be edited; the transaction of each change records it as an event."""

    @abstractmethod
    def record_change(self, done: str, row: Any, *, by: Any) -> None:
        """Record that the row was ``added``, ``changed`` or ``deleted``."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self.record_change("added", obj, by=request.user)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry | None:  # type: ignore[override]
        """Log and record the change; nothing where the form was saved as it was, so the message is empty."""
        if not message:
            return None
        self.record_change("changed", obj, by=request.user)
        return super().log_change(request, obj, message)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.record_change("deleted", obj, by=request.user)
        super().delete_model(request, obj)


class MainList(ListedFilters):
    """The list that the desk is about; staff who may open nothing else are sent there from the index."""

    index_name = ""

    @abstractmethod
    def index_count(self) -> str:
        """What the index adds to the name, such as how many rows wait."""

    @abstractmethod
    def index_rows(self) -> list[IndexRow]:
        """The rows of the index for further pages that belong to the list."""


class DeskSite(AdminSite):
    """The site of the desk; the portal gives it in its ``AdminConfig``."""

    site_header = site_title = "Registration desk"
    index_title = "Desk"

    # Staff sign in on the same page as everybody else, with the same limits.
    login = method_decorator(secure_admin_login)(AdminSite.login)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a list of our own. Those that libraries bring are left out.

        They would edit without recording an event, and mark email addresses as confirmed.
        """
        if admin_class is not None and issubclass(admin_class, ListedFilters):
            super().register(model_or_iterable, admin_class, **options)

    def main_row(self, rows: Sequence[IndexRow]) -> tuple[IndexRow, MainList] | None:
        """The row of the main list, and its admin; None for staff who may not open it."""
        for row in rows:
            admin = self._registry.get(row["model"])
            if isinstance(admin, MainList):
                return row, admin
        return None

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if found := self.main_row(app["models"]):
                row, main = found
                row["name"] = main.index_name
                app["models"] += main.index_rows()
        return apps

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The index, or the main list for staff who may open nothing else."""
        apps = self.get_app_list(request)
        rows = [row for app in apps for row in app["models"]]
        found = self.main_row(rows)
        if found:
            row, main = found
            if len(rows) == 1 + len(main.index_rows()):
                return redirect(row["admin_url"])
            row["name"] = f"{main.index_name} ({main.index_count()})"
        context = {"app_list": apps, "may_see_desk": found is not None, **(extra_context or {})}
        return super().index(request, context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the account page, which has its own checks and sends an email."""
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the same page, where the message about the change is shown."""
        return redirect("account_change_password")
