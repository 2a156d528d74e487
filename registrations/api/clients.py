"""Read clients: one by its id, or those that changed."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from portal.epochs.models import Epoch
from registrations import api_tokens
from registrations.api.authentication import PlainView, presented, require
from registrations.api.problems import START_FROM_NOTHING, Problem, invalid, not_found
from registrations.api.schema import CHANGED_CLIENTS, ONE_CLIENT
from registrations.domain.api_rights import Right
from registrations.queries.client_records import changed_clients, client_record
from registrations.rules.vocabulary import Environment

_JSON: Final = "application/json"
_OTHER_EPOCH: Final = (
    "This cursor is from before the portal was restored from a backup. Forget all clients, and start from "
    "nothing."
)
_MOST_POSITIONS: Final = 2**63 - 1
_NUMBER: Final = re.compile("[0-9]{1,19}")  # Python refuses to read one with thousands of digits


class ClientRecord(PlainView):
    """One client, as it is in effect now."""

    right: ClassVar = Right.READ
    http_method_names: ClassVar = ["get", "head"]

    @ONE_CLIENT
    def get(self, request: HttpRequest, client_id: str) -> HttpResponse:
        caller, document = client_record(api_tokens.hashes_of(presented(request)), client_id)
        require(caller, Right.READ, request)
        if document is None:
            raise not_found()
        content = json.dumps(document).encode()
        # Of all that is sent: it changes, too, when time ends a secret or an exception.
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        answer = HttpResponse(content, content_type=_JSON, headers={"ETag": etag})
        if "HTTP_IF_NONE_MATCH" not in request.META:
            return answer
        return get_conditional_response(request, etag=etag, response=answer) or answer


class ChangedClients(PlainView):
    """The feed: every client at its last change, in the order of the changes."""

    right: ClassVar = Right.READ
    http_method_names: ClassVar = ["get", "head"]

    @CHANGED_CLIENTS
    def get(self, request: HttpRequest) -> HttpResponse:
        epoch = Epoch.objects.current()
        cursor = request.GET.get("changed_since", "")
        position = _position(cursor) if cursor else (epoch, 0)
        caller, page = changed_clients(
            api_tokens.hashes_of(presented(request)), position[1] if position else 0
        )
        caller = require(caller, Right.READ, request)
        wanted = request.GET.get("environment", caller.environment)
        if wanted not in set(Environment):
            raise invalid(environment="This is neither staging nor production.")
        if wanted != caller.environment:
            raise not_found()
        if position is None:
            raise invalid(changed_since="This is no cursor of this interface.")
        if position[0] != epoch:
            raise Problem(410, _OTHER_EPOCH, kind=START_FROM_NOTHING)
        found = page and {
            "clients": page.clients,
            "cursor": _cursor(epoch, page.position),
            "is_last": page.is_last,
        }
        return HttpResponse(json.dumps(found), content_type=_JSON)


def _cursor(epoch: str, position: int) -> str:
    """The position in the feed as an opaque text, which is of use in its own epoch alone."""
    return urlsafe_b64encode(f"{epoch}:{position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[str, int] | None:
    """The epoch and the position of a cursor; None for a text that is none."""
    try:
        text = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return None
    epoch, _, position = text.rpartition(":")
    is_number = _NUMBER.fullmatch(position) is not None and int(position) <= _MOST_POSITIONS
    return (epoch, int(position)) if is_number and _cursor(epoch, int(position)) == cursor else None
