"""The risk of each change to end users, which decides what a reviewer reads first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from registrations.domain.differences import Change
from registrations.rules.redirect_uris import shape


class Risk(IntEnum):
    """Kinds of change, riskiest first.

    First where codes go, then what they open, how they are protected, and who the client seems to be.
    """

    REDIRECT_HOST = 1
    REDIRECT_URI = 2
    SCOPE_ADDED = 3
    PKCE = 4
    NAME = 5
    LOGO = 6
    CLIENT_URI = 7
    REST = 8

    @classmethod
    def of(cls, change: Change) -> Risk:
        """The risk of one field's change. Changes that only remove something rank last."""
        if change.field == "redirect_uris" and change.added:
            before = change.old if isinstance(change.old, tuple) else ()
            known, added = (
                {shape.split(uri).host.lower() for uri in uris} for uris in (before, change.added)
            )
            return cls.REDIRECT_URI if added <= known else cls.REDIRECT_HOST
        if change.field == "scope" and any(" " not in entry for entry in change.added):
            return cls.SCOPE_ADDED
        return _BY_FIELD.get(change.field, cls.REST)


_BY_FIELD: Final[Mapping[str, Risk]] = {
    "pkce_support": Risk.PKCE,
    "pkce_justification": Risk.PKCE,
    "pkce_controls": Risk.PKCE,
    "pkce_wished_end": Risk.PKCE,
    "client_name": Risk.NAME,
    "logo": Risk.LOGO,
    "client_uri": Risk.CLIENT_URI,
}


class Ranked(NamedTuple):
    """A change with its risk."""

    risk: Risk
    change: Change


def ranked(changes: Iterable[Change]) -> list[Ranked]:
    """The changes with their risk, riskiest first; equal risks keep their order."""
    return sorted((Ranked(Risk.of(change), change) for change in changes), key=lambda one: one.risk)
