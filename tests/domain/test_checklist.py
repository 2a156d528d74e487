"""What the evidence answers in advance, and what is left to a person."""

import pytest

from registrations.domain import checklist
from registrations.domain.checklist import Evidence, Look, Mark
from registrations.domain.lifecycle import PkceStatus
from registrations.domain.sites import Mail
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Metadata

RECORD = {
    "client_name": "Example Client",
    "client_uri": "https://client.example/",
    "logo_digest": None,
    "tos_uri": "https://client.example/tos",
    "policy_uri": "https://client.example/privacy",
    "contacts": ("team@client.example",),
    "initiation_uri": "",
    "configuration_uri": "",
    "environment": "staging",
    "redirect_uris": ("https://client.example/callback",),
    "scope": ("users:read",),
    "pkce_support": "supported",
    "pkce_justification": "",
    "pkce_controls": "",
    "subject_type_preference": "",
    "confidential": True,
}
PLAIN = [
    "name_is_theirs",
    "site_shows_product",
    "terms_cover_product",
    "policy_names_product",
    "contacts_are_theirs",
    "redirect_hosts_are_theirs",
    "scopes_are_needed",
]
PAIR = ("N-05", "Pleo")


def record(**changes):
    return Metadata(**RECORD | changes)


def finding(field, severity=Severity.WARN, rule="R-60"):
    return Finding(rule, severity, field, "Is this right?")


def marks(**evidence):
    evidence.setdefault("record", record())
    return {item.code: item.mark for item in checklist.items(Evidence(**evidence))}


def words(code, **evidence):
    evidence.setdefault("record", record())
    return next(item.words for item in checklist.items(Evidence(**evidence)) if item.code == code)


def asked(**changes):
    return [item.code for item in checklist.to_tick(record(**changes))]


def test_a_person_is_asked_about_what_is_there():
    assert asked() == PLAIN
    assert asked(logo_digest="a" * 64)[2] == "logo_is_theirs"
    assert asked(pkce_support="exception_requested")[-1] == "pkce_reason_holds"


def test_nobody_is_asked_about_the_users_own_machine():
    assert "redirect_hosts_are_theirs" not in asked(redirect_uris=("http://127.0.0.1/callback",))


def test_each_redirect_host_is_named_once():
    uris = ("https://a.example/1", "https://a.example/2", "http://localhost/x", "https://b.example/")
    found = {item.code: item.words for item in checklist.to_tick(record(redirect_uris=uris))}
    assert found["redirect_hosts_are_theirs"] == "a.example, b.example"


def test_every_question_can_be_ticked_and_says_something():
    every = asked(logo_digest="a" * 64, pkce_support="exception_requested")
    assert set(every) == checklist.TICKABLE
    assert all(checklist.statement(code) for code in every)
    waiting = checklist.items(Evidence(record()))[-len(PLAIN) :]
    assert {item.mark for item in waiting} == {Mark.ASK}


def test_a_clean_record_passes_whatever_can_be_judged():
    found = marks(mail=Mail.SAME_SITE, mail_is_verified=True)
    assert {code for code, mark in found.items() if mark is Mark.PASS} == {
        "name_rules",
        "page_rules",
        "redirect_rules",
        "contact_rules",
        "one_site",
        "submitter_mail",
    }
    assert set(found.values()) == {Mark.PASS, Mark.ASK}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("client_name", "name_rules"),
        ("policy_uri", "page_rules"),
        ("redirect_uris", "redirect_rules"),
        ("contacts", "contact_rules"),
        ("scope", "other_rules"),
    ],
)
def test_notes_of_the_rules_stand_with_their_part(field, code):
    assert marks(findings=[finding(field)])[code] is Mark.WARN
    assert marks(findings=[finding(field), finding(field, Severity.REJECT)])[code] is Mark.FAIL
    assert "R-60" in words(code, findings=[finding(field)])


