"""Views whose forms are kept when they cannot be acted on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from portal.kept_forms import keeping, offers

SIGNED_OUT: Final = (
    "You are signed out. If this form was yours, we keep what you typed for an hour: sign in to go on."
)


def keeps_what_is_typed(
    view: Callable[..., HttpResponse], *, shown_at: Callable[[HttpRequest], str] | None = None
) -> Callable[..., HttpResponse]:
    """Keep a form that comes without a session, and ask its sender to sign in.

    ``shown_at`` says the address that shows the form, where it is another one than that to which it is
    posted. The view then asks to sign in itself.

    The answer is the same whether anything was kept or not. A kept form is deleted once its owner has posted
    it again. Never mark a view that asks for a password or for a secret. A script that accepts only JSON
    keeps what was typed in its own page, and gets the view's answer. What it posts by itself deletes the
    kept form only where that is saved: nobody asked for it, and its answer holds nothing that was typed.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            if not request.accepts("text/html"):
                return view(request, *args, **kwargs)
            keeping.keep(request, offers.address_of_form(request))
            messages.info(request, SIGNED_OUT)
            return view(request, *args, **kwargs) if shown_at else redirect_to_login(request.path)
        response = view(request, *args, **kwargs)
        forget_what_was_sent(request, response)
        return response

    guarded.keeps_what_is_typed = True  # type: ignore[attr-defined]
    guarded.form_is_shown_at = shown_at  # type: ignore[attr-defined]
    return guarded


def forget_what_was_sent(request: HttpRequest, response: HttpResponse) -> None:
    """Delete the kept form that the post names, now that the response shows or has saved what was typed."""
    is_shown_or_saved = request.accepts("text/html") or response.status_code < HTTPStatus.BAD_REQUEST
    named = request.POST.get(keeping.NAMED)
    if request.user.is_authenticated and is_shown_or_saved and named:
        keeping.discard(request.user, named)
        offers.withdraw(request, named)


def is_kept(request: HttpRequest) -> bool:
    """Whether the request's view keeps forms, and its sender reads pages."""
    return offers.has_view_that_keeps(request) and request.accepts("text/html")
