"""Rules R-12 to R-21: the shape of a redirect URI."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=("redirect_uris",))

RULES: Final = (
    _reject(
        id="R-12",
        code="not_absolute",
        statement="The whole address, from the scheme and its // on.",
        why="Anything less is completed by whoever reads it, and not always alike.",
        source="RFC 6749 section 3.1.2, RFC 3986 section 4.3",
        bad=typed("client.example/callback", "localhost:8080/callback", "/callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-13",
        code="scheme",
        statement="The scheme is https, or http on your own machine. No schemes of your own.",
        why="Other schemes lead to programs on people's devices, which cannot keep a client secret.",
        source=f"{GUIDE}; RFC 8252 section 7.1",
        bad=typed("myapp://callback", "urn:ietf:wg:oauth:2.0:oob", "ftp://client.example/callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-15",
        code="no_host",
        statement="There is a host behind the //.",
        why="Without a host the address leads nowhere, or somewhere that a browser makes up.",
        source="RFC 3986 section 3.2.2",
        bad=typed("https:///callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-16",
        code="userinfo",
        statement="No user name or password: no @ before the path.",
        why="It hides the real host from readers, and passwords do not belong in addresses.",
        source="RFC 3986 sections 3.2.1 and 7.6",
        bad=typed(
            "https://client.example@evil.example/callback", "https://user:word@client.example/callback"
        ),
        good=typed("https://client.example/@team/callback"),
    ),
    _reject(
        id="R-17",
        code="port",
        statement="A port is a number from 1 to 65535 without a leading zero. No port, no colon.",
        why="Programs disagree about what other ports mean.",
        source="RFC 3986 section 3.2.3",
        bad=typed("https://client.example:/callback", "https://client.example:99999/callback"),
        good=typed("https://client.example:8443/callback"),
    ),
    _reject(
        id="R-18",
        code="blocked_port",
        statement="Not a port that browsers refuse to open.",
        why="People's browsers would stop right before your page.",
        source="WHATWG Fetch, “port blocking”",
        bad=typed("https://client.example:22/callback", "http://localhost:6000/callback"),
        good=typed("http://localhost:8080/callback"),
    ),
    _reject(
        id="R-19",
        code="host_percent",
        statement="No % in the host name.",
        why="Browsers decode it and other programs do not: %6C is a plain l to a browser.",
        source="RFC 3986 section 3.2.2",
        bad=typed("https://client%2Eexample/callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-20",
        code="host_syntax",
        statement="A host name has parts of 1 to 63 letters, digits and hyphens with dots between them. "
        "No part begins or ends with a hyphen; no underscore; no dot at the end.",
        why="Other names get no certificate, or reach a different host than they seem to.",
        source="RFC 3986 section 3.2.2, RFC 1123 section 2.1",
        bad=typed("https://my_client.example/callback", "https://client.example./callback"),
        good=typed("https://my-client.example/callback"),
    ),
    _reject(
        id="R-21",
        code="ipv4_form",
        statement="An IPv4 address is written as four decimal numbers from 0 to 255.",
        why="Shorter, octal and hexadecimal forms hide which machine is meant: 127.1 is your own.",
        source="RFC 3986 section 7.4, WHATWG URL",
        bad=typed("https://2130706433/callback", "http://127.1/callback"),
        good=typed("http://127.0.0.1:8080/callback"),
    ),
)
