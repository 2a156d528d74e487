"""Live clients as authorization servers read them, each with the token that asks: one statement.

Servers ask at every request of theirs, and Django would take longer to build these statements than the
database to answer them. Each finds the token by its hash and joins what it may see, so that a token, its
rights and its environment are as they are at that moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from registrations.client_secrets import is_verifier
from registrations.domain.api_rights import Right
from registrations.domain.client_metadata import in_order
from registrations.domain.lifecycle import PkceStatus, RegistrationStatus, RevisionStatus, SecretStatus
from registrations.domain.rotation import GRACE_PERIODS
from registrations.models.api_token import COLUMNS
from registrations.queries.answers import logo_url

PAGE: Final = 500
"""Clients on one page of the feed."""
_AGGREGATES: Final = {
    "postgresql": {"array": "json_agg", "row": "json_build_array", "joined": "string_agg"},
    "sqlite": {"array": "json_group_array", "row": "json_array", "joined": "group_concat"},
}
_TOKEN: Final = ", ".join(f"token.{column}" for column in ("id", "hint", "environment", *COLUMNS.values()))
_CALLER: Final = """
    SELECT {token} FROM registrations_apitoken token
    WHERE token.keyed_hash IN ({hashes}) AND token.slot IS NOT NULL AND token.expires_at > %s
"""
_RECORDS: Final = """
    WITH token AS (
        SELECT {token} FROM registrations_apitoken token
        WHERE token.keyed_hash IN ({hashes}) AND token.slot IS NOT NULL AND token.expires_at > %s
    ), client AS (
        SELECT * FROM registrations_registration client
        WHERE client.environment = (SELECT environment FROM token) AND {which}
        ORDER BY client.feed_position LIMIT %s
    )
    SELECT {token}, client.client_id, client.status, client.record_updated_at, client.feed_position,
        live.number, live.client_name, live.client_uri, live.logo_id, live.tos_uri, live.policy_uri,
        live.contacts, live.initiation_uri, live.configuration_uri, live.environment,
        live.subject_type_preference_id,
        (SELECT CAST({array}(uri) AS text) FROM (
            SELECT uri FROM registrations_redirecturi WHERE revision_id = live.id ORDER BY position
        ) AS uris),
        (SELECT {joined}(scope_id, ' ') FROM (
            SELECT scope_id FROM registrations_requestedscope
            WHERE revision_id = live.id AND granted ORDER BY scope_id
        ) AS scopes),
        exception.expires_on,
        CASE WHEN token.may_read_verifiers THEN (
            SELECT CAST({array}({row}(uuid, verifier, status, expires_at, successor_until)) AS text) FROM (
                SELECT uuid, verifier, status, expires_at, successor_until
                FROM registrations_clientsecret
                WHERE registration_id = client.id AND status IN (%s, %s) ORDER BY id DESC
            ) AS secrets
        ) END
    FROM token
    LEFT JOIN client ON 1 = 1
    LEFT JOIN registrations_revision live ON live.registration_id = client.id AND live.status = %s
    LEFT JOIN registrations_pkceexception exception ON exception.registration_id = client.id
        AND exception.status = %s AND exception.expires_on >= %s
    ORDER BY client.feed_position
"""
"""The clients are limited before anything is joined, so that a page reads only what it shows."""
_VERIFIERS: Final = """
    SELECT {token}, client.id, client.status, secret.verifier, secret.expires_at
    FROM registrations_apitoken token
    LEFT JOIN registrations_registration client
        ON client.client_id = %s AND client.environment = token.environment
    LEFT JOIN registrations_clientsecret secret ON secret.registration_id = client.id AND (
        secret.status = %s OR secret.status = %s AND (secret.expires_at > %s OR secret.expires_at IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM registrations_clientsecret later
                WHERE later.registration_id = client.id AND later.id > secret.id
                AND later.revealed_at <= CASE secret.grace WHEN '24h' THEN %s WHEN '7d' THEN %s END
            )
        )
    )
    WHERE token.keyed_hash IN ({hashes}) AND token.slot IS NOT NULL AND token.expires_at > %s
