"""The scopes that a client may request: rules S-01 to S-07.

Order of the checks: S-01 S-02 S-03 S-06 S-04, then the warning S-05; S-07 checks the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from registrations.rules.findings import Finding, Severity, quote
from registrations.rules.vocabulary import (
    MAX_SCOPE_LENGTH,
    MAX_SCOPE_REASON_LENGTH,
    MIN_SCOPE_REASON_LENGTH,
    Environment,
)

FIELD: Final = "scope"
TEST_SCOPE: Final = "test:test"
_OUTSIDE: Final = re.compile(r"[^\x21\x23-\x5B\x5D-\x7E]")
_OUTSIDE_LIST: Final = re.compile(r"[^\x20\x21\x23-\x5B\x5D-\x7E]")
_SEPARATORS: Final = re.compile(r"[,;+|/&]")
_CATCH_ALL: Final = frozenset({"all", "any", "everything", "full"})
_MAX_TOKEN_LENGTH: Final = 100
"""A longer name gets no suggestion of a similar one."""


def check(
    scope: str, *, catalogue: Collection[str], environment: Environment | str | None = None
) -> list[Finding]:
    """Findings about a scope in its RFC 6749 section 3.3 form: names joined by single spaces.

    ``index`` is the place of the name in the list. ``catalogue`` holds the names that exist.
    """
    flaw = _string_flaw(scope)
    return [flaw] if flaw else _check_names(scope.split(" "), catalogue, environment)


def check_all(
    names: Sequence[str], *, catalogue: Collection[str], environment: Environment | str | None = None
) -> list[Finding]:
    """Findings about a list of chosen names, each with its 0-based index."""
    if not names:
        return [_none_chosen()]
    flaws = [flaw.at(FIELD, index) for index, name in enumerate(names) if (flaw := _name_flaw(name))]
    if flaws:
        return flaws
    if len(" ".join(dict.fromkeys(names))) > MAX_SCOPE_LENGTH:
        return [_too_long()]
    return _check_names(names, catalogue, environment)


def check_reasons(
    names: Sequence[str], reasons: Iterable[tuple[str, str]], *, reasoned: Collection[str]
) -> list[Finding]:
    """Findings about missing reasons (S-07) for chosen names above the normal tier (``reasoned``).

    ``index`` is the place of the name, ``excerpt`` the name itself.
    """
    given = dict(reasons)
    return [
        _say_why(name).at(FIELD, index)
        for index, name in enumerate(names)
        if name in reasoned and not _is_reason(given.get(name, ""))
    ]


def _is_reason(text: str) -> bool:
    return MIN_SCOPE_REASON_LENGTH <= len(text.strip()) <= MAX_SCOPE_REASON_LENGTH


def _say_why(name: str) -> Finding:
    length = f"{MIN_SCOPE_REASON_LENGTH} to {MAX_SCOPE_REASON_LENGTH} characters"
    return _reject("S-07", f"Say why your client needs {quote(name)}, in {length}.", excerpt=name)


def _string_flaw(scope: str) -> Finding | None:
    if not scope:
        return _none_chosen()
    if found := _OUTSIDE_LIST.search(scope):
        return _bad_character(found[0])
    if "" in scope.split(" "):
        return _badly_joined(" ".join(scope.split()))
    return _too_long() if len(scope) > MAX_SCOPE_LENGTH else None


def _name_flaw(name: str) -> Finding | None:
    if not name:
        return _badly_joined()
    found = _OUTSIDE.search(name)
    return _bad_character(found[0]) if found else None


def _badly_joined(single: str = "") -> Finding:
    """S-03: an empty name means that there is a blank too many between two others."""
    return _reject("S-03", "Separate scopes with one space.", suggestion=single or None)


def _none_chosen() -> Finding:
    return _reject("S-01", "Choose at least one scope.")


def _bad_character(character: str) -> Finding:
    shown = "a space" if character == " " else quote(character)
    return _reject("S-02", f"{shown} cannot be part of a scope.", excerpt=character)


def _too_long() -> Finding:
    return _reject("S-06", "Too many scopes.")


def _reject(rule: str, message: str, *, excerpt: str | None = None, suggestion: str | None = None) -> Finding:
    return Finding(rule, Severity.REJECT, FIELD, message, excerpt=excerpt, suggestion=suggestion)


def _check_names(
    names: Sequence[str], catalogue: Collection[str], environment: Environment | str | None
) -> list[Finding]:
    unknown = [
        _unknown(name, catalogue).at(FIELD, index)
        for index, name in enumerate(names)
        if name not in catalogue
    ]
    return unknown or list(_warnings(names, environment))


def _unknown(name: str, catalogue: Collection[str]) -> Finding:
    message = f"{quote(name)} is not a Pleo scope."
    parts = [part for part in _SEPARATORS.split(name) if part]
    if len(parts) > 1 and all(part in catalogue for part in parts):
        return _glued(message, name, parts)
    if "*" in name or name.lower() in _CATCH_ALL:
        return _reject("S-04", f"{message} Name each scope: there is no wildcard.", excerpt=name)
    hint = " Use spaces, not commas." if "," in name else ""
    near = _nearest(name, catalogue)
    question = f" Did you mean {near}?" if near else ""
    return _reject("S-04", message + hint + question, excerpt=name, suggestion=near)


def _glued(message: str, name: str, parts: Sequence[str]) -> Finding:
    signs = "commas" if "," in name else "signs"
    return _reject("S-04", f"{message} Use spaces, not {signs}.", excerpt=name, suggestion=" ".join(parts))


def _nearest(name: str, catalogue: Collection[str]) -> str | None:
    if len(name) > _MAX_TOKEN_LENGTH:
        return None
    found = get_close_matches(name.lower(), sorted(catalogue), n=1)
    return found[0] if found else None


def _warnings(names: Sequence[str], environment: Environment | str | None) -> Iterator[Finding]:
    if environment == Environment.PRODUCTION and TEST_SCOPE in names:
        index = list(names).index(TEST_SCOPE)
        yield Finding("S-05", Severity.WARN, FIELD, "Remove the test scope.", index=index, excerpt=TEST_SCOPE)
