"""Rules P-01 to P-09: PKCE, and exceptions from it."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Example, Rule, described, typed

_reject = partial(Rule, severity=Severity.REJECT)

RULES: Final = (
    _reject(
        id="P-01",
        code="support",
        fields=("pkce_support",),
        statement="Say whether your client supports PKCE, with the method S256. It is required by default.",
        why="PKCE keeps a stolen code from being used.",
        source=f"{GUIDE}; RFC 9700 section 2.1.1",
        bad=typed("plain"),
        good=typed("supported"),
    ),
    _reject(
        id="P-03",
        code="reason",
        fields=("pkce_justification",),
        statement="An exception needs its technical reason, in 20 to 4000 characters.",
        why="Exceptions are granted one by one, to clients that cannot do otherwise.",
        source=GUIDE,
        bad=typed("We cannot."),
        good=typed("Our connector platform sends no code_verifier before version 9."),
    ),
    _reject(
        id="P-05",
        code="needs_pkce",
        fields=("pkce_support",),
        statement="No exception for a client that only has local redirect URIs, or whose host keeps no "
        "secret.",
        why="Such clients need PKCE most.",
        source="RFC 8252 section 8.1",
        bad=(
            Example(
                "exception_requested",
                given="with http://localhost:8080/callback alone",
                beside=("http://localhost:8080/callback",),
            ),
        ),
        good=(
            Example(
                "exception_requested",
                given="with https://client.example/callback",
                beside=("https://client.example/callback",),
            ),
        ),
    ),
    _reject(
        id="P-08",
        code="renewal",
        fields=("pkce_support",),
        statement="An exception covers the redirect URIs and scopes that Pleo saw when granting it. To add "
        "others, request a renewal, give a new justification or a new end, or choose “Supported”.",
        why="Pleo weighed the exception for those alone. It goes on for the live version until the renewal "
        "is decided. “Supported” ends it once your change is approved. To remove an entry, you need neither.",
        source=OURS,
        bad=(
            Example(
                "exception_requested",
                given="with a redirect URI that the exception in force does not cover",
                beside=("https://client.example/other",),
            ),
        ),
        good=(
            Example(
                "exception_requested",
                given="with nothing added",
                beside=("https://client.example/callback",),
            ),
        ),
    ),
    _reject(
        id="P-09",
        code="wished_end",
        fields=("pkce_wished_end",),
        statement="You can say until when you need the exception: a day after today, at most twelve months "
        "away, written as year, month and day.",
        why="Pleo can grant the exception for as long as you need it, and no longer.",
        source=OURS,
        bad=typed("31 March", "2027-02-30"),
        good=typed("", "2027-03-31"),
    ),
    _reject(
        id="P-04",
        code="end_date",
        fields=("pkce_support",),
        statement="Whoever grants an exception sets its end, after today and at most twelve months away.",
        why="Pleo checks again whether the exception is still necessary.",
        source=OURS,
        bad=described("an end in two years", "an end in the past"),
        good=described("an end in six months"),
    ),
)
