"""Ask whether a client secret is right."""

from __future__ import annotations

import json
from typing import ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables

from registrations import api_tokens
from registrations.api.authentication import PlainView, presented, require
from registrations.api.problems import Problem, invalid, not_found
from registrations.api.schema import VERIFY_SECRET
from registrations.api.tally import TALLY
from registrations.client_secrets import verifier_of
from registrations.domain.api_rights import Right
from registrations.queries.client_records import in_json, verify

_MEMBER: Final = "client_secret"


class VerifySecret(PlainView):
    """Whether a secret works for a client at this moment.

    Nothing is written while the server waits, and nobody is slowed down, however many were wrong.
    """

    right: ClassVar = Right.VERIFY
    http_method_names: ClassVar = ["post"]

    @VERIFY_SECRET
    def post(self, request: HttpRequest, client_id: str) -> HttpResponse:
        given = _verifier_in(request)
        caller, verdict = verify(
            api_tokens.hashes_of(presented(request)),
            client_id,
            given if isinstance(given, str) else "",
        )
        require(caller, Right.VERIFY, request)
        if isinstance(given, Problem):
            raise given
        if verdict is None:
            raise not_found()
        if not verdict.is_right:
            TALLY.wrong(verdict.registration)
        answer = {"active": verdict.active, "expires_at": in_json(verdict.expires_at)}
        return HttpResponse(json.dumps(answer), content_type="application/json")


@sensitive_variables()
def _verifier_in(request: HttpRequest) -> str | Problem:
    """The SHA-256 of the secret that was sent, which is all that is needed of it; else what is wrong."""
    if request.content_type != "application/json":
        return Problem(415, "Send application/json.")
    try:
        body = json.loads(request.body)
        return verifier_of(body[_MEMBER])
    except (ValueError, RecursionError):
        return invalid(body="This is not JSON in UTF-8.")
    except (AttributeError, KeyError, TypeError):
        return invalid(**{_MEMBER: "Send the client secret as a text."})
