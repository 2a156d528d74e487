"""Address ranges that are not reachable from the internet, or not as ordinary addresses.

Date: 2026-11-23. Source: the IANA IPv4 and IPv6 special-purpose address registries and the IPv6 global
unicast assignments. Refresh: read both registries and add new rows. Ranges of protocol anycast stay rejected
even where the registries call them globally reachable, since no callback lives there.
"""

from typing import Final

IPV4_RANGES: Final = (
    ("0.0.0.0", 8, "this network"),  # noqa: S104 - a range, nothing binds to it
    ("10.0.0.0", 8, "private"),
    ("100.64.0.0", 10, "carrier-grade NAT"),
    ("127.0.0.0", 8, "loopback"),
    ("169.254.0.0", 16, "link-local"),
    ("172.16.0.0", 12, "private"),
    ("192.0.0.0", 24, "protocol assignments"),
    ("192.0.2.0", 24, "documentation"),
    ("192.31.196.0", 24, "AS112 service"),
    ("192.52.193.0", 24, "multicast tunnelling"),
    ("192.88.99.0", 24, "6to4 relay"),
    ("192.168.0.0", 16, "private"),
    ("192.175.48.0", 24, "AS112 service"),
    ("198.18.0.0", 15, "benchmarking"),
    ("198.51.100.0", 24, "documentation"),
    ("203.0.113.0", 24, "documentation"),
    ("224.0.0.0", 4, "multicast"),
    ("240.0.0.0", 4, "reserved"),
)

IPV6_UNICAST: Final = ("2000::", 3)
"""The only block from which public addresses are allocated; everything else is rejected (mapped and
compatible IPv4, NAT64, unique local, link-local, site-local, multicast …)."""

IPV6_RANGES: Final = (
    ("2001::", 23, "protocol assignments (Teredo, ORCHID, benchmarking)"),
    ("2001:db8::", 32, "documentation"),
    ("2002::", 16, "6to4"),
    ("2620:4f:8000::", 48, "AS112 service"),
    ("3ffe::", 16, "returned test network"),
    ("3fff::", 20, "documentation"),
)
