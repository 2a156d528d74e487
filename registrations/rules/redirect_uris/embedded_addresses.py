"""IP addresses inside host names, as nip.io and similar services resolve them (rule R-24).

``10.0.0.5.nip.io``, ``app-10-0-0-5.nip.io``, ``0a000005.nip.io`` and ``fd00--5.sslip.io`` all lead into a
private network. The services differ in what they read; any reading that is not public counts.
"""

from __future__ import annotations

import re
from typing import Final

from registrations.rules.addresses import Address, parse_ipv6, why_unreachable

_DECIMAL_PARTS: Final = re.compile(
    r"(?<![0-9])(?=([0-9]{1,3})[.\-]([0-9]{1,3})[.\-]([0-9]{1,3})[.\-]([0-9]{1,3})(?![0-9]))"
)
_HEX_WORD: Final = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}(?![0-9a-z])")
_HEX_GROUPS: Final = re.compile(r"[0-9a-f\-]*")


def leads_home(name: str) -> bool:
    """Whether ``name``, the lower-case text before the service's domain, holds a non-public address."""
    return any(why_unreachable(address) for address in _addresses(name))


def _addresses(name: str) -> list[Address]:
    return _decimal(name) + _hexadecimal(name) + _version_6(name)


def _decimal(name: str) -> list[Address]:
    found = (match.group(1, 2, 3, 4) for match in _DECIMAL_PARTS.finditer(name))
    octets = ([int(part) for part in parts] for parts in found)
    return [Address(4, int.from_bytes(bytes(four), "big")) for four in octets if max(four) <= 255]


def _hexadecimal(name: str) -> list[Address]:
    return [Address(4, int(match.group(), 16)) for match in _HEX_WORD.finditer(name)]


def _version_6(name: str) -> list[Address]:
    """The IPv6 addresses: of every label the longest ending that reads as groups joined by hyphens."""
    found = (_longest_address(label) for label in name.split("."))
    return [address for address in found if address is not None]


def _longest_address(label: str) -> Address | None:
    ends = (end.replace("-", ":") for end in _ends(label) if _HEX_GROUPS.fullmatch(end))
    return next((address for end in ends if (address := parse_ipv6(end))), None)


def _ends(label: str) -> list[str]:
    """``app-fd00--5`` ends in ``fd00--5``, ``-5`` and ``5``."""
    starts = [0] + [place + 1 for place, character in enumerate(label) if character == "-"]
    return [label[start:] for start in starts]
