"""The exports of the audit log, as CSV and as JSON lines: read in parts, and never silently cut."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from portal.audit.models import Event
from registrations.admin import csv_files
from registrations.admin.log_names import LogNames
from registrations.events import desk_wording

MOST_EXPORTED: Final = 100_000
PART: Final = 500
"""Events in memory at a time, with the names of people and clients that they need."""
_HEAD: Final = (
    "at",
    "event",
    "verb",
    "outcome",
    "person",
    "actor",
    "client_name",
    "stream",
    "objects",
    "secrets_end_in",
    "detail",
    "uuid",
)


def as_csv(listed: QuerySet[Event]) -> StreamingHttpResponse:
    """The events as a table; the last line of a file that was cut says so."""
    return csv_files.answer("audit-log", _HEAD, _csv_rows(listed))


def as_json_lines(listed: QuerySet[Event]) -> StreamingHttpResponse:
    """The events as one JSON object a line; the last line says how many there are, and whether it was cut."""
    response = StreamingHttpResponse(_json_lines(listed), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="audit-log.jsonl"'
    return response


def _csv_rows(listed: QuerySet[Event]) -> Iterator[list[csv_files.Cell]]:
    for count, values in enumerate(islice(_values(listed), MOST_EXPORTED + 1)):
        if count == MOST_EXPORTED:
            yield [f"Cut here: only the newest {MOST_EXPORTED} events that match are in this file."]
            return
        lists = {name: " ".join(values[name]) for name in ("objects", "secrets_end_in")}
        detail = json.dumps(values["detail"], ensure_ascii=False) if values["detail"] else ""
        row = values | lists | {"detail": detail}
        yield [row[name] for name in _HEAD]


def _json_lines(listed: QuerySet[Event]) -> Iterator[str]:
    count = 0
    for count, values in enumerate(islice(_values(listed), MOST_EXPORTED + 1), start=1):
        if count <= MOST_EXPORTED:
            yield json.dumps(values, ensure_ascii=False) + "\n"
    yield json.dumps({"events": min(count, MOST_EXPORTED), "is_cut": count > MOST_EXPORTED}) + "\n"


def _values(listed: QuerySet[Event]) -> Iterator[dict[str, Any]]:
    """Each event by the names of the head; a few statements for each part."""
    rows = listed[: MOST_EXPORTED + 1].iterator(chunk_size=PART)
    while part := list(islice(rows, PART)):
        yield from _part(part)


def _part(part: list[Event]) -> Iterable[dict[str, Any]]:
    names = LogNames(part)
    for event in part:
        yield {
            "at": event.at.isoformat(timespec="milliseconds"),
            "event": desk_wording(event.verb),
            "verb": event.verb,
            "outcome": event.outcome,
            "person": names.person(event),
            "actor": event.actor,
            "client_name": names.client(event),
            "stream": str(event.stream),
            "objects": list(map(str, event.moved)),
            "secrets_end_in": [secret.hint for secret in names.hints.of(event)],
            "detail": event.detail,
            "uuid": str(event.uuid),
        }
