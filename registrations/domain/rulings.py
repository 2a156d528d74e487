"""What staff decided on a registration, as far as a later draft of it is checked against that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registrations.rules.overrides import Accepted
from registrations.rules.pkce import RunningException
from registrations.rules.scopes import ScopeRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """Decisions that outlive the revision on which they were made.

    ``accepted`` are the values that a reviewer accepted although a rule rejects them (G-06), ``refused`` the
    scopes that stand refused (S-07), by name, ``exception`` the PKCE exception in force today (P-08).
    """

    accepted: Accepted = ()
    refused: Mapping[str, ScopeRefusal] = field(default_factory=dict)
    exception: RunningException | None = None


NO_RULINGS = Rulings()
