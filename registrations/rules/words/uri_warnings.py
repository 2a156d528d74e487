"""Rules R-50 to R-68: redirect URIs that are accepted with a warning."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Example, Rule, typed

_warn = partial(Rule, severity=Severity.WARN, fields=("redirect_uris",))
_GOOD: Final = "https://client.example/callback"

RULES: Final = (
    _warn(
        id="R-63",
        code="not_for_production",
        statement="Addresses of your own machine and of testing tools are for staging.",
        why="Whoever can use the tool can use your client.",
        source=GUIDE,
        bad=(
            Example("https://oauth.pstmn.io/v1/callback", given="for production", environment="production"),
            Example("https://localhost:8443/callback", given="for production", environment="production"),
        ),
        good=(Example("https://oauth.pstmn.io/v1/callback", given="for staging", environment="staging"),),
    ),
    _warn(
        id="R-52",
        code="idn",
        statement="International names are shown as people will read them.",
        why="Letters of other alphabets can look like the letters of somebody else's name.",
        source="RFC 5890, Unicode Technical Standard 39",
        bad=typed("https://xn--bcher-kva.example/callback"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-54",
        code="unknown_tld",
        statement="The ending of the host name is one we know.",
        why="An unknown ending is a typing error more often than a new one.",
        source="Public Suffix List",
        bad=typed("https://client.c0m/callback"),
        good=typed("https://client.com/callback"),
    ),
    _warn(
        id="R-56",
        code="tunnel",
        statement="Tunnels, development environments and request catchers are for development.",
        why="Their names change hands, and some show what arrives to others.",
        source=OURS,
        bad=typed("https://acme.ngrok.io/callback", "https://webhook.site/callback"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-66",
        code="shortener",
        statement="The final address rather than a shortened one.",
        why="The owner of the short address can change where it leads.",
        source=OURS,
        bad=typed("https://bit.ly/acme-callback"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-57",
        code="inspector",
        statement="Pages that print what they receive are for development.",
        why="They show the code to whoever looks.",
        source=OURS,
        bad=typed("https://oidcdebugger.com/debug"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-62",
        code="public_client",
        statement="A client secret lives on a server: not in a browser extension, an app relay or hosted "
        "files.",
        why="Whoever can read the code of a client can read its secret.",
        source="RFC 6749 section 2.1",
        bad=typed("https://abcdefghijklmnop.chromiumapp.org/callback", "https://acme.github.io/callback"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-55",
        code="platform_root",
        statement="Your own name on a hosting platform rather than the platform itself.",
        why="The platform's own address is not yours.",
        source="Public Suffix List, private part",
        bad=typed("https://herokuapp.com/callback"),
        good=typed("https://acme.herokuapp.com/callback"),
    ),
    _warn(
        id="R-59",
        code="brand_in_host",
        statement="A host name that reads like Pleo is looked at.",
        why="It may be the honest name of a page for us, or bait for people.",
        source=f"{GUIDE}; RFC 9700 section 4.11",
        bad=typed("https://pleo.client.example/callback"),
        good=typed("https://temple.client.example/callback"),
    ),
    _warn(
        id="R-60",
        code="placeholder",
        statement="Real names instead of your-…, changeme, :id and $name.",
        why="They come with copied examples and lead to somebody else's host, or nowhere.",
        source=OURS,
        bad=typed("https://your-domain.com/callback", "https://client.example/:tenant/callback"),
        good=typed("https://client.example/acme/callback"),
    ),
    _warn(
        id="R-53",
        code="public_ip",
        statement="A host name rather than an IP address.",
        why="Nobody can tell whose number it is, and numbers are handed on.",
        source=OURS,
        bad=typed("https://1.1.1.1/callback"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-58",
        code="forwards",
        statement="The query holds no address to go on to.",
        why="An endpoint that forwards to any site hands the code to any site.",
        source="RFC 9700 sections 2.1 and 4.11.1",
        bad=typed("https://client.example/callback?next=https%3A%2F%2Fother.example%2F"),
        good=typed("https://client.example/callback?next=settings"),
    ),
    _warn(
        id="R-61",
        code="double_slash",
        statement="One slash at a time in the path.",
        why="Two come from addresses that were joined carelessly, and can read as another host.",
        source="RFC 3986 section 4.2",
        bad=typed("https://client.example//callback"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-65",
        code="odd_escape",
        statement="No escaped space at the end, nothing escaped twice, nothing invisible.",
        why="Such things come along when an address is copied, and are hard to see.",
        source=OURS,
        bad=typed("https://client.example/callback%20", "https://client.example/callback?x=%2541"),
        good=typed("https://client.example/my%20callback"),
    ),
    _warn(
        id="R-67",
        code="escape_spelling",
        statement="Escapes in capitals, and only where they are needed.",
        why="We compare character by character: %7E and ~ are the same to a browser, but not to us.",
        source="RFC 3986 section 6.2.2",
        bad=typed("https://client.example/%7Eteam/callback", "https://client.example/caf%c3%a9"),
        good=typed("https://client.example/~team/callback"),
    ),
    _warn(
        id="R-68",
        code="default_port",
        statement="The port that goes without saying is left out.",
        why="Most programs leave out :443 and :80, and then the address no longer matches.",
        source="RFC 3986 section 6.2.3",
        bad=typed("https://client.example:443/callback", "http://localhost:80/callback"),
        good=typed("https://client.example:8443/callback"),
    ),
    _warn(
        id="R-50",
        code="no_path",
        statement="There is a path behind the host.",
        why="Some programs add the slash that is missing, and then the address no longer matches.",
        source="RFC 3986 section 6.2.3",
        bad=typed("https://client.example"),
        good=typed(_GOOD),
    ),
    _warn(
        id="R-51",
        code="near_duplicate",
        statement="No two entries that differ only by a slash at the end, case, port or the order of "
        "parameters.",
        why="Each is an address of its own to us. Often only one of them is meant.",
        source="RFC 9700 section 4.1.3",
        bad=(Example("https://client.example/callback/", given=f"below {_GOOD}", beside=(_GOOD,)),),
        good=(Example("https://client.example/other", given=f"below {_GOOD}", beside=(_GOOD,)),),
    ),
)
