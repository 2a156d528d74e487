"""Report what a server serves, and when clients and secrets were last used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.authentication import ServerView
from registrations.api.problems import invalid, not_found
from registrations.api.schema import (
    APPLIED,
    INVENTORY,
    USAGE,
    ServedState,
    UsageReport,
    WholeInventory,
)
from registrations.domain.api_rights import Right
from registrations.queries.client_records import Caller, in_json, is_client_id
from registrations.queries.served import State
from registrations.workflow import served, usage
from registrations.workflow.usage import CLOCKS_DIFFER, Use


class AppliedState(ServerView):
    """The state in which one client is served."""

    right: ClassVar = Right.APPLIED
    http_method_names: ClassVar = ["put"]

    @APPLIED
    def put(self, request: Request, client_id: str) -> Response:
        reported = _state_in(_checked(ServedState, request))
        if not is_client_id(client_id):
            raise not_found()
        found = served.book(_environment(request), UUID(client_id), reported)
        return Response(
            {
                "version": found.version,
                "updated_at": in_json(found.updated_at),
                "is_current": found == reported,
            }
        )


class FullInventory(ServerView):
    """All that is served."""

    right: ClassVar = Right.APPLIED
    http_method_names: ClassVar = ["put"]

    @INVENTORY
    def put(self, request: Request) -> Response:
        clients = _checked(WholeInventory, request)["clients"]
        drift = served.book_inventory(
            _environment(request), {one["client_id"]: _state_in(one) for one in clients}
        )
        return Response({"missing": drift.missing, "extra": drift.extra, "stale": drift.stale})


class Usage(ServerView):
    """When clients and secrets were last used."""

    right: ClassVar = Right.USAGE
    http_method_names: ClassVar = ["post"]

    @USAGE
    def post(self, request: Request) -> Response:
        uses = [
            Use(one["client_id"], one.get("secret_id"), one["last_used_at"])
            for one in _checked(UsageReport, request)["uses"]
        ]
        latest = timezone.now() + CLOCKS_DIFFER
        early = [number for number, use in enumerate(uses) if use.last_used_at > latest]
        if early:
            raise invalid(**{f"uses.{number}.last_used_at": "This is in the future." for number in early})
        unknown = usage.book(_environment(request), uses)
        return Response({"unknown": [_named(use) for use in unknown]})


def _checked(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What the body says. Raises what becomes a problem that names each wrong member."""
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    found: dict[str, Any] = body.validated_data
    return found


def _environment(request: Request) -> str:
    """That of the token; the permission of the view has seen to it that there is one."""
    return cast(Caller, request.auth).environment


def _state_in(body: Mapping[str, Any]) -> State:
    return State(body["version"], body["updated_at"])


def _named(use: Use) -> dict[str, UUID]:
    return {"client_id": use.client_id} | ({"secret_id": use.secret_id} if use.secret_id else {})
