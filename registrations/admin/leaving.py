"""Keeps what is typed on a page of the desk with one form of its own when its reader leaves it unsent.

It is kept like a form that came without a session: for its writer alone, encrypted, for an hour. The notice
on every page leads back to it.
"""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect

from portal.accounts.decorators import SignedInRequest
from portal.json_answers import wants_json
from portal.kept_forms.keeping import NAMED, keep_for
from portal.kept_forms.offers import offer

LEAVES: Final = "leave"
"""Posted by the button that leads away without doing anything, and by the script while somebody types."""


def keep_unsent(request: SignedInRequest, form: forms.Form, address: str) -> str:
    """Keep what was posted, as the form at ``address``; returns its name, empty where nothing was typed."""
    kept = keep_for(request.user.pk, request, address) if form.has_changed() else None
    return offer(request, kept).uuid if kept else ""


def leave(request: SignedInRequest, form: forms.Form, address: str, *, to: str) -> HttpResponse:
    """Keep what was posted, and lead to the URL ``to``; a script gets the name of what is kept."""
    kept = keep_unsent(request, form, address)
    return JsonResponse({NAMED: kept}) if wants_json(request) else redirect(to)
