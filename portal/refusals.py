"""The exceptions with which a verb refuses, and the middleware that turns them into pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from portal.json_answers import refused_in_json, wants_json
from portal.refusal_pages import refusal_page

START: Final = ("/", "Back to the start")


class Refusal(Exception):  # noqa: N818 — an answer to the user with its own status, not an error
    """A verb refused and changed nothing. ``reason`` is shown to the user.

    ``way_out`` is the path and text of a link to where the user can continue, if the verb knows one.
    """

    status: ClassVar[int] = 409
    heading: ClassVar[str] = "We could not do that"
    template: ClassVar[str] = "refused.html"

    def __init__(self, reason: str = "", *, way_out: tuple[str, str] = START) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_out = way_out

    @property
    def knows_way_out(self) -> bool:
        """Whether it leads anywhere else than to the start."""
        return self.way_out != START


class NotAllowed(Refusal):
    """403: the user may see the record, but their role does not allow the verb."""

    status = 403
    heading = "Your role does not allow this"


class NotFound(Refusal):
    """404: the record does not exist or belongs to somebody else; the answer is the same for both."""

    status = 404
    heading = "Page not found"


class Conflict(Refusal):
    """409: somebody else was faster, or the record's status does not allow the verb."""

    status = 409
    heading = "That is not possible right now"


class Gone(Refusal):
    """410: the record existed and will not come back."""

    status = 410
    heading = "This is no longer available"


class RefusalMiddleware:
    """Answers a refusal raised in a view with its status and a page that links to the way out.

    A method that a view does not take gets a page too, where the view has written none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and not answer.content:
            answer.content = refusal_page(request, "405.html", status=405).content
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal. Raises Http404 for NotFound, so that both answers are the same."""
        if isinstance(exception, NotFound):
            raise Http404 from exception
        if isinstance(exception, Refusal) and wants_json(request):
            return refused_in_json(exception.reason, status=exception.status)
        if isinstance(exception, Refusal):
            return refusal_page(request, exception.template, {"refusal": exception}, status=exception.status)
        return None
