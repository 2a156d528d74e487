"""The desk's index page; somebody who only reviews is redirected to the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import RedirectView

from registrations.admin import exceptions
from registrations.admin.paging import MOST_ROWS
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Revision

QUEUE_NAME = "Review queue"
"""The name of the list of registrations wherever the desk mentions it."""

_OF_THE_DESK: Final = frozenset({"Registration", "PkceException"})
"""The index rows of somebody who only reviews; the queue links to the exceptions."""

AppList = list[dict[str, Any]]


def furnish(site: AdminSite) -> None:
    """Replace the site's index page, and name the queue.

    The admin's own password pages redirect to the account page, which has its own checks and sends
    an email.
    """
    site.get_app_list = _named(site.get_app_list)  # type: ignore[method-assign]
    site.index = _front(site, site.index)  # type: ignore[method-assign, assignment]
    change_password = RedirectView.as_view(pattern_name="account_change_password")
    site.password_change = change_password  # type: ignore[method-assign, assignment]
    site.password_change_done = change_password  # type: ignore[method-assign, assignment]


def _named(listed: Callable[..., AppList]) -> Callable[..., AppList]:
    def get_app_list(request: HttpRequest, app_label: str | None = None) -> AppList:
        apps = listed(request, app_label)
        for row in _queue_rows(apps):
            row["name"] = QUEUE_NAME
        for app in apps:
            if _queue_rows([app]):
                app["models"].append(exceptions.app_row())
        return apps

    return get_app_list


def _front(site: AdminSite, index: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def front(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        apps = site.get_app_list(request)
        queues = _queue_rows(apps)
        if queues and _OF_THE_DESK.issuperset(row["object_name"] for app in apps for row in app["models"]):
            return redirect("admin:registrations_registration_changelist")
        for row in queues:
            row["name"] = f"{QUEUE_NAME} ({_waiting()} waiting)"
        return index(request, {"app_list": apps, "may_see_desk": bool(queues), **(extra_context or {})})

    return front


def _queue_rows(apps: AppList) -> AppList:
    return [row for app in apps for row in app["models"] if row["object_name"] == "Registration"]


def _waiting() -> str:
    """How many revisions wait for a decision, counted only as far as the queue can be paged."""
    waiting = Revision.objects.filter(status=RevisionStatus.UNDER_REVIEW)
    count = waiting.order_by()[: MOST_ROWS + 1].count()
    return f"more than {MOST_ROWS}" if count > MOST_ROWS else str(count)
