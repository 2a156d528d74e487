"""The people responsible for a client: section 4 of the rules."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import contacts

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors/contacts.jsonl").read_text("utf-8").splitlines()
]


def first_rule(contact, **known):
    found = contacts.check(contact, **known)
    return found[0].rule if found else "C-00"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["note"])
def test_sample_vector_agrees(vector):
    found = contacts.check(vector["contact"], existing=vector.get("existing", ()))
    verdict = found[0].severity.value if found else "accept"
    assert (verdict, found[0].rule if found else "C-00") == (vector["verdict"], vector["rule"])


@pytest.mark.parametrize(
    ("contact", "rule"),
    [
        ("o'brien+pay@client.example", "C-00"),
        ("a" * 64 + "@client.example", "C-00"),
        ("a@" + "b" * 63 + ".example", "C-00"),
        ("a@" + "b" * 64 + ".example", "C-02"),
        ("a@" + ".".join(["b" * 61] * 4) + ".example", "C-02"),
        (".a@client.example", "C-02"),
        ("a..b@client.example", "C-02"),
        ("a.@client.example", "C-02"),
        ("a@b@client.example", "C-02"),
        ("a@-client.example", "C-02"),
        ("a@client-.example", "C-02"),
        ("a\\b@client.example", "C-02"),
        ("jane:a@client.example", "C-02"),
        (" a@client.example", "C-03"),
        ("a@client.example\r", "C-03"),
        ("a@client.example\u2028", "C-03"),
        ("a\u200b@client.example", "C-03"),
        ("a\u00a0@client.example", "C-03"),
        ("a\0@client.example", "C-03"),
        ("MailTo:a@client.example", "C-03"),
        ("a@client.example;b@client.example", "C-03"),
        ("a(work)@client.example", "C-03"),
        ("'a@client.example'", "C-03"),
        ("\u201ca@client.example\u201d", "C-03"),
        ("\u2018a@client.example\u2019", "C-03"),
        ("'a@client.example", "C-00"),
        ("a@127.0.0.1", "C-05"),
        ("a@client.123", "C-05"),
        ("a@client.0x1F", "C-05"),
        ("a@host.local", "C-05"),
        ("a@host.localhost", "C-05"),
        ("a@host.LAN", "C-05"),
        ("a@sub.MAILINATOR.com", "C-07"),
        ("a@notmailinator.com", "C-00"),
        ("a@it.pleo.io", "C-08"),
        ("a@notpleo.io", "C-00"),
        ("a@GMAIL.com", "C-09"),
        ("a@yahoo.ie", "C-09"),
        ("a@hotmail.nl", "C-09"),
        ("a@talktalk.net", "C-09"),
        ("a@privat.dk", "C-09"),
    ],
)
def test_rules_decide(contact, rule):
    assert first_rule(contact) == rule


@pytest.mark.parametrize(
    ("contact", "better"),
    [
        ("Jane Doe <jane@client.example>", "jane@client.example"),
        (" jane@client.example ", "jane@client.example"),
        ("mailto:jane@client.example", "jane@client.example"),
        ("a@client.example, b@client.example", None),
        ("Jane <jane@localhost>", None),
        ("[email protected]", None),
        ("a@b\u00fccher.example", "a@xn--bcher-kva.example"),
        ("'a@client.example'", "a@client.example"),
        ("\u201ca@client.example\u201d", "a@client.example"),
        ("\u00e6@client.example", None),
        ("\u00e6@b\u00fccher.example", None),
        ("a@\u2603\u0301.example", None),
        ("\u00e6", None),
    ],
)
def test_suggestion_is_the_bare_plain_address(contact, better):
    (finding,) = contacts.check(contact)
    assert finding.suggestion == better


def test_punycode_is_named_in_the_message():
    assert contacts.check("a@b\u00fccher.example")[0].message == "Write the domain as xn--bcher-kva.example."


def test_nobody_is_too_few():
    (finding,) = contacts.check_all([])
    assert (finding.rule, finding.field, finding.index) == ("C-01", "contacts", None)


def test_eleven_are_too_many():
    ten = [f"a{n}@client.example" for n in range(10)]
    assert contacts.check_all(ten) == []
    (finding,) = contacts.check_all([*ten, "last@client.example"])
    assert (finding.rule, finding.index) == ("C-01", None)


def test_every_entry_is_checked_and_numbered():
    found = contacts.check_all(["a@client.example", "abc", "a@CLIENT.example", "b@gmail.com", ""])
    assert [(finding.rule, finding.index) for finding in found] == [
        ("C-02", 1),
        ("C-06", 2),
        ("C-09", 3),
        ("C-01", 4),
    ]


@pytest.mark.parametrize("waived", [{"C-07"}, {("C-07", "a@yopmail.com")}])
def test_waived_service_goes_on_to_a_reviewer(waived):
    assert contacts.check_all(["a@yopmail.com"], waived=waived) == []


def test_each_of_many_is_looked_at_once():
    """More entries than the square of their number could be gone through."""
    many = [f"a{number}@client.example" for number in range(20_000)] + [
        "A0@client.example",
        "a0@CLIENT.example",
    ]
    assert [(one.rule, one.index) for one in contacts.check_all(many)] == [("C-01", None), ("C-06", 20_001)]


def test_an_entry_without_an_end_costs_no_more_than_its_length():
    (finding,) = contacts.check("a" * 1_000_000 + ",")
    assert (finding.rule, finding.suggestion) == ("C-03", None)


def test_no_other_rule_can_be_waived():
    assert first_rule("a@localhost", waived={"C-05"}) == "C-05"


@given(st.lists(st.text() | st.from_regex(r"[^@]{0,5}@[^@]{0,9}"), max_size=12))
def test_nothing_raises(entries):
    contacts.check_all(entries)


@given(st.emails())
def test_suggestion_passes(address):
    for finding in contacts.check(f"Jane <{address}>"):
        assert finding.suggestion is None or contacts.check(finding.suggestion)[:1] != [finding]
