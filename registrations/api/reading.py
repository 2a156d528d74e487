"""The OpenAPI schema, and the page on which people read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from registrations.domain.api_rights import ABOUT

_METHODS: Final = ("get", "put", "post")

Node = Mapping[str, Any]


@cache
def document() -> dict[str, Any]:
    """The schema; it is the same as long as the process lives."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found | {"servers": [{"url": settings.PORTAL_BASE_URL}]}


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The schema as JSON, for programs."""
    return HttpResponse(json.dumps(document(), default=str), content_type="application/vnd.oai.openapi+json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The schema as a page, for people."""
    context = {
        "operations": list(_operations(document())),
        "rights": [(right.value, words) for right, words in ABOUT.items()],
    }
    return render(request, "registrations/api_docs.html", context)


@dataclass(frozen=True)
class Member:
    """One parameter, or one member of a document; ``members`` are those of what it holds."""

    name: str
    kind: str
    is_required: bool
    about: str
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A status with which an operation answers."""

    status: str
    kind: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Operation:
    """One operation, as the page shows it."""

    name: str
    method: str
    path: str
    right: str
    summary: str
    about: str
    parameters: tuple[Member, ...]
    body: tuple[Member, ...]
    answers: tuple[Answer, ...]
    refusals: str


def _operations(found: Node) -> Iterator[Operation]:
    for path, methods in found["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                yield _operation(found, path, method, operation)


def _operation(found: Node, path: str, method: str, operation: Node) -> Operation:
    answers = operation["responses"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        right=operation["x-right"],
        summary=operation["summary"],
        about=operation.get("description", ""),
        parameters=tuple(
            Member(one["name"], _kind(one["schema"]), one.get("required", False), one.get("description", ""))
            for one in operation.get("parameters", ())
        ),
        body=_members(found, body),
        answers=tuple(
            Answer(status, kind, _members(found, content["schema"]))
            for status, said in answers.items()
            if status < "400"
            for kind, content in said.get("content", {}).items()
        ),
        refusals=", ".join(status for status in sorted(answers) if status >= "400"),
    )


def _members(found: Node, schema: Node) -> tuple[Member, ...]:
    """The members of a document, or of those in a list."""
    whole = _whole(found, schema.get("items", schema))
    required = whole.get("required", ())
    return tuple(
        Member(
            name,
            _kind(_whole(found, member)),
            name in required,
            member.get("description", "") or _whole(found, member).get("description", ""),
            _members(found, member),
        )
        for name, member in whole.get("properties", {}).items()
    )


def _whole(found: Node, schema: Node) -> Node:
    """The schema that is meant, if this one only names it."""
    named = schema.get("$ref") or next((one["$ref"] for one in schema.get("allOf", ()) if "$ref" in one), "")
    return found["components"]["schemas"][named.rpartition("/")[2]] if named else schema


def _kind(schema: Node) -> str:
    """What it holds, in a few words."""
    if options := schema.get("enum"):
        return " or ".join(str(one) for one in options if one is not None)
    kinds = schema.get("type", "object")
    words = kinds if isinstance(kinds, str) else " or ".join(kinds)
    return f"{words}, {schema['format']}" if "format" in schema else words
