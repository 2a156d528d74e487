"""IP addresses as text and as numbers, and which of them the internet can reach.

The tables are our own: the standard library's verdicts on special ranges differ between
releases and call multicast, site-local and wrapped IPv4 addresses global.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final, NamedTuple

from registrations.rules.data.address_ranges import IPV4_RANGES, IPV6_RANGES, IPV6_UNICAST

_IPV6_CHARACTERS: Final = re.compile(r"[0-9A-Fa-f:.]{2,45}")
_HEX_NUMBER: Final = re.compile(r"0[xX][0-9A-Fa-f]*")
_DECIMAL: Final = re.compile(r"[0-9]+")
_HEX_WORD: Final = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}(?![0-9a-z])")
_FOUR_NUMBERS: Final = re.compile(
    r"(?<![0-9])(?=([0-9]{1,3})[.\-]([0-9]{1,3})[.\-]([0-9]{1,3})[.\-]([0-9]{1,3})(?![0-9]))"
)
_LOOPBACK_V4: Final = 127
_MAPPED: Final = 0xFFFF
_V4: Final = tuple((ip_network((network, prefix)), kind) for network, prefix, kind in IPV4_RANGES)
_V6: Final = tuple((ip_network((network, prefix)), kind) for network, prefix, kind in IPV6_RANGES)
_UNICAST: Final = ip_network(IPV6_UNICAST)


class Address(NamedTuple):
    """An IP address: ``version`` 4 or 6, ``number`` its unsigned value."""

    version: int
    number: int

    @property
    def ip(self) -> IPv4Address | IPv6Address:
        """The address as the standard library's object."""
        return IPv4Address(self.number) if self.version == 4 else IPv6Address(self.number)

    def text(self) -> str:
        """The canonical text: four decimal numbers, or the short form of RFC 5952 section 4."""
        return str(self.ip)


def ends_in_number(host: str) -> bool:
    """Whether a browser takes the host for an IPv4 address (WHATWG URL, "ends in a number")."""
    last = host[host.rfind(".") + 1 :]
    return last[:1].isdigit() and bool(_DECIMAL.fullmatch(last) or _HEX_NUMBER.fullmatch(last))


def parse_ipv4(text: str) -> Address | None:
    """Parse four decimal parts 0 to 255 without leading zeros, else ``None`` (RFC 3986 section 3.2.2)."""
    if not text[-1].isdigit():
        return None
    try:
        return Address(4, int(IPv4Address(text)))
    except ValueError:
        return None


def parse_ipv6(text: str) -> Address | None:
    """Parse an IPv6 address without brackets and zone, else ``None`` (RFC 4291 section 2.2)."""
    if not _IPV6_CHARACTERS.fullmatch(text):
        return None
    try:
        return Address(6, int(IPv6Address(text)))
    except ValueError:
        return None


def addresses_in(name: str) -> list[Address]:
    """The IP addresses that a lower-case name holds, as nip.io and similar services read them (rule R-24).

    ``10.0.0.5.nip.io``, ``app-10-0-0-5.nip.io``, ``0a000005.nip.io`` and ``fd00--5.sslip.io`` all lead into a
    private network. The services differ in what they read, so every reading is listed.
    """
    found = [Address(4, int(match.group(), 16)) for match in _HEX_WORD.finditer(name)]
    for match in _FOUR_NUMBERS.finditer(name):
        octets = [int(octet) for octet in match.groups()]
        if max(octets) <= 255:
            found.append(Address(4, int.from_bytes(bytes(octets), "big")))
    for label in name.split("."):
        words = label.split("-")
        for start in range(len(words)):  # app-fd00--5 is no address, but fd00--5 is
            if address := parse_ipv6(":".join(words[start:])):
                found.append(address)
                break
    return found


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
    ip = address.ip
    if address.version == 6 and ip not in _UNICAST:
        return "not public"
    ranges = _V4 if address.version == 4 else _V6
    return next((kind for network, kind in ranges if ip in network), None)
