"""Names that lead to the partner's own machine or network.

Date: 2026-11-29. Source: RFC 6761, 6762 with its appendix G, 7686, 8375, 9476, ICANN's
reservations; hosts files of common systems; the public services' own pages. Refresh: when a
reviewer meets a new one, add it here; there is no registry of such services.
"""

from typing import Final

LOOPBACK_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")
"""The three hosts that the governing document accepts, in exactly this spelling."""

LOOPBACK_TLDS: Final = frozenset({"localhost", "local"})

HOSTS_FILE_NAMES: Final = frozenset(
    {
        "ip4-localhost",
        "ip4-loopback",
        "ip6-localhost",
        "ip6-loopback",
        "localhost4",
        "localhost4.localdomain4",
        "localhost6",
        "localhost6.localdomain6",
        "localhost.localdomain",
        "loopback",
    }
)

ANSWERS_LOOPBACK: Final = frozenset(
    {
        "127-0-0-1.org.uk",
        "127.ca",
        "42foo.com",
        "backloop.dev",
        "colasloth.com",
        "ddev.site",
        "docksal.site",
        "fuf.me",
        "lacolhost.com",
        "lcl.host",
        "lndo.site",
        "local.gd",
        "localdev.me",
        "localho.st",
        "localhost.direct",
        "localhst.co.uk",
        "localtest.me",
        "lvh.me",
        "smackaho.st",
        "traefik.me",
        "ulh.us",
        "vcap.me",
        "yoogle.com",
    }
)
"""Public names that resolve to 127.0.0.1, and so does every name below them that holds no address."""

ADDRESS_IN_NAME: Final = frozenset(
    {
        "1u.ms",
        "backname.io",
        "direct.quickconnect.to",
        "ip.addr.tools",
        "local-ip.co",
        "local-ip.medicmobile.org",
        "local-ip.sh",
        "myunraid.net",
        "nip.io",
        "plex.direct",
        "rbndr.us",
        "sslip.io",
        "traefik.me",
        "xip.io",
        "xip.name",
    }
)
"""Services that resolve a name to the address written in it: rule R-24 if that is private, else R-56."""

SPECIAL_TLDS: Final = frozenset(
    {
        "alt",
        "arpa",
        "corp",
        "home",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "localdomain",
        "mail",
        "onion",
        "private",
        "test",
    }
)
"""Rule R-28. ``example`` is missing on purpose: the governing document registers it."""
