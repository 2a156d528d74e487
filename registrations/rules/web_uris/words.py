"""Rules U-02 to U-14: the pages that end users open."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.record_fields import WEB_URI_FIELDS
from registrations.rules.rule import GUIDE, OURS, Example, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=WEB_URI_FIELDS)
_warn = partial(Rule, severity=Severity.WARN, fields=WEB_URI_FIELDS)
_GOOD: Final = "https://client.example/about"

RULES: Final = (
    _reject(
        id="U-03",
        code="https_required",
        statement="https, always: no http even on your own machine, and no other scheme.",
        why="People follow these links from inside our product.",
        source=OURS,
        bad=typed("http://client.example/about", "javascript:alert(1)"),
        good=typed(_GOOD),
    ),
    _reject(
        id="U-12",
        code="pattern",
        statement="No wildcards and no placeholders.",
        why="We fill in nothing: the link is shown exactly as it stands.",
        source=GUIDE,
        bad=typed("https://client.example/settings/{company}", "https://*.client.example/settings"),
        good=typed("https://client.example/settings"),
    ),
    _reject(
        id="U-06",
        code="userinfo",
        statement="No user name or password: no @ before the path.",
        why="It hides the real host from readers.",
        source="RFC 3986 section 7.6",
        bad=typed("https://client.example@evil.example/"),
        good=typed("https://client.example/@team"),
    ),
    _reject(
        id="U-02",
        code="syntax",
        statement="A whole address in one spelling, as for redirect URIs. Other than there, a part of the "
        "page may be "
        "named behind a #.",
        why="Everybody who follows the link should reach the same page.",
        source="RFC 3986",
        bad=typed("client.example/about", "https://client.example/a/../b", "https://Client.Example/"),
        good=typed("https://client.example/legal#privacy"),
    ),
    _reject(
        id="U-05",
        code="ip_literal",
        statement="A host name, not an IP address.",
        why="Nobody recognises a number.",
        source=OURS,
        bad=typed("https://8.8.8.8/"),
        good=typed(_GOOD),
    ),
    _reject(
        id="U-04",
        code="public",
        statement="A page that the internet can reach: not your own machine or network, no reserved name.",
        why="Your users have to be able to open it.",
        source="RFC 7591 section 2",
        bad=typed("https://localhost:3000/", "https://10.0.0.5/", "https://client.internal/"),
        good=typed(_GOOD),
    ),
    _reject(
        id="U-07",
        code="pleo_host",
        statement="A page of yours, not one of Pleo's.",
        why="Connecting starts at your client, which makes the state and the PKCE challenge.",
        source="RFC 9700 section 2.1",
        bad=typed("https://auth.pleo.io/oauth/authorize"),
        good=typed("https://client.example/integrations/pleo"),
    ),
    _reject(
        id="U-09",
        code="download",
        statement="A web page or a PDF, not a program, an archive or a document with macros.",
        why="A link that people trust must not bring software onto their machines.",
        source="RFC 7591 section 5",
        bad=typed("https://client.example/terms.exe", "https://client.example/privacy.docm"),
        good=typed("https://client.example/legal/privacy.pdf"),
    ),
    _reject(
        id="U-11",
        code="initiation_is_callback",
        fields=("initiation_uri",),
        statement="The page where people start, which is none of your redirect URIs.",
        why="The redirection endpoint expects a code, and people who start have none.",
        source=GUIDE,
        bad=(
            Example(
                "https://client.example/callback",
                given="also listed as a redirect URI",
                beside=("https://client.example/callback",),
            ),
        ),
        good=typed("https://client.example/connect"),
    ),
    _warn(
        id="U-08",
        code="other_site",
        fields=tuple(field for field in WEB_URI_FIELDS if field != "client_uri"),
        statement="A page on the same site as the client URI.",
        why="Hosted policies are common, so Pleo only checks that the page is yours.",
        source="RFC 7591 section 5",
        bad=(
            Example("https://other.example/terms", given="where the client URI is https://client.example/"),
        ),
        good=(
            Example(
                "https://www.client.example/terms", given="where the client URI is https://client.example/"
            ),
        ),
    ),
    _warn(
        id="U-10",
        code="shortener",
        statement="The final page rather than a shortened address.",
        why="Where it leads can be changed after the review.",
        source=OURS,
        bad=typed("https://bit.ly/acme"),
        good=typed(_GOOD),
    ),
    _warn(
        id="U-13",
        code="forwards",
        statement="Neither the query nor the path holds an address to go on to.",
        why="A page that forwards to any site lends your name to any site.",
        source="RFC 9700 section 4.11",
        bad=typed("https://client.example/go?to=https://other.example/"),
        good=typed("https://client.example/go?to=settings"),
    ),
    _warn(
        id="U-14",
        code="look",
        statement="Whatever R-52, R-54 to R-57, R-60 or R-65 would note about a redirect URI is noted "
        "here, too; so is R-62 for all pages but the terms and the privacy policy.",
        why="A tunnel, a placeholder or an unknown ending is rarely what you want to show people.",
        source=OURS,
        bad=typed("https://acme.ngrok.io/", "https://your-domain.com/", "https://client.example/,"),
        good=typed(_GOOD),
    ),
)