"""
"""What works is what ``ClientSecretQuerySet.working_at`` says."""

_OF_TOKEN: Final = 3 + len(COLUMNS)
"""Columns of the token; what follows is the client's."""
_MAY_READ_VERIFIERS: Final = 3 + list(COLUMNS).index(Right.VERIFIERS)
_CLIENT: Final = (
    *("client_id", "status", "updated_at", "feed_position", "version", "client_name", "client_uri", "logo"),
    *("tos_uri", "policy_uri", "contacts", "initiation_uri", "configuration_uri", "environment"),
    *("subject_type_preference", "redirect_uris", "scope", "exception_until", "secrets"),
)
"""The columns of the client; most are members of its document under the same names."""
_POSITION: Final = _OF_TOKEN + _CLIENT.index("feed_position")
_HEX_DIGITS: Final = 32

_MAY_WORK: Final = (SecretStatus.ACTIVE.value, SecretStatus.RETIRING.value)
_CLIENT_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """The token that was presented."""

    pk: int
    hint: str
    environment: str
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed: the clients that changed after a position, and the position of the last of them.

    ``is_last`` is whether no other changed after that.
    """

    clients: Sequence[Document]
    position: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say about a secret of a client; ``registration`` is the client's key.

    ``is_right`` is whether it is one that is in use, ``active`` whether the client may authenticate with it
    now, and ``expires_at`` until when.
    """

    registration: int
    is_right: bool
    active: bool
    expires_at: datetime | None


def client_record(hashes: Sequence[str], client_id: str) -> tuple[Caller | None, Document | None]:
    """The client with this id, if there is one in the environment of the token."""
    database = _database()
    rows = _records(database, hashes, "client.client_id = %s", _stored(client_id, database), most=1)
    caller = _caller(rows)
    return caller, _document(rows[0], timezone.now()) if caller and _has_client(rows[0]) else None


def changed_clients(hashes: Sequence[str], after: int) -> tuple[Caller | None, Page | None]:
    """The clients whose last change has a later position, by position.

    None of a token that may not read them.
    """
    rows = _records(_database(), hashes, "client.feed_position > %s", after, most=PAGE + 1)
    caller, now = _caller(rows), timezone.now()
    if caller is None or Right.READ not in caller.rights:
        return caller, None
    found = [row for row in rows[:PAGE] if _has_client(row)]
    position = found[-1][_POSITION] if found else after
    return caller, Page([_document(row, now) for row in found], position, is_last=len(rows) <= PAGE)


def verify(hashes: Sequence[str], client_id: str, presented: str) -> tuple[Caller | None, Verdict | None]:
    """Whether ``presented`` is the verifier of a secret of the client that works now; None where the token
    sees no such client."""
    if not hashes:
        return None, None
    database = _database()
    now, adapted = timezone.now(), database.ops.adapt_datetimefield_value
    moments = [adapted(now), *(adapted(now - period) for period in GRACE_PERIODS.values())]
    values = [_stored(client_id, database), *_MAY_WORK, *moments, *hashes, moments[0]]
    rows = _read(database, _VERIFIERS, hashes, values)
    caller = _caller(rows)
    if caller is None or not _has_client(rows[0]):
        return caller, None
    registration, status, *_ = rows[0][_OF_TOKEN:]
    matching = [ends for *_, verifier, ends in rows if verifier and is_verifier(presented, verifier)]
    active = bool(matching) and status == RegistrationStatus.ACTIVE
    ends = _moment_of(matching[0]) if active else None
    return caller, Verdict(registration, is_right=bool(matching), active=active, expires_at=ends)


def caller_of(hashes: Sequence[str]) -> Caller | None:
    """The token that was presented, for a call about more than one client."""
    if not hashes:
        return None
    database = _database()
    now = database.ops.adapt_datetimefield_value(timezone.now())
    return _caller(_read(database, _CALLER, hashes, [*hashes, now]))


# --- Statements ----------------------------------------------------------------------------


def _database() -> BaseDatabaseWrapper:
    """The connection itself: to ask ``django.db.connection`` for each attribute takes a while."""
    return connections[DEFAULT_DB_ALIAS]


