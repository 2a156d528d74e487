"""Rule G-06: requesting that a reviewer accept what another rule rejects."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import OURS, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT)

RULES: Final = (
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
