"""Which pictures are accepted, and what is kept of them: rules L-01 to L-10."""

from registrations.rules.logos.checks import (
    FIELD,
    MAX_BYTES,
    MAX_SCANS,
    MAX_SIDE,
    MAX_WEBP_SIDE,
    MIN_SIDE,
    SIDES,
    UNREADABLE,
    AcceptedLogo,
    LogoTraits,
    LogoVerdict,
    accept,
    check,
    digest_of,
    inspect,
    reencode,
)

__all__ = [
    "FIELD",
    "MAX_BYTES",
    "MAX_SCANS",
    "MAX_SIDE",
    "MAX_WEBP_SIDE",
    "MIN_SIDE",
    "SIDES",
    "UNREADABLE",
    "AcceptedLogo",
    "LogoTraits",
    "LogoVerdict",
    "accept",
    "check",
    "digest_of",
    "inspect",
    "reencode",
]
