"""Rules S-01 to S-07: the scopes."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Example, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT)
_scope = partial(_reject, fields=("scope",))

RULES: Final = (
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
        statement="Only available scopes, letter for letter: no wildcards, and spaces rather than commas.",
        why="A scope that does not exist is never granted. OpenID Connect's, such as openid, are none of "
        "ours, and refresh tokens need no scope. If nothing in the list covers what you need, such as "
        "expenses or receipts, ask Pleo.",
        source=f"{GUIDE}; RFC 6749 section 3.3",
        bad=typed(
            "users:raed", "Users:Read", "users:read,users:write", "users:*", "openid", "offline_access"
        ),
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
        statement="A reason for each scope marked sensitive or restricted, and for each that Pleo refused "
        "before and that you ask for again, in 20 to 1000 characters.",
        why="Such a scope gives more access than others, so Pleo decides on each by what you need it for. A "
        "scope that was refused stays refused until you ask for it again.",
        source="RFC 9700 section 2.3",
        bad=typed("", "We need it."),
        good=typed("Our till adds an account for each new shop."),
    ),
)