WELL = Evidence(
    record(),
    looks=[Look("tos_uri", "https://client.example/tos", Mark.PASS)],
    asked=frozenset({PAIR}),
    accepted=frozenset({PAIR}),
    exception=PkceStatus.GRANTED,
    mail=Mail.SAME_SITE,
    mail_is_verified=True,
)
ILL = Evidence(
    record(redirect_uris=("https://other.example/",)),
    findings=[finding("client_name"), finding("policy_uri"), finding("redirect_uris"), finding("contacts")],
    looks=[Look("tos_uri", "https://client.example/tos", Mark.FAIL)],
    asked=frozenset({PAIR}),
    exception=PkceStatus.REFUSED,
)


def test_no_statement_contradicts_its_mark():
    well, ill = (
        {item.code: item.statement for item in checklist.items(evidence) if item.mark is not Mark.ASK}
        for evidence in (WELL, ILL)
    )
    assert well.keys() == ill.keys()
    assert not set(well.values()) & set(ill.values())


@pytest.mark.parametrize(
    ("looks", "mark"),
    [
        ([Mark.PASS, Mark.PASS], Mark.PASS),
        ([Mark.PASS, None], Mark.WARN),
        ([Mark.WARN, Mark.PASS], Mark.WARN),
        ([Mark.WARN, Mark.FAIL], Mark.FAIL),
    ],
)
@pytest.mark.parametrize(
    ("field", "code"), [("tos_uri", "pages_answer"), ("redirect_uris", "redirect_hosts_answer")]
)
def test_the_worst_answer_of_an_address_counts(field, code, looks, mark):
    found = marks(looks=[Look(field, f"https://{at}.example/", look) for at, look in enumerate(looks)])
    assert found[code] is mark
    assert len({"pages_answer", "redirect_hosts_answer"} & found.keys()) == 1


def test_addresses_that_did_not_answer_and_those_that_wait_are_named():
    looks = [
        Look("tos_uri", "https://a.example/", Mark.WARN),
        Look("tos_uri", "https://b.example/", None),
        Look("tos_uri", "https://c.example/", Mark.PASS),
    ]
    shown = words("pages_answer", looks=looks)
    assert shown == "Problems: https://a.example/. Not checked yet: https://b.example/."


def test_hosts_of_another_site_are_named():
    away = record(redirect_uris=("https://auth.other.example/callback",))
    assert marks(record=away)["one_site"] is Mark.WARN
    assert "auth.other.example" in words("one_site", record=away)


def test_a_client_at_a_shared_host_has_no_site_of_its_own():
    shared = record(client_uri="https://sites.google.com/view/acme")
    assert marks(record=shared)["one_site"] is Mark.WARN
    assert "sites.google.com" in words("one_site", record=shared)


@pytest.mark.parametrize(
    ("mail", "is_verified", "mark"),
    [
        (Mail.SAME_SITE, True, Mark.PASS),
        (Mail.FREE, True, Mark.WARN),
        (Mail.OTHER, True, Mark.WARN),
        (Mail.SAME_SITE, False, Mark.FAIL),
    ],
)
def test_the_mail_of_the_submitter(mail, is_verified, mark):
    assert marks(mail=mail, mail_is_verified=is_verified)["submitter_mail"] is mark


def test_a_submission_by_nobody_has_no_item_about_mail():
    assert "submitter_mail" not in marks(mail=None)


def test_questions_fail_until_they_are_answered():
    assert "questions_answered" not in marks()
    assert marks(asked=frozenset({PAIR}))["questions_answered"] is Mark.FAIL
    assert "Pleo" in words("questions_answered", asked=frozenset({PAIR}))
    assert marks(asked=frozenset({PAIR}), accepted=frozenset({PAIR}))["questions_answered"] is Mark.PASS


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        (PkceStatus.REQUESTED, Mark.WARN),
        (PkceStatus.GRANTED, Mark.PASS),
        (PkceStatus.IN_FORCE, Mark.PASS),
        (PkceStatus.REFUSED, Mark.FAIL),
        (PkceStatus.LAPSED, Mark.WARN),
    ],
)
def test_the_state_of_the_exception(status, mark):
    assert "pkce_granted" not in marks()
    assert marks(exception=status)["pkce_granted"] is mark


def test_a_colleague_who_reads_it_already_is_named():
    assert "unclaimed" not in marks()
    assert words("unclaimed", colleague="Rhea") == "Claimed by Rhea."
