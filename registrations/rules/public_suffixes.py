"""What the Public Suffix List says about a host; the list comes with its package, never the network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import publicsuffixlist
from publicsuffixlist import PublicSuffixList

_EXAMPLE: Final = "example"
"""Reserved by RFC 6761, absent from the list, and what the governing document registers."""


def is_registry(host: str) -> bool:
    """Whether nobody can own ``host`` itself: a suffix of the list's ICANN part (rule R-29)."""
    return _icann().is_public(host, accept_unknown=False)


def is_platform(host: str) -> bool:
    """Whether ``host`` is the root of a hosting platform: a suffix of the private part (R-55)."""
    return _whole().is_public(host, accept_unknown=False) and not is_registry(host)


def is_known_tld(tld: str) -> bool:
    """Whether the bundled list knows a registry for ``tld`` (rule R-54)."""
    return tld in _tlds()


def registrable(host: str) -> str:
    """The name somebody registered: one label below the suffix, platforms counted as suffixes.

    An unknown top-level domain is a suffix of its own (default rule ``*``); a host that is a
    suffix stands for itself.
    """
    return _whole().privatesuffix(host) or host


@cache
def _whole() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _icann() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _tlds() -> frozenset[str]:
    lines = Path(publicsuffixlist.PSLFILE).read_text("utf-8").splitlines()
    end = lines.index("// ===END ICANN DOMAINS===")
    rules = (line.strip() for line in lines[:end] if line and not line.startswith("//"))
    names = {rule.rpartition(".")[2] for rule in rules}
    return frozenset({publicsuffixlist.encode_idn(name) for name in names} | {_EXAMPLE})
