"""Reads a line about a client that is older than the portal: what ``adopt_clients`` takes over.

It has the members of RFC 7591 with Pleo's own, as ``client_metadata.py`` writes them, and those of
:data:`OWN_MEMBERS`. What no row could hold is refused here; what only the rules reject is not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from registrations.domain.document_reading import FIXED_MEMBERS, read
from registrations.domain.draft_data import metadata_of
from registrations.domain.json_documents import UnreadableDocument, parse
from registrations.domain.secret_members import leaves
from registrations.rules import client_names, redirect_uris
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.findings import quote
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import WEB_URI_FIELDS
from registrations.rules.vocabulary import (
    MAX_HOST_LENGTH,
    MAX_NAME_LENGTH,
    MAX_URI_LENGTH,
    Environment,
    PkceSupport,
)

OWN_MEMBERS: Final = frozenset(
    {
        "client_id",
        "client_id_issued_at",
        "client_secrets",
        "organisation",
        "pkce_exception_expires_on",
        "registration_status",
    }
)
"""Members of a line that are no part of the record."""
_REQUIRED: Final = ("client_uri", "tos_uri", "policy_uri")
_VERIFIER: Final = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING: Final = hashlib.sha256().hexdigest()
_EXPECTED: Final = (
    'It has to be `[{"verifier": "…"}]` with the SHA-256 in 64 lower-case hex digits. A secret that a newer '
    "one replaces has `expires_at`, a time with its zone."
)
_ACTIVE: Final = "active"
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Problem(NamedTuple):
    """What is wrong with a member of a line, or not taken over; without ``member``, with all of it."""

    member: str
    reason: str

    def __str__(self) -> str:
        return f"{self.member}: {self.reason}" if self.member else self.reason


class LineRefused(ValueError):  # noqa: N818 - a refused line, not a program error
    """The client of this line cannot be adopted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(*map(str, self.problems))


class KnownSecret(NamedTuple):
    """A secret of which only the SHA-256 is known; ``expires_at`` is its end if a newer one replaces it."""

    verifier: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class OlderClient:
    """A client as its line describes it; ``notes`` are about members that are not taken over."""

    client_id: UUID
    organisation: str
    record: Metadata
    secrets: tuple[KnownSecret, ...]
    active_since: datetime | None
    notes: tuple[Problem, ...]


def older_client(line: str, *, now: datetime) -> OlderClient:
    """The client of a line. Raises :class:`LineRefused` with everything that is wrong with it."""
    try:
        document = parse(line)
        if not isinstance(document, dict):
            raise UnreadableDocument("A line has to be a JSON object.")
        members = {name: value for name, value in document.items() if name not in OWN_MEMBERS}
        reading = read(members)
    except UnreadableDocument as error:
        raise LineRefused(
            Problem("", words.replace("Line 1, c", "C")) for words in error.complaints
        ) from None
    record = metadata_of(reading.data, logo_digest=None)
    problems = [*_unstorable(document), *_of_client(document, now), *_of_record(record, document)]
    notes: list[Problem] = []
    for unused in reading.unused:
        is_other = unused.key in FIXED_MEMBERS and members[unused.key] is not None
        found = problems if unused.can_be_mended or is_other else notes
        found.append(Problem(unused.shown, unused.reason))
    notes += [Problem(used.shown, used.note) for used in reading.used if used.note]
    if record.client_name != members.get("client_name", ""):
        notes.append(Problem("client_name", f"It is stored as “{quote(record.client_name)}”."))
    secrets = _secrets(document.get("client_secrets"), problems, now)
    if problems:
        raise LineRefused(dict.fromkeys(problems))
    return OlderClient(
        UUID(document["client_id"]),
        document["organisation"],
        record,
        secrets,
        _moment(document.get("client_id_issued_at")),
        tuple(notes),
    )


