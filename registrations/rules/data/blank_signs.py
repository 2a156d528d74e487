"""Signs that Unicode counts as letters or symbols, and that are blank on the page: Hangul fillers and the
empty Braille cell.

Date: 2026-11-28. Source: the Unicode Character Database 16.0.0, ``Default_Ignorable_Code_Point`` of the
general category Lo, and U+2800, whose glyph has no dots.

To refresh: look up the same property in a newer version.
"""

from __future__ import annotations

from typing import Final

DRAWS_NOTHING: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
