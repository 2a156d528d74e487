"""Grant or refuse a PKCE exception on the review page."""

import re

import pytest

from registrations.rules.pkce import end_after
from registrations.workflow import drafting
from tests.desk.pages import decide, decide_pkce, review_path, state
from tests.support.people import home, lead, sign_in
from tests.support.registrations import REASON, change, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db


def excepted(by):
    return submitted(by, **with_exception())


def test_an_undecided_exception_keeps_from_approval(desk, by):
    registration = excepted(by)
    before = state(registration)
    answer = decide(desk, registration, "approve", note="DraftData already")
    assert answer.status_code == 409
    assert "Its PKCE exception has to be granted before it can be approved." in answer.text
    assert "DraftData already</textarea>" in answer.text
    assert "It cannot be approved yet</h2>" in answer.text
    assert "This has changed in the meantime" not in answer.text
    assert 'disabled aria-describedby="approve-blocked"' in desk.get(review_path(registration)).text
    assert state(registration) == before


def test_an_exception_is_granted_and_then_the_client_approved(leads_desk, by):
    registration = excepted(by)
    answer = decide_pkce(leads_desk, registration, "grant", until=in_days(90))
    assert (answer.status_code, answer["Location"]) == (302, review_path(registration))
    exception = registration.pkce_exceptions.get()
    assert (exception.status, exception.expires_on) == ("granted", in_days(90))
    assert exception.decided_by == leads_desk.who
    assert decide(leads_desk, registration, "approve").status_code == 302
    assert registration.pkce_exceptions.get().status == "in_force"


def test_a_refused_exception_is_explained_and_blocks_approval(leads_desk, by):
    registration = excepted(by)
    assert (
        decide_pkce(leads_desk, registration, "refuse", pkce_note="Use a newer library.").status_code == 302
    )
    page = leads_desk.get(review_path(registration)).text
    assert "It cannot be approved" in page
    assert 'disabled aria-describedby="approve-blocked"' in page
    assert "Use a newer library." in page
    assert decide(leads_desk, registration, "approve").status_code == 409
    assert decide(leads_desk, registration, "request_changes").status_code == 302


def test_a_refusal_needs_a_reason_and_the_decision_behind_it_one_of_its_own(leads_desk, by):
    registration = excepted(by)
    answer = decide_pkce(leads_desk, registration, "refuse")
    assert answer.status_code == 422
    assert 'id="id_pkce_reason_error">Enter a reason.' in answer.text
    assert decide_pkce(leads_desk, registration, "refuse", pkce_note="No.").status_code == 302
    assert decide(leads_desk, registration, "reject", note="").status_code == 422
    assert registration.revisions.get().status == "under_review"


@pytest.mark.parametrize("days", [-1, 0, 367, 5000])
def test_an_end_date_out_of_range_is_said_beside_the_field(leads_desk, by, days):
    registration = excepted(by)
    before = state(registration)
    answer = decide_pkce(leads_desk, registration, "grant", until=in_days(days), pkce_note="Kept words")
    assert answer.status_code == 422
    assert 'id="id_pkce_expires_on_error">Choose an end date after today' in answer.text
    assert f'value="{in_days(days)}"' in answer.text
    assert "Kept words</textarea>" in answer.text
    assert state(registration) == before


@pytest.mark.parametrize("days", [1, 365])
def test_the_first_and_the_last_day_are_possible(leads_desk, by, days):
    registration = excepted(by)
    assert decide_pkce(leads_desk, registration, "grant", until=in_days(days)).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [
        {"pkce_expires_on": ""},
        {"pkce_expires_on": "soon"},
        {"pkce_expires_on": "2027-02-30"},
        {"pkce_expires_on": "2027-01-01\x00"},
        {"pkce_expires_on": "999999-01-01"},
        {"pkce_expires_on": "0001-01-01"},
        {"pkce_decision": "foo"},
        {"seen_version": "abc"},
        {"pkce_note": "\x00"},
        {"pkce_note": "x" * 1_000_000},
    ],
)
def test_nonsense_about_an_exception_changes_nothing(leads_desk, by, changed):
    registration = excepted(by)
    before = state(registration)
    form = {"pkce_decision": "grant", "pkce_expires_on": in_days(9), "seen_version": 1} | changed
    assert leads_desk.post(review_path(registration), form).status_code == 422
    assert state(registration) == before


def test_a_reviewer_without_the_right_decides_on_no_exception(desk, by):
    registration = excepted(by)
    before = state(registration)
    for decision, until in (("grant", in_days(9)), ("grant", "nonsense"), ("refuse", "")):
        assert decide_pkce(desk, registration, decision, until=until).status_code == 403
    assert state(registration) == before


def test_a_lead_decides_on_no_exception_of_their_own(client, by):
    own = lead()
    home(by).memberships.create(user=own, role="viewer")
    registration = excepted(by)
    answer = decide_pkce(sign_in(client, own), registration, "grant", until=in_days(9))
    assert answer.status_code == 403
    assert registration.pkce_exceptions.get().status == "requested"


def test_an_exception_that_was_not_seen_is_not_decided(leads_desk, by):
    registration = excepted(by)
    drafting.withdraw(registration.uuid, by=by)
    change(registration, by, pkce_justification=REASON + " Or before summer.")
    drafting.submit(registration.uuid, by=by)
    answer = decide_pkce(leads_desk, registration, "grant", until=in_days(9), pkce_note="Until the upgrade.")
    assert answer.status_code == 409
    assert 'data-changed="pkce_justification"' in answer.text
    assert "What you typed is kept." in answer.text
    assert "Until the upgrade.</textarea>" in answer.text
    assert f'value="{in_days(9)}"' in answer.text
    assert 'name="seen_version" value="2"' in answer.text
    assert 'name="seen_version" value="1"' not in answer.text


def test_an_exception_is_decided_once(leads_desk, by):
    registration = excepted(by)
    decide_pkce(leads_desk, registration, "refuse", pkce_note="Use a newer library.")
    assert decide_pkce(leads_desk, registration, "grant", until=in_days(9)).status_code == 409
    assert registration.pkce_exceptions.get().status == "refused"


IMPOSSIBLE = [
    "0001-01-01",
    "1900-01-01",
    "9999-12-31",
    "10000-01-01",
    "-1-01-01",
    "2027-02-30",
    "0",
    "x" * 400,
]


@pytest.mark.parametrize("until", [*IMPOSSIBLE, str(in_days(0)), str(in_days(400))])
def test_a_day_that_cannot_be_is_refused_beside_its_field(leads_desk, by, until):
    registration = excepted(by)
    before = state(registration)
    answer = decide_pkce(leads_desk, registration, "grant", until=until)
    assert answer.status_code == 422
    assert 'id="id_pkce_expires_on_error"' in answer.text
    assert state(registration) == before


def test_the_field_names_its_first_and_last_day(leads_desk, by):
    page = leads_desk.get(review_path(excepted(by))).text
    field = re.search(r"<input[^>]*name=.pkce_expires_on.[^>]*>", page).group()
    assert f'min="{in_days(1)}"' in field
    assert f'max="{end_after(12, today=in_days(0))}"' in field
