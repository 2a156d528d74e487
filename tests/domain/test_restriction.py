"""What a restriction leaves of the live record, and what it refuses."""

from dataclasses import replace

import pytest

from registrations.domain.restriction import Restriction, brought_back, only_takes_away
from registrations.rules.metadata import Metadata

A, B, C = (f"https://client.example/{name}" for name in "abc")
LIVE = Metadata(
    client_name="Example Client",
    redirect_uris=(A, B, C),
    scope=("users:read", "users:write"),
    scope_reasons=(("users:read", "To greet."), ("users:write", "To add.")),
)


def restriction(*, uris=(), scope=()):
    return Restriction(LIVE, frozenset(uris), frozenset(scope))


def test_what_stays_keeps_its_order_and_its_reason_and_nothing_else_changes():
    left = restriction(uris=[A], scope=["users:write"]).record()
    assert (left.redirect_uris, left.scope) == ((B, C), ("users:read",))
    assert left.scope_reasons == (("users:read", "To greet."),)
    assert left.client_name == LIVE.client_name


@pytest.mark.parametrize(
    ("taken", "fields"),
    [
        ({"uris": [A, B]}, []),
        ({"uris": [A, B, C]}, ["redirect_uris"]),
        ({"scope": ["users:read", "users:write"]}, ["scope"]),
        ({"uris": [A, B, C], "scope": ["users:read", "users:write"]}, ["redirect_uris", "scope"]),
    ],
)
def test_something_has_to_stay(taken, fields):
    assert [finding.field for finding in restriction(**taken).rejections()] == fields


def test_a_restriction_that_takes_nothing_is_empty():
    assert restriction().is_empty
    assert not restriction(uris=[A]).is_empty
    assert not restriction(scope=["users:read"]).is_empty


def test_what_is_not_live_is_named():
    assert restriction(uris=[A, "https://evil.example/"], scope=["tags:read"]).not_live == {
        "https://evil.example/",
        "tags:read",
    }
    assert not restriction(uris=[A]).not_live


def test_findings_follow_their_entry_and_go_with_it():
    def finding(field, index):
        return {"rule": "R-52", "field": field, "index": index}

    stored = [finding("redirect_uris", 0), finding("redirect_uris", 2), finding("client_name", None)]
    stored.append(finding("redirect_uris", None))
    left = restriction(uris=[A]).findings(stored)
    assert [(one["field"], one["index"]) for one in left] == [
        ("redirect_uris", 1),
        ("client_name", None),
        ("redirect_uris", None),
    ]


def test_a_finding_about_a_scope_follows_its_name():
    """It was found in the order of the form, in which the scopes are not stored."""
    stored = {"rule": "S-05", "field": "scope", "index": 0, "excerpt": "users:write"}
    assert restriction(scope=["users:read"]).findings([stored]) == [stored]
    assert restriction(scope=["users:write"]).findings([stored]) == []


def test_only_what_was_taken_away_and_is_asked_for_comes_back():
    after = restriction(uris=[A, B], scope=["users:write"]).record()
    wanted = Metadata(redirect_uris=(B, C, "https://client.example/new"), scope=("users:write", "tags:read"))
    assert brought_back(LIVE, after, wanted) == (B, "users:write")
    assert brought_back(LIVE, LIVE, wanted) == ()


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (restriction(uris=[A]).record(), True),
        (restriction(scope=["users:write"]).record(), True),
        (restriction(uris=[A, B], scope=["users:read"]).record(), True),
        (LIVE, False),
        (replace(LIVE, redirect_uris=(A, B)), True),
        (replace(LIVE, redirect_uris=(C, B, A)), False),
        (replace(LIVE, redirect_uris=(A, "https://client.example/new")), False),
        (replace(LIVE, redirect_uris=(A, B), client_name="Renamed"), False),
        (replace(LIVE, scope_reasons=(("users:read", "Other."), ("users:write", "To add."))), False),
    ],
)
def test_a_record_only_takes_away_where_nothing_else_differs(later, expected):
    assert only_takes_away(LIVE, later) is expected
