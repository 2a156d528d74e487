"""What a token of an authorization server allows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """One right of a token, by the name that commands and documents use."""

    READ = "read"
    VERIFIERS = "verifiers"
    VERIFY = "verify"
    APPLIED = "applied"
    USAGE = "usage"


ABOUT: Final[Mapping[Right, str]] = {
    Right.READ: "read clients and follow their changes",
    Right.VERIFIERS: "with each client, read the SHA-256 of its secrets",
    Right.VERIFY: "ask whether a secret is right",
    Right.APPLIED: "report which version of a client it serves",
    Right.USAGE: "report when clients and secrets were last used",
}
"""What each right allows, in the words of pages and documents."""
