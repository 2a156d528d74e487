"""IP addresses as text and as numbers, and which of them the internet can reach.

The tables are our own: the standard library's verdicts on special ranges differ between
releases and call multicast, site-local and wrapped IPv4 addresses global.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple

from registrations.rules.data.address_ranges import IPV4_RANGES, IPV6_RANGES, IPV6_UNICAST

_IPV6_CHARACTERS: Final = re.compile(r"[0-9A-Fa-f:.]{2,45}")
_HEX_NUMBER: Final = re.compile(r"0[xX][0-9A-Fa-f]*")
_DECIMAL: Final = re.compile(r"[0-9]+")
_LOOPBACK_V4: Final = 127
_MAPPED: Final = 0xFFFF


class Address(NamedTuple):
    """An IP address: ``version`` 4 or 6, ``number`` its unsigned value."""

    version: int
    number: int


def ends_in_number(host: str) -> bool:
    """Whether a browser takes the host for an IPv4 address (WHATWG URL, "ends in a number")."""
    last = host[host.rfind(".") + 1 :]
    return last[:1].isdigit() and bool(_DECIMAL.fullmatch(last) or _HEX_NUMBER.fullmatch(last))


def parse_ipv4(text: str) -> Address | None:
    """Parse four decimal parts 0 to 255 without leading zeros, else ``None`` (RFC 3986 section 3.2.2)."""
    if not text[-1].isdigit():
        return None
    parts = text.split(".")
    if len(parts) != 4 or not all(_is_octet(part) for part in parts):
        return None
    return Address(4, int.from_bytes(bytes(int(part) for part in parts), "big"))


def _is_octet(part: str) -> bool:
    plain = len(part) <= 3 and _DECIMAL.fullmatch(part) is not None
    return plain and int(part) <= 255 and (part == "0" or part[0] != "0")


def parse_ipv6(text: str) -> Address | None:
    """Parse an IPv6 address without brackets and zone, else ``None`` (RFC 4291 section 2.2)."""
    if not _IPV6_CHARACTERS.fullmatch(text):
        return None
    try:
        return Address(6, int(ipaddress.IPv6Address(text)))
    except ValueError:
        return None


def canonical_ipv6(address: Address) -> str:
    """The short form of RFC 5952 section 4."""
    return str(ipaddress.IPv6Address(address.number))


def is_local(address: Address) -> bool:
    """Whether the address is the machine itself: loopback or unspecified, also as IPv4 inside IPv6."""
    if address.version == 4:
        return address.number >> 24 == _LOOPBACK_V4 or address.number == 0
    head, tail = address.number >> 32, address.number & 0xFFFFFFFF
    if tail >> 24 == _LOOPBACK_V4 or tail == 0:
        return head in (0, _MAPPED)
    return (head, tail) == (0, 1)


def why_unreachable(address: Address) -> str | None:
    """Why the internet cannot reach the address, in a few words (rule R-25); ``None`` when it can."""
    if address.version == 4:
        return _range_of(address.number, _V4)
    if not _holds(_UNICAST, address.number):
        return "not public"
    return _range_of(address.number, _V6)


class _Range(NamedTuple):
    network: int
    shift: int
    kind: str


def _holds(block: _Range, number: int) -> bool:
    return number >> block.shift == block.network


def _range_of(number: int, blocks: tuple[_Range, ...]) -> str | None:
    return next((block.kind for block in blocks if _holds(block, number)), None)


def _block(network: str, prefix: int, kind: str) -> _Range:
    parsed = ipaddress.ip_address(network)
    shift = parsed.max_prefixlen - prefix
    return _Range(int(parsed) >> shift, shift, kind)


_V4: Final = tuple(_block(*row) for row in IPV4_RANGES)
_V6: Final = tuple(_block(*row) for row in IPV6_RANGES)
_UNICAST: Final = _block(*IPV6_UNICAST, "public")
