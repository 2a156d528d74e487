"""The rules about single choices and about asking a reviewer (G-06), as partners read them."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Rule, described, typed

_reject = partial(Rule, severity=Severity.REJECT)

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
        statement="Whoever asks Pleo to accept what a rule rejects says why, in 10 to 1000 characters. Only "
        "the rules marked so can be asked about.",
        why="The reason is what Pleo decides by, and it stays on record.",
        source=OURS,
        bad=typed("please"),
        good=typed("Our company has been called Pleora since 1998."),
    ),
)
