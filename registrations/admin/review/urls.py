"""The URLs of the review page and of its verbs.

The page is shown at ``review/``. Its forms post to the verbs; what is posted to ``review/`` itself is led
to the same views, by ``views.VIEWS_BY_FIELD``. A verb's URL takes nothing but a POST: 405 otherwise.
"""

from __future__ import annotations

from functools import partial

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from registrations.admin.pages import verb_view
from registrations.admin.review import history, telling, views


def urls(site: AdminSite) -> list[URLPattern]:
    """The page and each verb, for people who may enter the admin."""
    view, name = partial(verb_view, site), "registrations_registration"
    return [
        path("<any_uuid:uuid>/review/", site.admin_view(views.review), name=f"{name}_review"),
        path("<any_uuid:uuid>/decide/", view(views.decide), name=f"{name}_decide"),
        path("<any_uuid:uuid>/preview/", view(views.preview), name=f"{name}_preview"),
        path("<any_uuid:uuid>/keep/", view(views.keep), name=f"{name}_keep"),
        path("<any_uuid:uuid>/tell/", view(telling.tell), name=f"{name}_tell"),
        path("<any_uuid:uuid>/history/", site.admin_view(history.history), name=f"{name}_history"),
        path("<any_uuid:uuid>/checklist/", view(views.save_checklist), name=f"{name}_checklist"),
        path("<any_uuid:uuid>/pkce/", view(views.decide_pkce), name=f"{name}_pkce"),
        path("<any_uuid:uuid>/override/", view(views.accept_value), name=f"{name}_override"),
        path("<any_uuid:uuid>/confirm-scopes/", view(views.confirm_scopes), name=f"{name}_confirm_scopes"),
        path("<any_uuid:uuid>/comments/", view(views.write_comment), name=f"{name}_comments"),
    ]
