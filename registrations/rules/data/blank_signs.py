"""Signs that Unicode counts as letters or symbols, and that are blank on the page: Hangul fillers and the
empty Braille cell. And signs that take no room between others, such as the soft hyphen.

Date: 2026-11-28. Source: the Unicode Character Database 16.0.0, ``Default_Ignorable_Code_Point`` of the
general category Lo, and U+2800, whose glyph has no dots.

To refresh: look up the same property in a newer version.
"""

from __future__ import annotations

from typing import Final

DRAWS_NOTHING: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")

TAKES_NO_ROOM: Final = frozenset(
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)
"""A text looks the same without them. Those that turn the order of letters round are not among them."""
