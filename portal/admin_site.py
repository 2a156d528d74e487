"""The desk, which is Django's admin with our sign-in, our index and only our own lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout as sign_out
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst

IndexRow = dict[str, Any]
"""A model on the index, as the admin's templates read it."""


class Link(NamedTuple):
    """The name and address of a page, for the navigation."""

    name: str
    url: str


class ListedFilters(ModelAdmin):
    """A list that a URL can filter only by ``list_filter``, never by a hidden column such as the password.

    ``index_name`` is what the desk calls the list, if not by its model, and ``intro`` what it is about. The
    navigation names lists of daily work one by one, and the others under *Administration*. A list that can be
    searched says in ``search_help_text`` what is searched.
    """

    index_name = ""
    intro = ""
    is_daily = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether a URL may filter by ``lookup``; otherwise the answer is 400."""
        return lookup in {f"{column}__exact" for column in self.list_filter}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list under the name that the navigation has for it."""
        name = self.index_name or capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": name, "intro": self.intro, **(extra_context or {})})


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
    """The list that the desk is about. Whoever may open it gets its front page as the index."""

    @abstractmethod
    def front_page(self, request: HttpRequest) -> HttpResponse:
        """What waits for the person who asks."""

    @abstractmethod
    def pages(self) -> list[Link]:
        """Further pages that belong to the list, for the navigation."""


class DeskSite(AdminSite):
    """The site of the desk; the portal gives it in its ``AdminConfig``."""

    site_header = site_title = "Registration desk"
    index_title = "Desk"
    enable_nav_sidebar = False  # the navigation stands in the header

    # Staff sign in on the same page as everybody else, with the same limits.
    login = method_decorator(secure_admin_login)(AdminSite.login)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a list of our own. Those that libraries bring are left out.

        They would edit without recording an event, and mark email addresses as confirmed.
        """
        if admin_class is not None and issubclass(admin_class, ListedFilters):
            super().register(model_or_iterable, admin_class, **options)

    def _list(self, row: IndexRow) -> ListedFilters:
        return cast(ListedFilters, self._registry[row["model"]])

    def main_row(self, rows: Sequence[IndexRow]) -> tuple[IndexRow, MainList] | None:
        """The row of the main list, and its admin; None for staff who may not open it."""
        for row in rows:
            admin = self._list(row)
            if isinstance(admin, MainList):
                return row, admin
        return None

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for row in _rows(apps):
            row["name"] = self._list(row).index_name or row["name"]
        return apps

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the desk gets: the navigation, too, of what the reader may open."""
        context = super().each_context(request)
        rows = _rows(context["available_apps"])
        found = self.main_row(rows)
        daily = [Link(found[0]["name"], found[0]["admin_url"]), *found[1].pages()] if found else []
        others: list[Link] = []
        for row in rows:
            admin = self._list(row)
            if not isinstance(admin, MainList):
                (daily if admin.is_daily else others).append(Link(row["name"], row["admin_url"]))
        if request.user.is_active and request.user.is_superuser:
            others.append(Link("Lost second factors", reverse("lost_factors")))
        front = Link("My work" if found else self.index_title, reverse("admin:index"))
        return {**context, "front_page": front, "daily_pages": daily, "other_pages": others}

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What waits for the reader; for staff who may not see the queue, the lists that they may open."""
        found = self.main_row(_rows(self.get_app_list(request)))
        if found:
            _, main = found
            return main.front_page(request)
        return super().index(request, extra_context)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out as on every other page."""
        response: HttpResponse = sign_out(request)
        return response

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


def _rows(apps: Sequence[IndexRow]) -> list[IndexRow]:
    return [row for app in apps for row in app["models"]]
