"""Answers in JSON, for scripts that ask for them. A refusal says why in ``reason``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse

_JSON = "application/json"


def wants_json(request: HttpRequest) -> bool:
    """Whether the request accepts JSON and no page: neither a link nor a form does."""
    return request.get_preferred_type(["text/html", _JSON]) == _JSON


def refused_in_json(reason: str, *, status: int, **more: Any) -> JsonResponse:
    """The refusal with its status, and with whatever else the script needs to go on."""
    return JsonResponse({"reason": reason, **more}, status=status)
