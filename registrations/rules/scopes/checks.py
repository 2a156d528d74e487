"""The scopes that a client may request: rules S-01 to S-07.

A function per rule, named as the rule's code. Order of the checks: S-01 S-02 S-03 S-06 S-04, then the warning
S-05; S-07 checks the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType
from typing import Final

from registrations.rules.findings import Finding, Severity, quote
from registrations.rules.free_text import written
from registrations.rules.vocabulary import (
    MAX_SCOPE_LENGTH,
    MAX_SCOPE_REASON_LENGTH,
    MIN_SCOPE_REASON_LENGTH,
    Environment,
)

FIELD: Final = "scope"
TEST_SCOPE: Final = "test:test"
_OUTSIDE: Final = re.compile(r"[^\x21\x23-\x5B\x5D-\x7E]")
_SEPARATORS: Final = re.compile(r"[,;+|/&]")
_CATCH_ALL: Final = frozenset({"all", "any", "everything", "full"})
_OPENID: Final = frozenset({"openid", "profile", "email", "address", "phone"})
"""The scopes of OpenID Connect Core, sections 3.1.2.1 and 5.4."""
_REFRESH: Final = "offline_access"
"""Section 11 there: asks for a refresh token, which every client gets here."""
_MAX_TOKEN_LENGTH: Final = 100
"""A longer name gets no suggestion of a similar one."""
_NEAR: Final = 0.75
"""How alike names are that are suggested: a slip of the fingers, not `expenses:read` for `users:read`."""

_reject = partial(Finding, severity=Severity.REJECT, field=FIELD)


@dataclass(frozen=True, slots=True)
class ScopeRefusal:
    """A reviewer's refusal of a scope: the day, and what they wrote to the partner, if anything.

    ``asked_because`` is the reason for which the partner had asked for it.
    """

    on: date
    reason: str = ""
    asked_because: str = ""

    def __str__(self) -> str:
        words = f"Refused on {self.on.day} {self.on:%B %Y}"
        reason = quote(" ".join(self.reason.split()), MAX_SCOPE_REASON_LENGTH)
        return f"{words}: {reason.rstrip('.')}." if reason else f"{words}."


def writes(name: str) -> bool:
    """Whether the scope of that name allows changes."""
    return name.endswith(":write")


def check(
    scope: str, *, catalogue: Collection[str], environment: Environment | str | None = None
) -> list[Finding]:
    """Findings about a scope in its RFC 6749 section 3.3 form: names joined by single spaces.

    ``index`` is the place of the name in the list. ``catalogue`` holds the names that exist.
    """
    names = scope.split(" ")
    flaw = none_chosen(scope) or charset("".join(names)) or separators(names) or too_long(scope)
    return [flaw] if flaw else _check_names(names, catalogue, environment)


def check_all(
    names: Sequence[str], *, catalogue: Collection[str], environment: Environment | str | None = None
) -> list[Finding]:
    """Findings about a list of chosen names, each with its 0-based index."""
    if flaw := none_chosen(names):
        return [flaw]
    flaws = [
        flaw.at(FIELD, index)
        for index, name in enumerate(names)
        if (flaw := charset(name) or separators([name]))
    ]
    if flaws:
        return flaws
    flaw = too_long(" ".join(dict.fromkeys(names)))
    return [flaw] if flaw else _check_names(names, catalogue, environment)


def check_reasons(
    names: Sequence[str],
    reasons: Iterable[tuple[str, str]],
    *,
    reasoned: Collection[str],
    refused: Mapping[str, ScopeRefusal] = MappingProxyType({}),
) -> list[Finding]:
    """Findings about missing reasons (S-07) for chosen names above the normal tier (``reasoned``), and for
    those that a reviewer refused before.

    ``index`` is the place of the name, ``excerpt`` the name itself.
    """
    given = dict(reasons)
    return [
        finding.at(FIELD, index)
        for index, name in enumerate(names)
        if (name in reasoned or name in refused)
        and (finding := say_why(name, given.get(name, ""), refused.get(name)))
    ]


def _check_names(
    names: Sequence[str], catalogue: Collection[str], environment: Environment | str | None
) -> list[Finding]:
    """Findings about names whose spelling is right."""
    flaws = [flaw.at(FIELD, index) for index, name in enumerate(names) if (flaw := unknown(name, catalogue))]
    warning = test_scope(names, environment)
    return flaws or ([warning] if warning else [])


def none_chosen(chosen: Sequence[str]) -> Finding | None:
    """S-01: nothing is chosen."""
    return None if chosen else _reject("S-01", message="Choose at least one scope.")


def charset(name: str) -> Finding | None:
    """S-02: a character that no scope can have."""
    found = _OUTSIDE.search(name)
    if not found:
        return None
    shown = "a space" if found[0] == " " else quote(found[0])
    return _reject("S-02", message=f"{shown} cannot be part of a scope.", excerpt=found[0])


def separators(names: Sequence[str]) -> Finding | None:
    """S-03: an empty name, which means that there is a blank too many between two others."""
    if "" not in names:
        return None
    better = " ".join(name for name in names if name)
    return _reject("S-03", message="Separate scopes with one space.", suggestion=better or None)


def too_long(scope: str) -> Finding | None:
    """S-06: too many names for the address of a request."""
    return _reject("S-06", message="Too many scopes.") if len(scope) > MAX_SCOPE_LENGTH else None


def unknown(name: str, catalogue: Collection[str]) -> Finding | None:
    """S-04: a name that does not exist. Suggests the names that were joined in it, or one like it."""
    if name in catalogue:
        return None
    message = f"{quote(name)} is not a Pleo scope."
    parts = [part for part in _SEPARATORS.split(name) if part]
    if len(parts) > 1 and all(part in catalogue for part in parts):
        signs = "commas" if "," in name else "signs"
        message += f" Use spaces, not {signs}."
        return _reject("S-04", message=message, excerpt=name, suggestion=" ".join(parts))
    if "*" in name or name.lower() in _CATCH_ALL:
        return _reject("S-04", message=f"{message} Name each scope: there is no wildcard.", excerpt=name)
    if name.lower() in _OPENID:
        message += " It belongs to OpenID Connect: leave it out, and choose from the list what you need."
        return _reject("S-04", message=message, excerpt=name)
    if name.lower() == _REFRESH:
        message += " Leave it out: every client can use refresh tokens."
        return _reject("S-04", message=message, excerpt=name)
    is_short = len(name) <= _MAX_TOKEN_LENGTH
    near = get_close_matches(name.lower(), sorted(catalogue), n=1, cutoff=_NEAR) if is_short else []
    message += " Use spaces, not commas." if "," in name else ""
    message += f" Did you mean {near[0]}?" if near else ""
    return _reject("S-04", message=message, excerpt=name, suggestion=near[0] if near else None)


def test_scope(names: Sequence[str], environment: Environment | str | None) -> Finding | None:
    """S-05: the scope for testing, in production."""
    if environment != Environment.PRODUCTION or TEST_SCOPE not in names:
        return None
    index = list(names).index(TEST_SCOPE)
    return Finding("S-05", Severity.WARN, FIELD, "Remove the test scope.", index=index, excerpt=TEST_SCOPE)


def say_why(name: str, reason: str, refusal: ScopeRefusal | None = None) -> Finding | None:
    """S-07: no reason for a scope that needs one, or one that is too short or too long.

    ``refusal`` is the one that stands, where the scope is asked for again.
    """
    if MIN_SCOPE_REASON_LENGTH <= len(written(reason)) <= MAX_SCOPE_REASON_LENGTH:
        return None
    limits = f"{MIN_SCOPE_REASON_LENGTH} to {MAX_SCOPE_REASON_LENGTH} characters"
    message = f"Say why your client needs {quote(name)}, in {limits}."
    if refusal is not None:
        message = f"{refusal} To ask for {quote(name)} again, say why you need it, in {limits}."
    return _reject("S-07", message=message, excerpt=name)
