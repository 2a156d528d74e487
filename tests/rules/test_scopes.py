"""What a client may ask for, and how PKCE can be excepted: sections 5 and 6 of the rules."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import pkce, scopes
from registrations.rules.scopes import ScopeRefusal

CATALOGUE = frozenset(
    {
        "accounts:read",
        "accounts:write",
        "export-items:read",
        "export-jobs:read",
        "export-jobs:write",
        "test:test",
        "users:read",
        "users:write",
    }
)
VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors/scopes.jsonl").read_text("utf-8").splitlines()
]
REASON = "The library of our till cannot send a code challenge."


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["note"])
def test_sample_vector_agrees(vector):
    found = scopes.check(vector["scope"], catalogue=CATALOGUE, environment=vector.get("env"))
    verdict = found[0].severity.value if found else "accept"
    assert (verdict, found[0].rule if found else "S-00") == (vector["verdict"], vector["rule"])


@pytest.mark.parametrize(
    ("scope", "rule"),
    [
        (" ", "S-03"),
        (" users:read", "S-03"),
        ("users:read\\", "S-02"),
        ("users:read\x7f", "S-02"),
        ("Users:Read", "S-04"),
        ("users:*", "S-04"),
        ("users:read users:read", "S-00"),
    ],
)
def test_rules_decide(scope, rule):
    found = scopes.check(scope, catalogue=CATALOGUE)
    assert (found[0].rule if found else "S-00") == rule


@pytest.mark.parametrize(
    ("scope", "message", "better"),
    [
        ("users:raed", "users:raed is not a Pleo scope. Did you mean users:read?", "users:read"),
        ("Users:Read", "Users:Read is not a Pleo scope. Did you mean users:read?", "users:read"),
        (
            "users:read,users:write",
            "users:read,users:write is not a Pleo scope. Use spaces, not commas.",
            "users:read users:write",
        ),
        (
            "users:read+users:write",
            "users:read+users:write is not a Pleo scope. Use spaces, not signs.",
            "users:read users:write",
        ),
        ("expenses:read", "expenses:read is not a Pleo scope.", None),
        ("xx,yy", "xx,yy is not a Pleo scope. Use spaces, not commas.", None),
        ("all", "all is not a Pleo scope. Name each scope: there is no wildcard.", None),
        ("accounts:*", "accounts:* is not a Pleo scope. Name each scope: there is no wildcard.", None),
        (
            "users:write,",
            "users:write, is not a Pleo scope. Use spaces, not commas. Did you mean users:write?",
            "users:write",
        ),
        ("u" * 200, "u" * 60 + "\u2026 is not a Pleo scope.", None),
        ("users:read  ", "Separate scopes with one space.", "users:read"),
        ("  ", "Separate scopes with one space.", None),
        ("a\u00a0b", "U+00A0 cannot be part of a scope.", None),
    ],
)
def test_message_says_what_to_write_instead(scope, message, better):
    (finding,) = scopes.check(scope, catalogue=CATALOGUE)
    assert (finding.field, finding.message, finding.suggestion) == ("scope", message, better)


def test_every_unknown_name_is_told_with_its_place():
    found = scopes.check("openid users:read profile", catalogue=CATALOGUE)
    assert [(finding.excerpt, finding.index) for finding in found] == [("openid", 0), ("profile", 2)]


@pytest.mark.parametrize(
    ("scope", "what_to_do"),
    [
        ("openid", "It belongs to OpenID Connect: leave it out, and choose from the list what you need."),
        ("Profile", "It belongs to OpenID Connect: leave it out, and choose from the list what you need."),
        ("offline_access", "Leave it out: every client can use refresh tokens."),
    ],
)
def test_scopes_of_openid_connect_are_left_out(scope, what_to_do):
    (finding,) = scopes.check(scope, catalogue=CATALOGUE)
    assert (finding.message, finding.suggestion) == (f"{scope} is not a Pleo scope. {what_to_do}", None)
    assert scopes.check(scope, catalogue={*CATALOGUE, scope}) == []


def test_list_of_known_names_passes():
    assert scopes.check_all(["users:read", "users:write"], catalogue=CATALOGUE) == []


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], [("S-01", None)]),
        (["users:read", ""], [("S-03", 1)]),
        (["users:read users:write"], [("S-02", 0)]),
        (["users:read", "users:l\u00e6s", "nope"], [("S-02", 1)]),
        (["users:read", "nope"], [("S-04", 1)]),
        ([f"scope:{n}" for n in range(200)], [("S-06", None)]),
    ],
)
def test_list_is_checked_entry_by_entry(names, found):
    answers = scopes.check_all(names, catalogue=CATALOGUE)
    assert [(finding.rule, finding.index) for finding in answers] == found


def test_space_inside_a_chosen_name_is_spelled_out():
    (finding,) = scopes.check_all(["a b"], catalogue=CATALOGUE)
    assert finding.message == "a space cannot be part of a scope."


def test_repeats_count_once():
    assert scopes.check_all(["users:read"] * 200, catalogue=CATALOGUE) == []


def test_test_scope_is_noted_in_production_only():
    names = ["users:read", "test:test"]
    (finding,) = scopes.check_all(names, catalogue=CATALOGUE, environment="production")
    assert (finding.rule, finding.rejects, finding.index) == ("S-05", False, 1)
    assert scopes.check_all(names, catalogue=CATALOGUE, environment="staging") == []


@given(st.text(), st.lists(st.text()))
def test_nothing_raises(scope, names):
    scopes.check(scope, catalogue=CATALOGUE, environment="production")
    scopes.check_all(names, catalogue=CATALOGUE, environment="production")


def exception(reason=REASON, uris=("https://client.example/callback",)):
    return [
        (found.rule, found.field) for found in pkce.check("exception_requested", reason, redirect_uris=uris)
    ]


def test_supported_needs_no_reason():
    assert pkce.check("supported", "", redirect_uris=["http://localhost/cb"]) == []


@pytest.mark.parametrize("support", ["", "none", "Supported", "plain"])
def test_unknown_choice_is_refused(support):
    (finding,) = pkce.check(support, REASON, redirect_uris=[])
    assert (finding.rule, finding.field, finding.rejects) == ("P-01", "pkce_support", True)


def test_exception_with_a_reason_is_a_request():
    assert exception() == []


@pytest.mark.parametrize("reason", ["", " " * 40, "too short", "a" + " " * 30 + "b"])
def test_exception_without_a_reason_is_refused(reason):
    assert exception(reason) == [("P-03", "pkce_justification")]


def test_reason_of_twenty_characters_is_enough():
    assert exception("a" * 20) == []


@pytest.mark.parametrize(
    "uris",
    [
        ["http://localhost:8080/cb"],
        ["http://127.0.0.1/cb", "http://[::1]:99/cb"],
        ["https://client.example/cb", "https://abcdefgh.chromiumapp.org/cb"],
    ],
)
def test_clients_that_need_pkce_most_are_never_excepted(uris):
    assert exception(uris=uris) == [("P-05", "pkce_support")]


@pytest.mark.parametrize("uris", [[], ["", "nonsense"], ["http://localhost/cb", "https://client.example/cb"]])
def test_other_clients_may_ask(uris):
    assert exception(uris=uris) == []


@given(st.text(), st.text(), st.lists(st.text()))
def test_no_request_raises(support, reason, uris):
    pkce.check(support, reason, redirect_uris=uris)
    pkce.check("exception_requested", reason, redirect_uris=uris)


WRITES = ("users:read", "accounts:write")
ENOUGH = "x" * 20


@pytest.mark.parametrize(
    ("reason", "rejected"),
    [
        ("", True),
        (" " * 20, True),
        ("x" * 19, True),
        (f" {'x' * 19} ", True),
        (ENOUGH, False),
        (f"  {ENOUGH}  ", False),
        ("x" * 1000, False),
        ("x" * 1001, True),
    ],
)
def test_a_scope_above_the_normal_tier_needs_a_reason_of_some_length(reason, rejected):
    found = scopes.check_reasons(WRITES, [("accounts:write", reason)], reasoned={"accounts:write"})
    assert [(one.rule, one.field, one.index, one.excerpt) for one in found] == (
        [("S-07", "scope", 1, "accounts:write")] if rejected else []
    )


def test_each_scope_needs_a_reason_of_its_own():
    found = scopes.check_reasons(WRITES, [("users:read", ENOUGH)], reasoned=set(WRITES))
    assert [one.message for one in found] == [
        "Say why your client needs accounts:write, in 20 to 1000 characters."
    ]


@pytest.mark.parametrize("reasoned", [set(), {"accounts:read"}])
def test_a_normal_scope_and_one_that_is_not_chosen_need_none(reasoned):
    assert scopes.check_reasons(WRITES, [], reasoned=reasoned) == []


REFUSED = {"accounts:write": ScopeRefusal(date(2027, 3, 3), "Reading is\nenough")}


@pytest.mark.parametrize(("reason", "rejected"), [("", True), ("We need it.", True), (ENOUGH, False)])
def test_a_refused_scope_is_asked_for_again_with_a_reason_whatever_its_tier(reason, rejected):
    given = [("accounts:write", reason)]
    found = scopes.check_reasons(WRITES, given, reasoned=set(), refused=REFUSED)
    words = (
        "Refused on 3 March 2027: Reading is enough. To ask for accounts:write again, say why you need it, "
        "in 20 to 1000 characters."
    )
    assert [(one.rule, one.index, one.message) for one in found] == ([("S-07", 1, words)] if rejected else [])


def test_a_refused_scope_that_is_not_chosen_needs_nothing():
    assert scopes.check_reasons(["users:read"], [], reasoned=set(), refused=REFUSED) == []


def test_a_refusal_without_a_reason_says_the_day_alone():
    assert str(ScopeRefusal(date(2027, 3, 3))) == "Refused on 3 March 2027."
