"""Words and signs that claim a status with Pleo that a client does not have (rule N-07).

Date: 2026-11-23. Source: the rule's own list, its plain inflections, and the ticks and padlocks of Unicode
15. To refresh: add what a reviewer had to point out.
"""

from __future__ import annotations

from typing import Final

STATUS_PHRASES: Final = frozenset(
    {
        "admin",
        "administration",
        "administrator",
        "admins",
        "approved",
        "certified",
        "official",
        "officially",
        "security team",
        "support team",
        "team security",
        "team support",
        "trusted",
        "verified",
    }
)
"""Whole words in lower case, marks dropped."""

STATUS_SIGNS: Final = frozenset(
    "\u2705\u2611\u2713\u2714\u221a\u237b\U0001f5f8\U0001f5f9\U0001f50f\U0001f510\U0001f512\U0001f513\U0001f6e1\U0001f5dd\U0001f511"
)
"""Ticks, padlocks, keys and shields."""
