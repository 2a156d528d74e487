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
        ("a@client.example, b@client.example", "a@client.example\nb@client.example"),
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


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmail.con", "gmail.com"),
        ("outlook.con", "outlook.com"),
        ("gmail.c0m", "gmail.com"),
        ("gmial.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("GMIAL.com", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gmail.comm", "gmail.com"),
        ("outlok.com", "outlook.com"),
        ("outloook.fr", "outlook.fr"),
        ("hotmail.vom", "hotmail.com"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("hotmail.co.ku", "hotmail.co.uk"),
        ("icluod.com", "icloud.com"),
        ("yaho0.com", "yahoo.com"),
        ("yahoo.ocm", "yahoo.com"),
        ("protonmial.com", "protonmail.com"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_noticed_and_mended(domain, meant):
    (finding,) = contacts.check(f"jane+pay@{domain}")
    assert (finding.rule, finding.severity.value) == ("C-10", "warn")
    assert finding.suggestion == f"jane+pay@{meant}"
    assert meant in finding.message


@pytest.mark.parametrize(
    "domain", ["company.cmo", "company.con", "company.c0m", "client.exmaple", "company.nte", "mail.con"]
)
def test_an_ending_that_nobody_has_is_noticed_and_not_guessed_at(domain):
    (finding,) = contacts.check(f"jane@{domain}")
    assert (finding.rule, finding.suggestion) == ("C-10", None)
    assert f".{domain.partition('.')[2]}" in finding.message


@pytest.mark.parametrize(
    "domain",
    ["company.co", "company.cm", "gail.com", "grail.com", "photon.com", "cloud.com", "mails.com", "client.io"]
    + ["gmbh.de", "hotel.com", "outloud.com", "lookout.com", "client.example", "gmail.client.example"]
    + ["xn--bcher-kva.example", "client.xn--p1ai", "yahoo.co.nz", "hotmails.industries", "goal.com"]
    + ["g-mail.com", "gm4il.com"],
)
def test_a_domain_that_is_nobodys_slip_passes(domain):
    assert contacts.check(f"jane@{domain}") == []


@pytest.mark.parametrize(
    "domain", ["mail.com", "gmx.net", "ymail.com", "gmx.de", "me.com", "live.co.uk", "pm.me"]
)
def test_a_mail_service_is_no_slip_of_another(domain):
    assert [finding.rule for finding in contacts.check(f"jane@{domain}")] == ["C-09"]


@pytest.mark.parametrize(
    "copied",
    [
        "<jane@client.example>",
        '"jane@client.example",',
        "mailto:jane@client.example",
        "MAILTO:jane@client.example?subject=Hello",
        "mailto:jane%40client.example",
        "EMAIL=jane@client.example",
        "jane%40client.example",
        "contacts=jane%40client.example",
        "jane&#64;client.example",
        "jane&commat;client.example",
        "&lt;jane@client.example&gt;",
        "[jane](mailto:jane@client.example)",
        '<a href="mailto:jane@client.example">Jane</a>',
        "- jane@client.example",
        "1. jane@client.example",
        "* jane@client.example",
        "jane@client.example;",
        "jane@client.example,",
        "jane@client.example.",
        "(jane@client.example)",
        "`jane@client.example`",
        "Jane <jane@client.example>",
        '"Doe, Jane" <jane@client.example>',
        "Email: jane@client.example",
        r"jane\u0040client.example",
        '["jane@client.example"]',
        '"contacts": ["jane@client.example"],',
        "\u200bjane@client.example",
        "jane@client.example\u00a0",
    ],
)
def test_what_a_copy_brought_along_is_taken_off(copied):
    (finding,) = contacts.check(copied)
    assert finding.rejects
    assert finding.suggestion == "jane@client.example"
    assert contacts.check(finding.suggestion) == []


@pytest.mark.parametrize(
    ("copied", "meant"),
    [
        ("jane&amp;co@client.example", "jane&co@client.example"),
        ("o&#39;brien@client.example", "o'brien@client.example"),
        ("<jane@b\u00fccher.example>", "jane@xn--bcher-kva.example"),
    ],
)
def test_the_rest_of_a_damaged_address_is_not_offered_as_the_whole(copied, meant):
    assert contacts.check(copied)[0].suggestion == meant


@pytest.mark.parametrize(
    "copied",
    [
        "<jane@localhost>",
        "mailto:root@client.internal",
        "Jane <jane@mailinator.com>",
        "jane%40mailinator.com",
        "- jane@10.0.0.1",
        "a@client.example, b@localhost",
        "A <a@client.example>, b [at] client.example",
        "jane [at] client.example",
    ],
)
def test_nothing_is_offered_that_a_rule_rejects(copied):
    (finding,) = contacts.check(copied)
    assert (finding.rejects, finding.suggestion) == (True, None)


@pytest.mark.parametrize(
    "listed",
    [
        "A <a@client.example>; b@client.example",
        "A <a@client.example>, B <b@client.example>",
        '"Other, A." <a@client.example>, Other, B <b@client.example>',
        "A (a@client.example), B (b@client.example)",
        "a@client.example b@client.example",
        "a@client.example and b@client.example",
        "mailto:a@client.example,b@client.example",
        "Contacts: a@client.example, b@client.example",
        '["a@client.example", "b@client.example"]',
        '"contacts": ["a@client.example", "b@client.example", "a@client.example"],',
        "A <a@client.example>, B <b@client.example>, C <c@client.example>",
    ],
)
def test_several_addresses_in_one_entry_are_offered_as_one_each(listed):
    (finding,) = contacts.check(listed, existing=["c@client.example"])
    assert (finding.rule, finding.suggestion) == ("C-03", "a@client.example\nb@client.example")


def test_a_list_that_was_pasted_as_lines_is_offered_as_a_whole():
    found = contacts.check_all(["contacts:", "- a@client.example", "- b@client.example"])
    assert (found[0].index, found[0].suggestion) == (None, "a@client.example\nb@client.example")
    assert found[1].message == "This is not an email address. Remove this line."


def test_what_is_listed_already_is_not_offered():
    (finding,) = contacts.check("<jane@client.example>", existing=["jane@client.example"])
    assert (finding.rule, finding.suggestion) == ("C-03", None)


def test_the_message_says_where_a_damaged_address_comes_from():
    said = {
        copied: contacts.check(copied)[0].message for copied in ("jane&#64;client.example", "<a@b.example>")
    }
    assert [message.partition(".")[0] for message in said.values()] == [
        "This looks copied out of HTML",
        "This looks copied out of a document",
    ]


def test_a_slip_is_not_mended_into_what_is_listed():
    (_, finding) = contacts.check_all(["jane@gmail.com", "jane@gmail.con"])
    assert (finding.rule, finding.index, finding.suggestion) == ("C-10", 1, None)


@pytest.mark.parametrize(
    "contact",
    [
        "noreply@client.example",
        "no-reply@client.example",
        "no.reply@client.example",
        "No_Reply@client.example",
        "noreply2@client.example",
        "noreply+jane@client.example",
        "billing-noreply@client.example",
        "no-reply-billing@client.example",
        "donotreply@client.example",
        "do-not-reply@client.example",
        "do.not.reply@client.example",
        "dont-reply@client.example",
        "no-response@client.example",
        "ne-pas-repondre@client.example",
        "nicht-antworten@client.example",
        "svar-ikke@client.example",
        "mailer-daemon@client.example",
        "nobody@client.example",
        "bounces+123@client.example",
        "12345+jane@users.noreply.github.com",
        "jane@users.noreply.gitlab.com",
        "jane@no-reply.client.example",
        "x7@privaterelay.appleid.com",
        "x7@mozmail.com",
        "x7@relay.firefox.com",
        "x7@duck.com",
        "x7@passmail.net",
        "x7@acme.anonaddy.com",
    ],
)
def test_an_address_that_nobody_reads_is_noted(contact):
    assert [(one.rule, one.severity.value) for one in contacts.check(contact)] == [("C-11", "warn")]


@pytest.mark.parametrize(
    "contact",
    [
        "reply@client.example",
        "nino.reply@client.example",
        "no@client.example",
        "jane+noreply@client.example",
        "replyteam@client.example",
        "bounce-house@client.example",
        "noor@client.example",
        "norepl@client.example",
        "jane@noreplying.example",
        "jane@github.com",
        "jane@appleid.com",
    ],
)
def test_an_address_that_somebody_may_read_passes(contact):
    assert contacts.check(contact) == []


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
