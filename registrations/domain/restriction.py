"""Taking redirect URIs and scopes away from a live record, at once and without a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from registrations.domain.differences import difference
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Metadata

_LAST_URI: Final = Finding(
    "R-01",
    Severity.REJECT,
    "redirect_uris",
    "At least one redirect URI has to stay. To stop the client altogether, close the registration.",
)
_LAST_SCOPE: Final = Finding(
    "S-01",
    Severity.REJECT,
    "scope",
    "At least one scope has to stay. To stop the client altogether, close the registration.",
)


@dataclass(frozen=True, slots=True)
class Restriction:
    """The redirect URIs and scopes to take away from the record that is live."""

    live: Metadata
    redirect_uris: frozenset[str]
    scope: frozenset[str]

    @property
    def is_empty(self) -> bool:
        return not self.redirect_uris and not self.scope

    @property
    def not_live(self) -> frozenset[str]:
        """What the live record does not have, or not any more."""
        return (self.redirect_uris - {*self.live.redirect_uris}) | (self.scope - {*self.live.scope})

    def rejections(self) -> list[Finding]:
        """No rule is asked about what remains, except that something does."""
        lasts = ((_LAST_URI, self.kept_uris), (_LAST_SCOPE, self.kept_scopes))
        return [finding for finding, kept in lasts if not kept]

    @property
    def kept_uris(self) -> tuple[str, ...]:
        return tuple(uri for uri in self.live.redirect_uris if uri not in self.redirect_uris)

    @property
    def kept_scopes(self) -> tuple[str, ...]:
        return tuple(name for name in self.live.scope if name not in self.scope)

    def record(self) -> Metadata:
        """The record that remains."""
        reasons = tuple(pair for pair in self.live.scope_reasons if pair[0] not in self.scope)
        return replace(self.live, redirect_uris=self.kept_uris, scope=self.kept_scopes, scope_reasons=reasons)

    def findings(self, stored: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The stored findings without those about an entry that is not left, at their new places."""
        left = {"redirect_uris": self.kept_uris, "scope": self.kept_scopes}
        kept = []
        for finding in stored:
            entry, entries = self._entry(finding), left.get(finding["field"], ())
            if entry is None:
                kept.append(dict(finding))
            elif entry in entries:
                kept.append({**finding, "index": entries.index(entry)})
        return kept

    def _entry(self, finding: Mapping[str, Any]) -> str | None:
        """The entry that a finding is about; None where that is neither a redirect URI nor a scope.

        Scopes are not kept in the order in which they were submitted, but their findings name them.
        """
        index, uris = finding.get("index"), self.live.redirect_uris
        if index is None:
            return None
        if finding["field"] == "scope":
            return finding.get("excerpt") or None
        return uris[index] if finding["field"] == "redirect_uris" and index < len(uris) else None


def brought_back(before: Metadata, after: Metadata, wanted: Metadata) -> tuple[str, ...]:
    """What was taken away between two live records and ``wanted`` asks for, so that it would come back."""
    gone = {*before.redirect_uris, *before.scope} - {*after.redirect_uris, *after.scope}
    return tuple(entry for entry in (*wanted.redirect_uris, *wanted.scope) if entry in gone)


def only_takes_away(before: Metadata, after: Metadata) -> bool:
    """Whether the later of two live records lacks redirect URIs or scopes, and nothing else differs."""
    changes = difference(before, after)
    return bool(changes) and all(
        change.field in ("redirect_uris", "scope") and not change.added for change in changes
    )
