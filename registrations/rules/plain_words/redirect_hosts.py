"""Rules R-12 to R-29 with R-36 and R-37: the shape of a redirect URI, and its host."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.plain_words.entry import GUIDE, OURS, Rule, typed

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
    _reject(
        id="R-24",
        code="loopback_alias",
        statement="Your own machine is written localhost, 127.0.0.1 or [::1], and in no other way.",
        why="An alias may resolve to somebody else's machine.",
        source=f"{GUIDE}; RFC 8252 sections 7.3 and 8.3",
        bad=typed(
            "http://myclient.localhost/callback", "http://127.0.0.2/callback", "https://0.0.0.0/callback"
        ),
        good=typed("http://127.0.0.1:8080/callback", "http://localhost/callback", "http://[::1]/callback"),
    ),
    _reject(
        id="R-23",
        code="https_required",
        statement="https everywhere, except on your own machine.",
        why="Whoever listens on the way can read the code from an unencrypted address.",
        source=f"{GUIDE}; RFC 9700 section 2.6",
        bad=typed("http://client.example/callback", "http://localhost.client.example/callback"),
        good=typed("https://client.example/callback", "http://localhost:3000/callback"),
    ),
    _reject(
        id="R-25",
        code="not_public_ip",
        statement="No IP address that the internet cannot reach.",
        why="The redirection endpoint must be publicly accessible.",
        source=f"{GUIDE}; IANA special-purpose address registries",
        bad=typed("https://10.0.0.5/callback", "https://[fe80::1]/callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-27",
        code="single_label",
        statement="The host name has at least one dot.",
        why="A name without a dot only works inside your own network.",
        source=GUIDE,
        bad=typed("https://intranet-host/callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-28",
        code="special_tld",
        statement="Not below a top-level name that is reserved or for local use, such as .test and "
        ".internal.",
        why="Nobody can reach such a name through the public internet.",
        source="RFC 6761, RFC 6762 appendix G, RFC 7686, RFC 8375, RFC 9476",
        bad=typed("https://client.test/callback", "https://host.docker.internal/callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-29",
        code="public_suffix",
        statement="Not a name below which others register theirs.",
        why="A registry belongs to everybody below it, so it cannot be your host.",
        source="Public Suffix List",
        bad=typed("https://co.uk/callback"),
        good=typed("https://client.co.uk/callback"),
        overridable=True,
    ),
    _reject(
        id="R-37",
        code="idn_invalid",
        statement="A part that begins with xn-- is a valid international name.",
        why="What cannot be decoded and encoded again is shown differently by every program.",
        source="RFC 5891 section 5",
        bad=typed("https://xn--a.example/callback"),
        good=typed("https://xn--bcher-kva.example/callback"),
        overridable=True,
    ),
    _reject(
        id="R-36",
        code="pleo_host",
        statement="Not Pleo's own domain, nor one that looks like it letter for letter.",
        why="The endpoint is yours: a code that is sent to us helps nobody.",
        source=f"RFC 9700 section 4.11.2; {OURS}",
        bad=typed("https://app.pleo.io/callback"),
        good=typed("https://client.example/pleo/callback"),
        overridable=True,
    ),
)
