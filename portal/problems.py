"""Problem documents (RFC 9457): how the interface for machines answers what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

MACHINES: Final = "/api/v1/"
CONTENT_TYPE: Final = "application/problem+json"
_DETAILS: Final[Mapping[int, str]] = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    408: "The request did not arrive in time.",
    411: "The request has to say how long its body is.",
    413: "The body of the request is too long.",
    429: "There were too many requests in a short time.",
    500: "Something is wrong with the portal. It has been logged.",
    503: "The portal or its database does not answer in time. Try again.",
}
"""What is said about a refusal that comes from outside the interface."""


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer with its problem document. ``errors`` name wrong members of what was sent."""
    document: dict[str, Any] = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = list(errors)
    return HttpResponse(json.dumps(document), status=status, content_type=CONTENT_TYPE, headers=headers)


class ProblemsMiddleware:
    """Gives machines a problem document where the site would answer with a page.

    It keeps the headers of the page, such as ``Allow`` and ``Retry-After``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        is_page = answer.status_code >= 400 and answer.headers.get("Content-Type") != CONTENT_TYPE
        if is_page and request.path_info.startswith(MACHINES):
            said = _DETAILS.get(answer.status_code, HTTPStatus(answer.status_code).description)
            answer.content = problem(answer.status_code, said).content
            answer.headers["Content-Type"] = CONTENT_TYPE
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer
