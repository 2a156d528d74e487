"""The warnings about a logo that is accepted: rules L-06 and L-10."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from registrations.rules.findings import Finding, Severity

FIELD: Final = "logo"
GOOD_SIDE: Final = 512
_MOST_UNEVEN: Final = 0.02


@dataclass(frozen=True, slots=True)
class LogoTraits:
    """The stored picture's size in pixels, and whether it is fully transparent or of one flat colour."""

    width: int
    height: int
    is_blank: bool


def check(logo: LogoTraits) -> Iterator[Finding]:
    """The warnings about the picture, for partner and reviewer alike."""
    shorter, longer = sorted((logo.width, logo.height))
    if shorter < GOOD_SIDE or longer - shorter > _MOST_UNEVEN * longer:
        size = f"{logo.width}×{logo.height}"
        message = (
            f"The logo is kept with {size} pixels. Square ones of {GOOD_SIDE}×{GOOD_SIDE} or more look best."
        )
        yield Finding("L-06", Severity.WARN, FIELD, message)
    if logo.is_blank:
        message = "The logo is fully transparent or one flat colour. Is this the right file?"
        yield Finding("L-10", Severity.WARN, FIELD, message)
