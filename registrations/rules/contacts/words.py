"""Rules C-01 to C-11: the people responsible for a client."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import OURS, Example, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=("contacts",))
_warn = partial(Rule, severity=Severity.WARN, fields=("contacts",))
_GOOD: Final = "integrations@client.example"

RULES: Final = (
    _reject(
        id="C-01",
        code="count",
        statement="One to ten email addresses.",
        why="Somebody has to read our warnings about secrets and reviews.",
        source=OURS,
        bad=typed(""),
        good=typed(_GOOD),
    ),
    _reject(
        id="C-03",
        code="bare",
        statement="The bare address: no name, mailto:, quotes, brackets, blanks or lists. One address a "
        "line.",
        why="What stands round an address can add recipients or headers to an email.",
        source="RFC 5322 section 3.4",
        bad=typed("Jane Doe <jane@client.example>", "mailto:jane@client.example"),
        good=typed("jane@client.example"),
    ),
    _reject(
        id="C-04",
        code="ascii",
        statement="Plain ASCII; an international domain with its xn-- name.",
        why="Not every mail server on the way takes other letters.",
        source="RFC 5321 section 2.3",
        bad=typed("jane@bücher.example", "jäne@client.example"),
        good=typed("jane@xn--bcher-kva.example"),
    ),
    _reject(
        id="C-02",
        code="address",
        statement="A mailbox, an @ and a domain: at most 64 characters before the @, 254 in all.",
        why="Mail servers refuse anything else.",
        source="RFC 5321 section 4.5.3.1",
        bad=typed("jane", "jane@", "jane..doe@client.example"),
        good=typed("jane.doe+pleo@client.example"),
    ),
    _reject(
        id="C-05",
        code="public_domain",
        statement="A domain to which mail can be sent from the internet.",
        why="An email to localhost or to .internal never arrives.",
        source="RFC 6761, RFC 6762 appendix G",
        bad=typed("root@localhost", "jane@client.internal"),
        good=typed(_GOOD),
    ),
    _reject(
        id="C-06",
        code="duplicate",
        statement="Each address once, whatever the case of its domain.",
        why="The same email twice helps nobody.",
        source=OURS,
        bad=(Example("integrations@CLIENT.example", given=f"below {_GOOD}", beside=(_GOOD,)),),
        good=(Example("finance@client.example", given=f"below {_GOOD}", beside=(_GOOD,)),),
    ),
    _reject(
        id="C-07",
        code="throw_away",
        statement="No throw-away mailbox.",
        why="It is gone, or somebody else's, when we need you.",
        source=OURS,
        bad=typed("acme@mailinator.com"),
        good=typed(_GOOD),
        overridable=True,
    ),
    _warn(
        id="C-08",
        code="pleo_address",
        statement="Pleo checks contact addresses at Pleo.",
        why="The people responsible for a client are the partner's.",
        source=OURS,
        bad=typed("partner@pleo.io"),
        good=typed(_GOOD),
    ),
    _warn(
        id="C-09",
        code="free_mail",
        statement="A shared mailbox of your company rather than a private one.",
        why="People leave, and their mailboxes with them.",
        source=OURS,
        bad=typed("acme.integrations@gmail.com"),
        good=typed(_GOOD),
    ),
    _warn(
        id="C-10",
        code="mistyped_domain",
        statement="A domain that is spelled right: we know its ending, and it is not almost that of a "
        "well-known mail service.",
        why="An email to a mistyped domain reaches nobody, or somebody else.",
        source="Public Suffix List; our own judgement",
        bad=typed("jane@gmail.con", "jane@gmial.com", "jane@company.cmo"),
        good=typed("jane@company.co", "jane@company.com"),
    ),
    _warn(
        id="C-11",
        code="unread",
        statement="A mailbox that somebody reads, not a no-reply address or a relay.",
        why="We write when something has to be done.",
        source=OURS,
        bad=typed("noreply@client.example", "do-not-reply@client.example", "jane@users.noreply.github.com"),
        good=typed("reply@client.example"),
    ),
)
