"""What staff decided on a registration, as far as a later draft of it is checked against that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from registrations.rules.overrides import Accepted
from registrations.rules.pkce import RunningException
from registrations.rules.scopes import ScopeRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """Decisions that outlive the revision on which they were made.

    ``accepted`` are environments with a rule and the value that a reviewer accepted there although the rule
    rejects it (G-06), ``refused`` the scopes that stand refused (S-07), by name, ``exception`` the PKCE
    exception in force today (P-08).
    """

    accepted: Collection[tuple[str, str, str]] = ()
    refused: Mapping[str, ScopeRefusal] = field(default_factory=dict)
    exception: RunningException | None = None

    def accepted_in(self, environment: str) -> Accepted:
        """The rules and values accepted for that environment; the first approval fixes which one it is."""
        return {(rule, value) for accepted_for, rule, value in self.accepted if accepted_for == environment}


NO_RULINGS = Rulings()
