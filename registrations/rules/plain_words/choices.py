"""Scopes, PKCE, environment, subject type, attestation, and asking a reviewer."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.plain_words.entry import GUIDE, OURS, Example, Rule, described, typed

_reject = partial(Rule, severity=Severity.REJECT)
_scope = partial(_reject, fields=("scope",))

SCOPES: Final = (
    _scope(
        id="S-01",
        code="none_chosen",
        statement="At least one scope.",
        why="A client should ask for what it needs, and for no more: so it has to say what that is.",
        source="RFC 9700 section 2.3",
        bad=typed(""),
        good=typed("users:read"),
    ),
    _scope(
        id="S-02",
        code="charset",
        statement="The name of a scope is plain ASCII without blanks, quotes and backslashes.",
        why="Other characters cannot be sent in a request.",
        source="RFC 6749 section 3.3",
        bad=typed('"users:read"', "users:réad"),
        good=typed("users:read users:write"),
    ),
    _scope(
        id="S-03",
        code="separators",
        statement="Scopes are separated by one space, with none at the ends.",
        why="That is how clients send them, and how the server compares them.",
        source="RFC 6749 section 3.3, RFC 7591 section 2",
        bad=typed("users:read  users:write", "users:read "),
        good=typed("users:read users:write"),
    ),
    _scope(
        id="S-06",
        code="too_long",
        statement="At most 1000 characters in all.",
        why="The list travels in the address of every request for authorization.",
        source=OURS,
        bad=typed("users:read " + "a" * 1000),
        good=typed("users:read"),
    ),
    _scope(
        id="S-04",
        code="unknown",
        statement="Scopes on offer, letter for letter: no wildcards, and spaces rather than commas.",
        why="A scope that does not exist is never granted.",
        source=f"{GUIDE}; RFC 6749 section 3.3",
        bad=typed("users:raed", "Users:Read", "users:read,users:write", "users:*"),
        good=typed("users:read users:write"),
    ),
    _scope(
        id="S-05",
        code="test_scope",
        severity=Severity.WARN,
        statement="test:test is for staging.",
        why="It opens nothing that real customers need.",
        source=OURS,
        bad=(Example("test:test users:read", given="for production", environment="production"),),
        good=(Example("test:test users:read", given="for staging", environment="staging"),),
    ),
    _scope(
        id="S-07",
        code="say_why",
        statement="A reason for each scope marked sensitive or restricted, in 20 to 1000 characters.",
        why="Such a scope opens more than others, so a reviewer decides on each by what it is for.",
        source="RFC 9700 section 2.3",
        bad=typed("", "We need it."),
        good=typed("Our till adds an account for each new shop."),
    ),
)

PKCE: Final = (
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
        id="P-04",
        code="end_date",
        fields=("pkce_support",),
        statement="Whoever grants an exception sets its end, after today and at most twelve months away.",
        why="What made the exception necessary is looked at again.",
        source=OURS,
        bad=described("an end in two years", "an end in the past"),
        good=described("an end in six months"),
    ),
)

ENVIRONMENT: Final = (
    _reject(
        id="E-01",
        code="environment",
        fields=("environment",),
        statement="Staging or production.",
        why="Each has an authorization server of its own.",
        source=OURS,
        bad=typed("testing"),
        good=typed("staging", "production"),
    ),
    _reject(
        id="K-07",
        code="fixed_environment",
        fields=("environment",),
        statement="An approved client stays in its environment; the other one takes a registration of its "
        "own.",
        why="Each environment has its own credentials, and testing never touches those for production.",
        source=OURS,
        bad=described("production, after the client was approved for staging"),
        good=described("a second registration for production"),
    ),
)

SUBJECT_TYPE: Final = (
    _reject(
        id="T-03",
        code="subject_type",
        fields=("subject_type_preference",),
        statement="One of the types on offer, or none.",
        why="Only these are known to the authorization server.",
        source=GUIDE,
        bad=typed("galaxy"),
        good=typed(""),
    ),
)

CONFIDENTIAL: Final = (
    _reject(
        id="G-08",
        code="confidential",
        fields=("confidential",),
        statement="You confirm that the client secret stays on a server of yours.",
        why="Only confidential clients are supported: whoever knows the credentials can pass for your "
        "client.",
        source=f"{GUIDE}; RFC 6749 sections 2.1 and 10.1",
        bad=described("not ticked"),
        good=described("ticked"),
    ),
)

ASKING: Final = (
    _reject(
        id="G-06",
        code="reason_for_reviewer",
        fields=("client_name", "contacts", "redirect_uris"),
        statement="Whoever asks a reviewer to accept what a rule rejects says why, in 10 to 1000 "
        "characters. Only the "
        "rules marked so can be asked about.",
        why="The reason is what the reviewer decides by, and it stays on record.",
        source=OURS,
        bad=typed("please"),
        good=typed("Our company has been called Pleora since 1998."),
    ),
)