def _unstorable(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Members with characters that no database stores."""
    for name, value in document.items():
        if any("\0" in text or _has_surrogate(text) for text in (name, *leaves(value))):
            yield Problem(quote(name), "It has a null character or half of a surrogate pair.")


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def _of_client(document: Mapping[str, Any], now: datetime) -> Iterator[Problem]:
    """What is wrong with the members that are no part of the record, except the secrets."""
    client_id, organisation = document.get("client_id"), document.get("organisation")
    if not isinstance(client_id, str) or not _is_canonical(client_id):
        yield Problem("client_id", "It has to be a UUID in lower case, with hyphens.")
    if not isinstance(organisation, str) or not organisation.strip():
        yield Problem("organisation", "Give the name of the organisation.")
    if document.get("registration_status", _ACTIVE) not in (None, _ACTIVE):
        yield Problem("registration_status", "Only active clients are adopted. Leave out the others.")
    if document.get("client_id_issued_at") is not None:
        issued_at = _moment(document["client_id_issued_at"])
        if issued_at is None or not _EARLIEST <= issued_at <= now:
            yield Problem("client_id_issued_at", "It has to be a past time in seconds since 1970, UTC.")
    if "client_secret" in document:
        yield Problem("client_secret", "This is a secret. Give its SHA-256 in `client_secrets` instead.")


def _is_canonical(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _moment(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _of_record(record: Metadata, document: Mapping[str, Any]) -> Iterator[Problem]:
    """What of the record no row can hold, and what a client cannot do without."""
    if not client_names.skeleton(record.client_name):
        yield Problem("client_name", "It needs a letter or a digit.")
    if len(record.client_name) > MAX_NAME_LENGTH:
        yield Problem("client_name", f"It is longer than {MAX_NAME_LENGTH} characters.")
    for name in WEB_URI_FIELDS:
        if len(getattr(record, name)) > MAX_URI_LENGTH:
            yield Problem(name, f"It is longer than {MAX_URI_LENGTH} characters.")
        if name in _REQUIRED and not getattr(record, name):
            yield Problem(name, "It is missing.")
    if document.get("environment") not in list(Environment):
        yield Problem("environment", "It has to be `staging` or `production`.")
    if record.pkce_support != PkceSupport.SUPPORTED:
        reason = "No reviewer has granted an exception here. Set `pkce_required` to true, or leave it out."
        yield Problem("pkce_support" if "pkce_support" in document else "pkce_required", reason)
    if not record.scope:
        yield Problem("scope", "It has to name at least one scope.")
    if not record.redirect_uris:
        yield Problem("redirect_uris", "It has to name at least one.")
    for place, uri in enumerate(record.redirect_uris):
        if reason := _why_not_stored(uri) or _repeats(uri, record.redirect_uris[:place]):
            yield Problem("redirect_uris", f"“{quote(uri)}” {reason}")


def _why_not_stored(uri: str) -> str:
    """Why no row can hold the redirect URI; empty if one can."""
    if len(uri) > MAX_URI_LENGTH or len(redirect_uris.host_of(uri)) > MAX_HOST_LENGTH:
        return f"is longer than {MAX_URI_LENGTH} characters, or its host than {MAX_HOST_LENGTH}."
    if not uri.startswith(("https://", "http://")):
        return "does not start with `https://`."
    if uri.startswith("http://") and redirect_uris.host_of(uri) not in LOOPBACK_HOSTS:
        return "uses `http` for a host that is not the loopback interface."
    if "*" in uri or "#" in uri:
        return "has a `*` or `#` in it."
    return ""


def _repeats(uri: str, before: tuple[str, ...]) -> str:
    return "is there twice." if uri in before else ""


def _secrets(given: object, problems: list[Problem], now: datetime) -> tuple[KnownSecret, ...]:
    """The secrets, the newest first: one that works for good, one with an end, or both."""
    found = [_secret(entry) for entry in given] if isinstance(given, list) else []
    secrets = tuple(secret for secret in found if secret)
    if not secrets or len(secrets) < len(found):
        problems.append(Problem("client_secrets", _EXPECTED))
    ends = [secret.expires_at for secret in secrets if secret.expires_at]
    if len(ends) > 1 or len(secrets) - len(ends) > 1:
        problems.append(
            Problem("client_secrets", "At most two work: one without `expires_at`, and an older one with it.")
        )
    if any(secret.verifier == _OF_NOTHING for secret in secrets):
        problems.append(
            Problem("client_secrets", "This is the SHA-256 of an empty text, which is no secret.")
        )
    if any(end <= now for end in ends):
        problems.append(Problem("client_secrets", "A secret whose `expires_at` is over: leave it out."))
    return tuple(sorted(secrets, key=lambda secret: secret.expires_at is not None))


def _secret(entry: object) -> KnownSecret | None:
    if not isinstance(entry, dict) or entry.keys() - {"expires_at"} != {"verifier"}:
        return None
    verifier, text = entry["verifier"], entry.get("expires_at")
    if not isinstance(verifier, str) or not _VERIFIER.fullmatch(verifier):
        return None
    if text is None:
        return KnownSecret(verifier, None)
    try:
        expires_at = datetime.fromisoformat(text)
        return KnownSecret(verifier, expires_at.astimezone(UTC)) if expires_at.tzinfo else None
    except (OverflowError, TypeError, ValueError):
        return None
