"""Who calls: the bearer token of a request, and what views of the API have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from registrations import api_tokens
from registrations.api.problems import Problem, forbidden, unauthorized
from registrations.api.tally import TALLY
from registrations.domain.api_rights import Right
from registrations.queries.client_records import Caller, caller_of

_SCHEME: Final = "bearer "


def presented(request: HttpRequest) -> str:
    """The token in the request; empty without one."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    return header[len(_SCHEME) :].strip() if header[: len(_SCHEME)].lower() == _SCHEME else ""


def require(caller: Caller | None, right: Right, request: HttpRequest) -> Caller:
    """The caller, if the token works and has the right; the log names it. Raises ``Problem``."""
    if caller is None:
        raise unauthorized(was_given="HTTP_AUTHORIZATION" in request.META)
    TALLY.used(caller.pk)
    request.caller = caller.hint  # type: ignore[attr-defined]  # for the log
    if right not in caller.rights:
        raise forbidden(right)
    return caller


class TokenAuthentication(BaseAuthentication):
    """Finds the caller by the token, for views that answer through the REST framework."""

    def authenticate(self, request: Request) -> tuple[None, Caller]:
        """The caller as ``request.auth``; there is no user. Raises ``Problem`` where no token works."""
        right: Right = request.parser_context["view"].right
        found = caller_of(api_tokens.hashes_of(presented(request._request)))
        return None, require(found, right, request._request)


class HasRight(BasePermission):
    """Lets in whom :class:`TokenAuthentication` found, which has looked at the right already."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, Caller)


class BodyParser(JSONParser):
    """JSON; what is nested too deeply for Python is refused like any other that cannot be read."""

    def parse(self, *given: Any, **more: Any) -> Any:
        try:
            return super().parse(*given, **more)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None


class JsonAlone(DefaultContentNegotiation):
    """Answers in JSON whatever is asked for, so that nothing is said before the token is looked at."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type or ""


class ServerView(APIView):
    """A view for authorization servers; ``right`` is what the token needs."""

    content_negotiation_class = JsonAlone
    authentication_classes = (TokenAuthentication,)
    permission_classes = (HasRight,)
    parser_classes = (BodyParser,)

    right: ClassVar[Right]


class PlainView(ServerView):
    """A view that Django calls without the REST framework's dispatch, which would take longer than the
    answer. It is in the schema all the same.

    It authenticates with its own statement, and takes and returns what a plain Django view does.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = (request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            return HttpResponseNotAllowed([name.upper() for name in self.http_method_names])
        try:
            answered: HttpResponse = handler(request, *args, **kwargs)
        except Problem as problem:
            return problem.response()
        return answered


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes the tokens."""

    target_class = "registrations.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "crp_…"}
