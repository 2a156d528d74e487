"""Rules N-01 to N-11: the name that end users read."""

from __future__ import annotations

from functools import partial
from typing import Final

from registrations.rules.findings import Severity
from registrations.rules.rule import GUIDE, OURS, Example, Rule, typed

_reject = partial(Rule, severity=Severity.REJECT, fields=("client_name",))
_warn = partial(Rule, severity=Severity.WARN, fields=("client_name",))

RULES: Final = (
    _reject(
        id="N-02",
        code="invisible",
        statement="Only characters that can be seen. A joiner or non-joiner may stand where a script spells "
        "with it, as Persian and Sinhala do.",
        why="Invisible ones make two different names look the same, or turn the text around.",
        source="Unicode Technical Report 36; RFC 5892 appendix A",
        bad=typed("Acme\u200b Expenses", "Acme\u202eExpenses"),
        good=typed("Acme Expenses"),
    ),
    _reject(
        id="N-01",
        code="length",
        statement="2 to 80 characters, with at least one letter or digit among them.",
        why="People have to recognise your client by it, on small screens as well.",
        source=OURS,
        bad=typed("", "A", "—!"),
        good=typed("Example Client", "X2"),
    ),
    _reject(
        id="N-03",
        code="markup",
        statement="No < and no >.",
        why="A name is text. Pages that forget to escape it should have nothing to trip over.",
        source="RFC 7591 section 5",
        bad=typed("Acme <b>Expenses</b>"),
        good=typed("Acme & Sons"),
    ),
    _reject(
        id="N-05",
        code="brand",
        statement="Without Pleo in it, however it is spelled: instead of “Example Client for Pleo” simply "
        "“Example "
        "Client”.",
        why="People must not take your client for one of ours.",
        source=GUIDE,
        bad=typed("Example Client for Pleo", "PleoSync", "Pl3o", "P.L.E.O. Tools"),
        good=typed("Example Client", "Temple Operations", "Simpleo"),
        overridable=True,
    ),
    _reject(
        id="N-04",
        code="address",
        statement="A name, not an address: no https://, www. or email address.",
        why="An address in a name asks people to go there.",
        source=OURS,
        bad=typed("Visit www.client.example", "ops@client.example"),
        good=typed("Example Client"),
    ),
    _warn(
        id="N-06",
        code="brand_maybe",
        statement="Pleo reads every name that may refer to Pleo.",
        why="Real names come close to ours, and no program can tell.",
        source=GUIDE,
        bad=typed("Pleora", "P. Leo & Sons"),
        good=typed("People Operations"),
    ),
    _warn(
        id="N-07",
        code="status_claim",
        statement="No claim to be official, verified, trusted or the like, in words or in signs.",
        why="We give no such status, and people would believe it.",
        source=OURS,
        bad=typed("Acme Official", "Verified Expenses"),
        good=typed("Acme Expenses"),
    ),
    _warn(
        id="N-08",
        code="mixed_script",
        statement="The letters of one word come from one script.",
        why="A letter of another alphabet can pass for one of this.",
        source="Unicode Technical Standard 39",
        bad=typed("C\u043empany"),
        good=typed("Company", "東京 Expenses"),
    ),
    _warn(
        id="N-09",
        code="domain",
        statement="A name that is also a domain should be your domain.",
        why="People would expect to find your client there.",
        source=OURS,
        bad=typed("acme.com"),
        good=typed("Acme"),
    ),
    _warn(
        id="N-10",
        code="taken",
        statement="A name that does not look like that of another partner's client. Case, accents, blanks "
        "and digits for letters make no difference.",
        why="People tell clients apart by name and logo alone.",
        source="RFC 7591 section 5",
        bad=(
            Example(
                "ACME  expenses",
                given="where another client is called Acme Expenses",
                beside=("Acme Expenses",),
            ),
            Example(
                "Acm3 Expenses",
                given="where another client is called Acme Expenses",
                beside=("Acme Expenses",),
            ),
        ),
        good=(
            Example(
                "Acme Invoices",
                given="where another client is called Acme Expenses",
                beside=("Acme Expenses",),
            ),
        ),
    ),
    _warn(
        id="N-11",
        code="wrapped",
        statement="Only the name itself: no quotation marks or brackets round all of it, no Markdown, and "
        "nothing else that a copy brings along.",
        why="People read every sign of it, exactly as you enter it.",
        source=OURS,
        bad=typed('"Acme Expenses"', "**Acme Expenses**", "client_name: Acme Expenses", "Acme &amp; Sons"),
        good=typed("Acme Expenses", 'Acme "Pro" Expenses', "Acme & Sons"),
    ),
)
