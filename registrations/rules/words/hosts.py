"""Rules R-23 to R-29 with R-36 and R-37: the host of a redirect URI."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=("redirect_uris",))

RULES: Final = (
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
