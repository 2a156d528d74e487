"""How a verb says no, and the page that a person then reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


class Refusal(Exception):  # noqa: N818 — the house's word; the status makes it an answer, not a fault
    """A verb did not happen, and nothing was changed. ``reason`` is written for the person who asked.

    ``way_out`` is a path and the words on its link: where that person can go on from here.
    """

    status: ClassVar[int] = 409
    heading: ClassVar[str] = "That could not be done"

    def __init__(self, reason: str = "", *, way_out: tuple[str, str] = ("/", "Back to the start")) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_out = way_out


class NotAllowed(Refusal):
    """The person may see the thing, but their role does not allow the verb: 403."""

    status = 403
    heading = "Your role does not allow this"


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's; the answer is the same 404 for both."""

    status = 404
    heading = "Page not found"


class Conflict(Refusal):
    """Somebody was faster, or the thing is in a state that does not allow the verb: 409."""

    status = 409
    heading = "That is not possible right now"


class Gone(Refusal):
    """It was here once and will not come back: 410."""

    status = 410
    heading = "This is no longer available"


class RefusalMiddleware:
    """Answers a refusal that leaves a view with its status and a page that shows the way out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Raises Http404 for NotFound, so that Django's own answer leaves, byte for byte."""
        if isinstance(exception, NotFound):
            raise Http404 from exception
        if isinstance(exception, Refusal):
            return render(request, "refused.html", {"refusal": exception}, status=exception.status)
        return None
