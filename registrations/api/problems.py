"""What the API refuses, and how it says so (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from portal.problems import problem
from portal.refusals import Refusal

NO_CLIENT: Final = "There is no such client in the environment of this token."
START_FROM_NOTHING: Final = "start-from-nothing"
_INVALID: Final = "invalid"
_MOST_ERRORS: Final = 100
"""Of a report with very many mistakes, these are named: an answer with all would take megabytes."""
_REALM: Final = 'Bearer realm="client registration"'


class Problem(Exception):  # noqa: N818 — an answer with its own status, not an error
    """The call is refused. ``kind`` is a heading of the reader's page that says more about it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers
        self.kind = f"{settings.PORTAL_BASE_URL}/api/docs/#{kind}" if kind else "about:blank"

    def response(self) -> HttpResponse:
        """The answer."""
        return problem(self.status, self.detail, kind=self.kind, errors=self.errors, headers=self.headers)


def unauthorized(*, was_given: bool) -> Problem:
    """401: there is no token, or none that works (RFC 6750 section 3)."""
    why = ', error="invalid_token"' if was_given else ""
    detail = "This token does not work." if was_given else "Send a token: Authorization: Bearer crp_…"
    return Problem(401, detail, headers={"WWW-Authenticate": f"{_REALM}{why}"})


def forbidden(right: str) -> Problem:
    """403: the token lacks the right."""
    challenge = f'{_REALM}, error="insufficient_scope", scope="{right}"'
    return Problem(403, f"This token lacks the right “{right}”.", headers={"WWW-Authenticate": challenge})


def not_found() -> Problem:
    """404: the same for a client that is unknown, was never live or belongs to another environment."""
    return Problem(404, NO_CLIENT)


def invalid(**errors: str) -> Problem:
    """400: what was sent is wrong; each error by the name of the parameter or member."""
    found = [{"name": name, "detail": detail} for name, detail in errors.items()]
    return Problem(400, "The request is not valid.", kind=_INVALID, errors=found)


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse | Response | None:
    """The answer to an exception in a view of the REST framework; None leaves it to Django."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, Refusal):
        return Problem(error.status, error.reason or NO_CLIENT).response()
    if isinstance(error, Http404):
        return not_found().response()
    if isinstance(error, exceptions.ValidationError):
        return invalid(**dict(islice(_errors_of(error.detail), _MOST_ERRORS))).response()
    if isinstance(error, exceptions.MethodNotAllowed):
        allowed = ", ".join(context["view"].allowed_methods)
        return Problem(error.status_code, str(error.detail), headers={"Allow": allowed}).response()
    if isinstance(error, exceptions.APIException):
        return Problem(error.status_code, str(error.detail)).response()
    return None


def _errors_of(detail: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """The errors of a serializer by the path of the member, such as ``clients.3.version``."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            inside = place if name == api_settings.NON_FIELD_ERRORS_KEY else f"{place}.{name}".strip(".")
            yield from _errors_of(below, inside)
    elif isinstance(detail, list) and any(isinstance(one, dict) for one in detail):
        for number, below in enumerate(detail):
            yield from _errors_of(below, f"{place}.{number}" if place else str(number))
    else:
        yield place or "body", " ".join(map(str, detail if isinstance(detail, list) else [detail]))
