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
        why="Each has an authorization server of its own. You may begin with either.",
        source=OURS,
        bad=typed("testing"),
        good=typed("staging", "production"),
    ),
    _reject(
        id="K-07",
        code="fixed_environment",
        fields=("environment",),
        statement="An approved client stays in its environment. The other environment needs a separate "
        "registration.",
        why="Each environment has its own credentials, so that tests never touch production.",
        source=OURS,
        bad=described("production, after the client was approved for staging"),
        good=described("a second registration for production"),
    ),
)

FREE_TEXT: Final = (
    _reject(
        id="F-01",
        code="free_text",
        fields=("pkce_justification", "pkce_controls"),
        statement="Reasons, answers and notes are plain text. Line breaks and tabs are fine; other control "
        "characters, and those that turn the direction of text, are not. A text of nothing but invisible "
        "characters is empty.",
        why="Such characters make a text say something else than it seems to.",
        source="Unicode Standard Annex 9",
        bad=typed("Our server\u202e cannot send a challenge.", "Our server cannot\x07 send a challenge."),
        good=typed("Our server cannot send a challenge.\nWe replace it in May."),
    ),
)

SUBJECT_TYPE: Final = (
    _reject(
        id="T-03",
        code="subject_type",
        fields=("subject_type_preference",),
        statement="One of the listed types, or none.",
        why="Only these are known to the authorization server. It gives access for one company, or for an "
        "organisation that owns several; the preference says which of them your product works with by "
        "default.",
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
        statement="You confirm that the client secret stays on your own server.",
        why="Only confidential clients are supported: whoever knows the credentials can act as your client.",
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
        statement="To ask Pleo to accept a value that a rule rejects, give a reason of 10 to 1000 "
        "characters. You can only ask where the rule says that Pleo may accept it.",
        why="Pleo bases its decision on the reason, which stays on record.",
        source=OURS,
        bad=typed("please"),
        good=typed("Our company has been called Pleora since 1998."),
    ),
)
