"""The re-review table: whatever is not listed waits for a reviewer."""

from dataclasses import fields, replace

import pytest

from registrations.domain import rereview
from registrations.domain.rereview import AT_ONCE, Outcome, SubmitOutcome
from registrations.rules.data.shared_hosts import SHARED_HOSTS, SHARED_ROOTS
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import FIELDS, LABELS

LIVE = Metadata(
    client_name="Example Client",
    client_uri="https://client.example/",
    logo_digest="a" * 64,
    tos_uri="https://client.example/tos",
    policy_uri="https://client.example/privacy",
    contacts=("one@client.example",),
    initiation_uri="https://client.example/start",
    configuration_uri="https://client.example/settings",
    redirect_uris=("https://client.example/a", "https://client.example/b"),
    scope=("users:read", "users:write"),
    pkce_support="exception_requested",
    pkce_justification="A library.",
    pkce_controls="A session.",
    subject_type_preference="company",
    confidential=True,
)
OTHER = {
    "client_name": "Other",
    "client_uri": "https://client.example/other",
    "logo_digest": "b" * 64,
    "tos_uri": "https://legal.example/tos",
    "policy_uri": "",
    "initiation_uri": "https://client.example/begin",
    "configuration_uri": "",
    "environment": "production",
    "redirect_uris": ("https://client.example/a", "https://client.example/c"),
    "scope": ("users:read", "tags:read"),
    "pkce_support": "supported",
    "pkce_justification": "Another.",
    "pkce_controls": "",
    "pkce_wished_end": "2027-03-31",
    "subject_type_preference": "",
    "confidential": False,
}
FREE = [
    {"redirect_uris": ("https://client.example/b",)},
    {"scope": ("users:read",)},
    {"contacts": ("two@other.example",)},
    {"contacts": ()},
    {"tos_uri": "https://client.example/legal/terms?v=2"},
    {"tos_uri": "https://client.example:443/tos"},
    {"policy_uri": "https://client.example/legal/privacy.pdf"},
    {"configuration_uri": "https://client.example/admin"},
]


def outcome(**changes):
    return SubmitOutcome.of(LIVE, replace(LIVE, **changes), is_excepted=True).kind


@pytest.mark.parametrize("changes", FREE, ids=str)
def test_listed_changes_apply_at_once(changes):
    assert outcome(**changes) is Outcome.APPLY


@pytest.mark.parametrize(("field", "value"), OTHER.items())
def test_everything_else_is_reviewed(field, value):
    assert outcome(**{field: value}) is Outcome.REVIEW


def test_every_field_was_asked_about():
    assert {field.name for field in fields(Metadata)} == set(OTHER) | {
        "contacts",
        "scope_reasons",
        "pkce_renewal",
    }


def test_another_reason_for_the_same_scopes_is_reviewed():
    """It is what a reviewer granted the scope for."""
    wanted = replace(LIVE, scope_reasons=(("users:read", "To greet people by name."),))
    outcome = SubmitOutcome.of(LIVE, wanted, is_excepted=True)
    assert outcome.kind is Outcome.REVIEW
    (change,) = outcome.reviewed
    assert (change.field, change.added) == ("scope", ("users:read: To greet people by name.",))


def test_a_reason_that_nobody_asks_for_any_more_may_go():
    live = replace(LIVE, scope_reasons=(("users:read", "To greet people by name."),))
    assert SubmitOutcome.of(live, replace(live, scope_reasons=()), is_excepted=True).kind is Outcome.APPLY


def test_a_scope_that_goes_takes_its_reason_along():
    live = replace(LIVE, scope_reasons=((LIVE.scope[0], "To greet people by name."),))
    wanted = replace(live, scope=live.scope[1:], scope_reasons=())
    (change,) = SubmitOutcome.of(live, wanted, is_excepted=True).at_once
    assert change.removed == (live.scope[0],)


@pytest.mark.parametrize("changes", FREE, ids=str)
@pytest.mark.parametrize(("field", "value"), OTHER.items())
def test_a_mixed_change_is_reviewed_as_a_whole(changes, field, value):
    assert outcome(**changes | {field: value}) is Outcome.REVIEW


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example.evil.example/tos",
        "https://www.client.example/tos",
        "https://evil.example/client.example/tos",
        "https://client.example@evil.example/tos",
        "https://client.example:8443/tos",
        "http://client.example/tos",
        "client.example/tos",
        "https:///tos",
        "",
    ],
)
def test_the_same_host_is_the_same_whole_host_and_port(uri):
    assert outcome(tos_uri=uri) is Outcome.REVIEW


SAME_HOST = ("tos_uri", "policy_uri", "configuration_uri")


def outcome_at(host, field="tos_uri"):
    """The outcome of moving a page from one path to another on this host."""
    before, after = (replace(LIVE, **{field: f"https://{host}/{path}"}) for path in "ab")
    return SubmitOutcome.of(before, after, is_excepted=True).kind


@pytest.mark.parametrize("host", sorted(SHARED_HOSTS | SHARED_ROOTS))
def test_a_page_on_a_shared_host_is_reviewed_wherever_it_moves(host):
    assert {outcome_at(host, field) for field in SAME_HOST} == {Outcome.REVIEW}
    assert outcome_at(f"www.{host}") is Outcome.REVIEW


