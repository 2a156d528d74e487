"""The URLs of the review page and of its verbs."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from registrations.admin.review.views import VERBS, review


def urls(site: AdminSite) -> list[URLPattern]:
    """The page and each verb, for people who may enter the admin."""
    return [
        path(
            f"<uuid:uuid>/{verb}/",
            site.admin_view(view),
            name=f"registrations_registration_{verb.replace('-', '_')}",
        )
        for verb, view in {"review": review, **VERBS}.items()
    ]