def _records(
    database: BaseDatabaseWrapper, hashes: Sequence[str], which: str, value: object, *, most: int
) -> list[tuple[Any, ...]]:
    if not hashes:
        return []
    now = timezone.now()
    live = (RevisionStatus.APPROVED.value, PkceStatus.IN_FORCE.value, now.date())
    stored_now = database.ops.adapt_datetimefield_value(now)
    values = [*hashes, stored_now, value, most, *_MAY_WORK, *live]
    return _read(database, _RECORDS, hashes, values, which=which)


def _read(
    database: BaseDatabaseWrapper,
    statement: str,
    hashes: Sequence[str],
    values: Sequence[Any],
    *,
    which: str = "",
) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(_in_dialect(statement, database.vendor, len(hashes), which), values)
        return cursor.fetchall()


@cache
def _in_dialect(statement: str, vendor: str, hashes: int, which: str) -> str:
    places = ", ".join(["%s"] * hashes)
    return statement.format(token=_TOKEN, hashes=places, which=which, **_AGGREGATES[vendor])


def _caller(rows: Sequence[tuple[Any, ...]]) -> Caller | None:
    if not rows:
        return None
    pk, hint, environment, *may = rows[0][: 3 + len(COLUMNS)]
    return Caller(pk, hint, environment, _rights(tuple(may)))


@cache
def _rights(may: tuple[bool | int, ...]) -> frozenset[Right]:
    return frozenset(right for right, has in zip(COLUMNS, may, strict=True) if has)


def is_client_id(text: str) -> bool:
    """Whether the text is a client id as the portal writes it."""
    return _CLIENT_ID.fullmatch(text) is not None


def _stored(client_id: str, database: BaseDatabaseWrapper) -> str | None:
    """The client id as the database stores it; None for a text that is none as the portal writes it."""
    if not is_client_id(client_id):
        return None
    return client_id if database.features.has_native_uuid_field else client_id.replace("-", "")


# --- What the database answers -------------------------------------------------------------


def _has_client(row: tuple[Any, ...]) -> bool:
    return row[_OF_TOKEN] is not None


def _document(row: tuple[Any, ...], now: datetime) -> Document:
    """The client as RFC 7591 has it, with what a server has to know besides."""
    found = dict(zip(_CLIENT, row[_OF_TOKEN:], strict=True))
    document = in_order(
        found
        | {
            "client_id": _uuid_text(found["client_id"]),
            "logo_uri": f"{settings.PORTAL_BASE_URL}{logo_url(logo)}" if (logo := found["logo"]) else "",
            "contacts": json.loads(found["contacts"]),
            "redirect_uris": json.loads(found["redirect_uris"]),
        }
    )
    exception_until = found["exception_until"]
    document["pkce_required"] = exception_until is None
    if exception_until is not None:
        document["pkce_exception_expires_on"] = str(exception_until)
    document["status"], document["version"] = found["status"], found["version"]
    document["updated_at"] = in_json(_moment_of(found["updated_at"]))
    if row[_MAY_READ_VERIFIERS]:
        document["client_secrets"] = _secrets(json.loads(found["secrets"] or "[]"), now)
    return document


def _secrets(rows: Sequence[Sequence[str | None]], now: datetime) -> list[Document]:
    """The secrets that may work, the newest first, each with its status at this moment."""
    found = []
    for uuid, verifier, status, expires_at, successor_until in rows:
        ends, waits_until = _moment_of(expires_at), _moment_of(successor_until)
        if ends and ends <= now:
            continue
        if waits_until and waits_until <= now:
            status = SecretStatus.ACTIVE.value
        found.append(
            {"id": _uuid_text(uuid), "verifier": verifier, "status": status, "expires_at": in_json(ends)}
        )
    return found


def in_json(moment: datetime | None) -> str | None:
    """The moment as the API writes it: RFC 3339, in UTC and to the microsecond."""
    if moment is None:
        return None
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _moment_of(value: datetime | str | None) -> datetime | None:
    """A moment as the database gives it: SQLite and JSON as text, without a zone where that is UTC."""
    if value is None or isinstance(value, datetime):
        return value
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _uuid_text(value: UUID | str | None) -> str:
    """A UUID as it is written: SQLite has it without hyphens."""
    text = str(value)
    if len(text) != _HEX_DIGITS:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
