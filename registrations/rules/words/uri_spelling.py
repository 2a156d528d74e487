"""Rules R-30 to R-35 and R-64: one spelling, one meaning, one address per entry."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, Example, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=("redirect_uris",))
_GOOD: Final = "https://client.example/callback"

RULES: Final = (
    _reject(
        id="R-30",
        code="spelling",
        statement="Scheme and host in lower case, no ? with nothing behind it, IPv6 in its short form.",
        why="We compare character by character, while browsers rewrite these parts before they send them.",
        source="RFC 3986 section 6.2.2.1, RFC 9700 section 4.1.3",
        bad=typed("https://Client.Example/callback", "https://client.example/callback?"),
        good=typed("https://client.example/Callback"),
    ),
    _reject(
        id="R-31",
        code="dot_segment",
        statement="The path as it finally is: no . or .. between slashes, in plain or as %2E.",
        why="Browsers resolve these before they send the address, so it no longer matches.",
        source="RFC 3986 section 6.2.2.3",
        bad=typed("https://client.example/a/../callback", "https://client.example/%2e%2e/callback"),
        good=typed("https://client.example/.well-known/callback"),
    ),
    _reject(
        id="R-32",
        code="encoded_delimiter",
        statement="No escaped slash, backslash, control character or second % in the path, no control "
        "character in "
        "the query, and every escape is UTF-8.",
        why="Some servers decode once, some twice, some not at all: each sees another path.",
        source="RFC 3986 section 7.3",
        bad=typed(
            "https://client.example/a%2Fb", "https://client.example/a%252Fb", "https://client.example/%FF"
        ),
        good=typed("https://client.example/a/b", "https://client.example/caf%C3%A9"),
    ),
    _reject(
        id="R-34",
        code="one_per_entry",
        statement="One address an entry, and at most 20 entries.",
        why="Two addresses in one line are one address that leads nowhere.",
        source=GUIDE,
        bad=typed("https://client.example/callback,https://client.example/other"),
        good=typed(_GOOD),
    ),
    _reject(
        id="R-33",
        code="reserved_parameter",
        statement="The query carries none of the parameters that we add: code, state, error, iss and "
        "their kin.",
        why="A parameter must not appear twice, and yours would be there first.",
        source="RFC 6749 section 3.1",
        bad=typed("https://client.example/callback?state=1", "https://client.example/callback?Code=x"),
        good=typed("https://client.example/callback?tenant=1"),
    ),
    _reject(
        id="R-35",
        code="duplicate",
        statement="The same address is listed once.",
        why="A second copy changes nothing and confuses whoever edits the list.",
        source="RFC 3986 section 6.2.1",
        bad=(Example(_GOOD, given="listed above already", beside=(_GOOD,)),),
        good=(Example("https://client.example/other", given=f"below {_GOOD}", beside=(_GOOD,)),),
    ),
    _reject(
        id="R-64",
        code="production_http",
        statement="No http in a registration for production, not even on your own machine.",
        why="Development belongs to staging, where local addresses are welcome.",
        source=GUIDE,
        bad=(Example("http://localhost:8080/callback", given="for production", environment="production"),),
        good=(Example(_GOOD, given="for production", environment="production"),),
    ),
)
