"""Rules R-01 to R-11: the characters of a redirect URI."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=("redirect_uris",))

RULES: Final = (
    _reject(
        id="R-01",
        code="empty",
        statement="Every client needs at least one redirect URI, and no entry may be empty.",
        why="Without an address there is nowhere to send people back to.",
        source="RFC 6749 section 3.1.2",
        bad=typed(""),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-02",
        code="control",
        statement="No control characters, such as tabs and line breaks.",
        why="Some programs drop them and some keep them, so two programs see two addresses. "
        "They also forge lines in logs and headers.",
        source="RFC 3986 sections 2 and 7.3, RFC 6749 section 10.14",
        bad=typed("https://client.example/\tcallback", "https://client.example/callback\x7f"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-03",
        code="space",
        statement="No spaces, neither inside nor at the ends. A space that belongs to the path is written "
        "%20.",
        why="A space ends an address for one program and belongs to it for another.",
        source="RFC 3986 section 2",
        bad=typed("https://client.example/my callback", "https://client.example/callback "),
        good=typed("https://client.example/my%20callback"),
    ),
    _reject(
        id="R-04",
        code="non_ascii",
        statement="Plain ASCII only: write an international host with its xn-- name, and other letters as "
        "%XX.",
        why="Letters of other alphabets can look the same, be invisible, or turn into / and . on the way.",
        source="RFC 3986 sections 2 and 3.2.2",
        bad=typed("https://bücher.example/callback", "https://client.example/zurück"),
        good=typed("https://client.example/zur%C3%BCck"),
    ),
    _reject(
        id="R-05",
        code="too_long",
        statement="At most 2048 characters.",
        why="Longer addresses are cut off or refused by servers between you and us.",
        source=OURS,
        bad=typed("https://client.example/" + "a" * 2030),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-06",
        code="wildcard",
        statement="No wildcards: no *, and no %2A either. Register each address in full, or one address "
        "for all and "
        "remember in the state parameter where to go from there.",
        why="Whoever controls any address that fits the pattern can collect the code.",
        source=f"{GUIDE}; RFC 9700 sections 4.1.1 and 4.1.3",
        bad=typed("https://*.client.example/callback", "https://client.example/%2A"),
        good=typed("https://alice.client.example/callback", "https://client.example/callback"),
    ),
    _reject(
        id="R-07",
        code="template",
        statement="No { } < >, in plain or as %XX: they mark a placeholder that has yet to be filled in.",
        why="A placeholder is a wildcard by another name, or a line copied from a manual.",
        source="RFC 3986 section 2, RFC 9700 section 4.1.3",
        bad=typed("https://client.example/{tenant}/callback", "https://<your-host>/callback"),
        good=typed("https://client.example/acme/callback"),
    ),
    _reject(
        id="R-08",
        code="backslash",
        statement="Write / and never \\.",
        why="Browsers read a backslash as a slash and other programs do not, so the two see different hosts.",
        source="RFC 3986 section 2",
        bad=typed("https://good.example\\@evil.example/callback", "https://client.example\\callback"),
        good=typed("https://client.example/callback"),
    ),
    _reject(
        id="R-09",
        code="charset",
        statement="Only characters that an address may have; the rest is written as %XX. "
        "Square brackets stand round an IPv6 host and nowhere else.",
        why="Programs repair such characters, each in its own way.",
        source="RFC 3986 sections 2 and 3.2.2",
        bad=typed("https://client.example/a^b", "https://client.example/a|b", "https://client.example/a[0]"),
        good=typed("https://client.example/a%5Eb"),
    ),
    _reject(
        id="R-10",
        code="percent",
        statement="Behind every % stand two hexadecimal digits. A percent sign itself is written %25.",
        why="An unfinished escape is read as text by some and refused by others.",
        source="RFC 3986 section 2.1",
        bad=typed("https://client.example/100%", "https://client.example/%zz/callback"),
        good=typed("https://client.example/a%20b"),
    ),
    _reject(
        id="R-11",
        code="fragment",
        statement="No #, not even at the very end. Applications that route with #/… need a real path.",
        why="What stands behind # never reaches your server, and it can hide or overwrite the answer.",
        source="RFC 6749 section 3.1.2, RFC 9700 section 4.1.2",
        bad=typed("https://client.example/#/callback", "https://client.example/callback#"),
        good=typed("https://client.example/callback", "https://client.example/a%23b"),
    ),
)
