"""Looks up hosts in the Public Suffix List, which is bundled with its package and never downloaded."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from publicsuffixlist import PSLFILE, PublicSuffixList, encode_idn

from registrations.rules.data.regions import REGION, ZONES

_ICANN_ENDS: Final = "// ===END ICANN DOMAINS==="
_MOST_ZONE_DIGITS: Final = 2
_EXAMPLE: Final = "example"
"""Reserved by RFC 6761 and absent from the list, but registered in the governing document's example."""


class _Rules(NamedTuple):
    """The list as its package reads it, the rules of both its parts, and its top-level domains."""

    whole: PublicSuffixList
    icann: frozenset[str]
    private: frozenset[str]
    tlds: frozenset[str]


def is_registry(host: str) -> bool:
    """Whether ``host`` is a suffix of the list's ICANN part, which nobody can own (rule R-29)."""
    return _is_suffix(host, _rules().icann)


def is_platform(host: str) -> bool:
    """Whether ``host`` is the root of a hosting platform, or one of its regions (rule R-55).

    That is a suffix of the list's private part. A label in the place of a wildcard (``*.platform``) is an app
    of that platform, unless it is the name of a region.
    """
    private = _rules().private
    if host in private or f"*.{host}" in private:
        return True
    label, _, parent = host.partition(".")
    return f"*.{parent}" in private and _is_region(label)


def is_known_tld(tld: str) -> bool:
    """Whether the bundled list knows a registry for ``tld`` (rule R-54)."""
    try:
        return (tld if tld.isascii() else encode_idn(tld)) in _rules().tlds
    except UnicodeError:
        return False


def registrable(host: str) -> str:
    """The registrable domain: one label below the suffix, where platforms count as suffixes.

    An unknown top-level domain is a suffix itself (default rule ``*``). For a host that is a suffix, the
    host.
    """
    return _rules().whole.privatesuffix(host) or host


def _is_suffix(host: str, rules: frozenset[str]) -> bool:
    """Whether a rule matches the whole host; the root of a wildcard counts as well."""
    if host in rules or f"*.{host}" in rules:
        return True
    return f"*.{host.partition('.')[2]}" in rules and f"!{host}" not in rules


def _is_region(label: str) -> bool:
    """Whether platforms call a region or a zone so, with or without a number."""
    is_zone = label.isdigit() and len(label) <= _MOST_ZONE_DIGITS
    return is_zone or label.rstrip("-0123456789") in ZONES or REGION.fullmatch(label) is not None


@cache
def _rules() -> _Rules:
    icann, private = (
        frozenset(
            encode_idn(line.split()[0]) for line in section.splitlines() if line and not line.startswith("//")
        )
        for section in Path(PSLFILE).read_text("utf-8").split(_ICANN_ENDS)
    )
    tlds = {name.rpartition(".")[2] for name in icann}
    return _Rules(PublicSuffixList(), icann, private, frozenset(tlds | {_EXAMPLE}))
