"""Security headers, error pages, and the requests that are refused before they reach a view."""

import sys
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.urls import Resolver404, resolve
from redis.exceptions import RedisError

from portal.body_sizes import is_form_with_file, is_too_long
from portal.json_answers import refused_in_json, wants_json
from portal.refusal_pages import refusal_page

_EXPIRED = "This page has expired. Reload it."
Next = Callable[[HttpRequest], HttpResponse]

NUL = "\x00"
UNREADABLE = "unreadable"
REFUSED = "portal.refused"
"""WSGI environment key: the status with which the server refuses the request, 408 or 503."""
RETRY_AFTER = "30"
"""Seconds after which a client may try again."""
PERMISSIONS_POLICY = ", ".join(
    (
        "camera=()",
        "geolocation=()",
        "microphone=()",
        "payment=()",
        "usb=()",
        "clipboard-write=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    )
)


class PrivatePagesMiddleware:
    """Sets headers that keep pages out of caches, search engines and other sites' pages.

    It runs before the middleware for static files, so that it covers those and every error page too.
    A view that sets Cache-Control itself (a logo never changes) keeps what it set.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # SecurityMiddleware, below, sets none of these when it redirects an unknown host to https.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


class ReadableRequestMiddleware:
    """Answers 413 to a body that is too large, 411 to one of unknown length, 400 to what is not UTF-8.

    It also renders the pages for requests that the server itself refuses: 408 and 503.

    The length is checked before anything reads the body, because Django's own limits leave files out.
    A NUL in path, query or cookie would otherwise reach the database, and a form in another
    encoding would break the error page, which reads it again. The forms check their own values.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = _refused_by_server(request) or _refused_for_length(request) or _refused_as_text(request)
        return refusal or self.get_response(request)


class PortalRequest(WSGIRequest):
    """A request that survives an invalid Content-Type, on which Django fails before any middleware runs."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # the stubs leave it out
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {"charset": UNREADABLE}


class PortalHandler(WSGIHandler):
    """Django's handler, with `PortalRequest` as its requests."""

    request_class = PortalRequest


def _refused_by_server(request: HttpRequest) -> HttpResponse | None:
    status = request.META.get(REFUSED)
    if status is None:
        return None
    with suppress(Resolver404):
        request.resolver_match = resolve(request.path_info)  # for the log
    return too_slow(request) if status == HTTPStatus.REQUEST_TIMEOUT else unavailable(request)


def _refused_for_length(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body that is too long, or whose length is unknown or invalid.

    A chunked body gives no length (RFC 9112, section 6.3), and no browser submits a form that way.
    """
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return HttpResponse(loader.render_to_string("411.html"), status=411)
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return bad_request(request)
    if is_too_long(request, length):
        return too_large(request)
    return bad_request(request) if length < 0 else None


def _refused_as_text(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body that is not UTF-8, a query with too many fields, and a NUL in path, query or cookies.

    The charset is spelled as Django expects it for forms; a cookie can contain a NUL as an octal escape.
    Django's own error page reads the query again, and would fail on one with too many fields.
    """
    if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
        request.encoding = "utf-8"
        return bad_request(request)
    texts = [request.path_info, *request.COOKIES, *request.COOKIES.values()]
    try:
        query = list(request.GET.lists())
    except TooManyFieldsSent:
        return bad_request(request)
    for name, values in query:
        texts += [name, *values]
    return bad_request(request) if any(NUL in text for text in texts) else None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from another site; ``reason`` is not shown to users.

    A script gets 400 and a new token, with which it may ask again. Another site cannot read the answer.
    """
    if wants_json(request):
        return refused_in_json(_EXPIRED, status=400, csrf_token=get_token(request))
    return refusal_page(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read, so the page is rendered without it; 413 for too much text."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: the body is longer than it may be, and was not read. A form with a file is linked to."""
    context = {"form": request.path if is_form_with_file(request) else ""}
    return HttpResponse(loader.render_to_string("413.html", context), status=413)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the user lacks a permission."""
    return refusal_page(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what does not exist and for what belongs to somebody else."""
    return refusal_page(request, "404.html", status=404)


def too_slow(request: HttpRequest) -> HttpResponse:
    """408: the body did not arrive in time."""
    return HttpResponse(loader.render_to_string("408.html"), status=408)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the portal, its database or its cache does not answer in time."""
    page = loader.render_to_string("unavailable.html")
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 if the database or Redis is down or too slow.

    Only allauth's limits use the cache, and an attempt that cannot be counted is refused. SQLite raises
    OperationalError for an invalid statement too, which is a 500.

    Whatever failed may fail again, so the page needs neither context nor database.
    """
    error = sys.exception()
    is_wrong = getattr(getattr(error, "__cause__", None), "sqlite_errorname", "") == "SQLITE_ERROR"
    if isinstance(error, (OperationalError, InterfaceError, RedisError)) and not is_wrong:
        return unavailable(request)
    return HttpResponse(loader.get_template("500.html").render(), status=500)