@pytest.mark.parametrize(
    "host",
    [
        "acme.notion.site",
        "acme.sharepoint.com",
        "acme-my.sharepoint.com",
        "raw.githubusercontent.com",
        "gist.github.com",
        "GitHub.com",
        "lh3.googleusercontent.com",
        "cdn.jsdelivr.net",
        "bafy.ipfs.dweb.link",
        "s3.amazonaws.com",
        "s3.eu-west-1.amazonaws.com",
        "s3-eu-west-1.amazonaws.com",
        "web.app",
        "firebaseapp.com",
        "netlify.app",
        "eu-2.platformsh.site",
        "europe-west1.run.app",
        "bit.ly",
        "acme.ngrok.io",
        "8-8-8-8.nip.io",
        "httpbin.org",
    ],
)
def test_what_many_share_or_hand_on_is_nobodys_own(host):
    assert outcome_at(host) is Outcome.REVIEW


@pytest.mark.parametrize(
    "host",
    [
        "client.example",
        "www.client.example",
        "github.com.client.example",
        "mygithub.com",
        "acme.atlassian.net",
        "acme.zendesk.com",
        "acme.medium.com",
        "acme.wordpress.com",
        "acme.github.io",
        "acme.readthedocs.io",
        "acme.web.app",
        "acme.platformsh.site",
        "acme.s3.eu-west-1.amazonaws.com",
        "acme.gitbook.io",
        "developers.google.com",
    ],
)
def test_a_host_of_the_partners_own_keeps_its_pages(host):
    assert {outcome_at(host, field) for field in SAME_HOST} == {Outcome.APPLY}


def test_the_same_address_on_a_shared_host_is_no_change():
    live = replace(LIVE, tos_uri="https://docs.google.com/document/d/1")
    wanted = replace(live, contacts=("two@client.example",))
    assert SubmitOutcome.of(live, wanted, is_excepted=True).applies


def test_an_address_that_was_not_there_is_on_no_host_as_before():
    before = replace(LIVE, configuration_uri="")
    assert SubmitOutcome.of(before, LIVE, is_excepted=True).kind is Outcome.REVIEW


def test_a_first_submission_is_reviewed():
    first = SubmitOutcome.of(None, LIVE)
    assert (first.kind, first.is_first, first.is_empty) == (Outcome.REVIEW, True, False)


@pytest.mark.parametrize("why", ["asks", "renews", "is_suspended"])
def test_questions_and_suspension_need_a_reviewer(why):
    wanted = replace(LIVE, contacts=("two@client.example",))
    assert SubmitOutcome.of(LIVE, wanted, is_excepted=True, **{why: True}).kind is Outcome.REVIEW


def test_changes_are_told_apart_and_stay_in_the_order_of_the_form():
    wanted = replace(LIVE, scope=("users:read",), client_name="Other", redirect_uris=())
    found = SubmitOutcome.of(LIVE, wanted, is_excepted=True)
    assert [change.field for change in found.reviewed] == ["client_name"]
    assert [change.field for change in found.at_once] == ["redirect_uris", "scope"]
    assert [change.field for change in found.changes] == ["client_name", "redirect_uris", "scope"]


def test_nothing_changed_is_nothing_to_hand_in():
    assert SubmitOutcome.of(LIVE, LIVE, is_excepted=True).is_empty
    assert SubmitOutcome.of(LIVE, replace(LIVE, scope=LIVE.scope[::-1]), is_excepted=True).is_empty
    assert not SubmitOutcome.of(LIVE, LIVE, is_excepted=True, asks=True).is_empty
    assert not SubmitOutcome.of(LIVE, LIVE, is_excepted=True, renews=True).is_empty


def test_an_answer_is_for_a_reviewer_alone_and_beside_a_change():
    alone = SubmitOutcome.of(LIVE, LIVE, is_excepted=True, answers=True)
    assert (alone.is_empty, alone.kind) == (False, Outcome.REVIEW)
    fewer = replace(LIVE, scope=LIVE.scope[:1])
    assert SubmitOutcome.of(LIVE, fewer, is_excepted=True, answers=True).kind is Outcome.REVIEW
    assert SubmitOutcome.of(LIVE, fewer, is_excepted=True).applies


def test_without_an_exception_in_force_the_live_record_asks_for_none():
    plain = replace(LIVE, pkce_support="supported", pkce_justification="", pkce_controls="")
    assert SubmitOutcome.of(LIVE, plain).is_empty
    assert SubmitOutcome.of(LIVE, LIVE).kind is Outcome.REVIEW


def test_the_end_that_was_wished_for_is_answered_and_to_wish_again_is_a_request():
    live = replace(LIVE, pkce_wished_end="2027-03-31")
    assert SubmitOutcome.of(live, LIVE, is_excepted=True).is_empty
    (change,) = SubmitOutcome.of(live, live, is_excepted=True).reviewed
    assert (change.field, change.old, change.new) == ("pkce_wished_end", "", "2027-03-31")


def test_the_published_table_is_the_constant():
    assert [label for label, _ in rereview.table()] == [LABELS[field] for field in AT_ONCE]
    assert set(AT_ONCE) <= set(FIELDS)
    assert all(words for _, words in rereview.table())
    assert "a host that many share, such as sites.google.com" in dict(rereview.table())["Terms of service"]


def test_all_changes_stand_in_the_order_of_the_form():
    wanted = replace(LIVE, contacts=("two@client.example",), client_name="Other", scope=("users:read",))
    outcome = SubmitOutcome.of(LIVE, wanted, is_excepted=True)
    assert [change.field for change in outcome.changes] == ["client_name", "contacts", "scope"]
