import pytest

from portal.audit.models import Event
from registrations.workflow import drafting
from tests.desk.pages import NOTE, QUEUE, decide, history_path, review_path, state
from tests.support.people import home, reviewer, sign_in
from tests.support.registrations import REASON, again, approved, change, submitted

pytestmark = pytest.mark.django_db


def test_an_approval_issues_the_client_and_leads_back_to_the_queue(desk, waiting):
    answer = decide(desk, waiting, "approve", note="")
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    registration = again(waiting)
    assert registration.status == "active"
    assert registration.client_id is not None
    assert registration.secrets.get().status == "sealed"
    assert registration.revisions.get().decided_by == desk.who
    assert "Example Client is approved." in desk.get(QUEUE).text


@pytest.mark.parametrize(("decision", "status"), [("request_changes", "sent_back"), ("reject", "rejected")])
def test_turning_down_keeps_the_note_for_the_partner(desk, waiting, decision, status):
    assert decide(desk, waiting, decision)["Location"] == QUEUE
    revision = waiting.revisions.get()
    assert (revision.status, revision.note) == (status, NOTE)
    assert NOTE in desk.get(review_path(waiting)).text


@pytest.mark.parametrize("decision", ["request_changes", "reject"])
@pytest.mark.parametrize("note", ["", "   \r\n "])
def test_turning_down_needs_a_note(desk, waiting, decision, note):
    before = state(waiting)
    answer = decide(desk, waiting, decision, note=note)
    assert answer.status_code == 422
    assert 'id="id_note_error">Say what has to change and why' in answer.text
    assert f'value="{decision}" class=""' in answer.text or f'value="{decision}"' in answer.text
    assert "<title>Error:" in answer.text
    assert state(waiting) == before


def test_a_typed_note_survives_a_missing_decision(desk, waiting):
    answer = decide(desk, waiting, "", note="My <careful> words")
    assert answer.status_code == 422
    assert "My &lt;careful&gt; words</textarea>" in answer.text
    assert 'id="id_decision_error">Choose one.' in answer.text


@pytest.mark.parametrize(
    "changed",
    [
        {"decision": "foo"},
        {"decision": "a\x00b"},
        {"seen_version": "abc"},
        {"seen_version": ""},
        {"seen_version": "-1"},
        {"seen_version": "9" * 5000},
        {"seen_version": str(2**31)},
        {"seen_version": "1\x00"},
        {"note": "a\x00b"},
        {"note": "x" * 1_000_000},
    ],
)
def test_nonsense_changes_nothing(desk, waiting, changed):
    before = state(waiting)
    form = {"decision": "reject", "note": NOTE, "seen_version": 1} | changed
    assert desk.post(review_path(waiting), form).status_code == 422
    assert state(waiting) == before


@pytest.mark.parametrize("form", [{}, {"seen_version": 1}, {"pkce_expires_on": "2030-01-01"}, {"_save": "1"}])
def test_half_a_form_changes_nothing(desk, waiting, form):
    before = state(waiting)
    assert desk.post(review_path(waiting), form).status_code in (403, 422)
    assert state(waiting) == before


def test_a_page_that_is_not_a_form_changes_nothing(desk, waiting):
    before = state(waiting)
    answer = desk.post(review_path(waiting), '{"decision": "approve"}', content_type="application/json")
    assert answer.status_code == 422
    assert state(waiting) == before


def test_the_summary_names_each_field(desk, waiting):
    page = desk.post(review_path(waiting), {"seen_version": 1, "granted": "", "reasons": "moon"}).text
    assert '<a href="#id_decision">Decision: Choose one.</a>' in page
    assert '<a href="#id_reasons">Prepared reasons: One of these is no longer available' in page
    page = decide(desk, waiting, "reject", note="").text
    assert '<a href="#id_note">Note to the partner: Say what has to change' in page
    page = decide(desk, waiting, "approve", granted="").text
    assert '<a href="#id_granted">Scopes to grant: Grant at least one' in page


def test_a_second_decision_comes_too_late(desk, waiting):
    decide(desk, waiting, "approve")
    before = state(waiting)
    answer = decide(desk, waiting, "reject")
    assert answer.status_code == 409
    assert "Nothing is under review" in answer.text
    assert "There is nothing left to decide here." in answer.text
    assert f"Revision 1 was approved by {desk.who.email} on " in answer.text
    assert state(waiting) == before


def test_a_decision_after_a_withdrawal_names_who_took_it_back(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    answer = decide(desk, waiting, "reject")
    assert answer.status_code == 409
    assert f"Revision 1 was withdrawn by {by.email} on " in answer.text
    assert f"Withdrawn by {by.email}" in desk.get(review_path(waiting)).text


def test_what_changed_is_shown_once(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    change(waiting, by, contacts=["other@client.example"])
    drafting.submit(waiting.uuid, by=by)
    answer = decide(desk, waiting, "approve")
    assert answer.text.count('data-changed="contacts"') == 1


CHANGES = {
    "client_name": {"client_name": "Other Client"},
    "client_uri": {"client_uri": "https://client.example/product"},
    "tos_uri": {"tos_uri": "https://client.example/terms"},
    "policy_uri": {"policy_uri": "https://client.example/privacy"},
    "contacts": {"contacts": ["other@client.example"]},
    "initiation_uri": {"initiation_uri": "https://client.example/connect"},
    "configuration_uri": {"configuration_uri": "https://client.example/settings"},
    "environment": {"environment": "production"},
    "redirect_uris": {"redirect_uris": ["https://client.example/elsewhere"]},
    "scope": {"scope": ["users:read"]},
    "pkce_support": {"pkce_support": "exception_requested", "pkce_justification": REASON},
    "subject_type_preference": {"subject_type_preference": "company"},
}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
def test_what_was_not_seen_is_not_decided(desk, by, field, decision):
    registration = submitted(by, scope=["users:read", "users:write"])
    desk.get(review_path(registration))
    drafting.withdraw(registration.uuid, by=by)
    change(registration, by, **CHANGES[field])
    drafting.submit(registration.uuid, by=by)
    before = state(registration)
    answer = decide(desk, registration, decision, note="Words I typed")
    assert answer.status_code == 409
    stale = answer.text.partition("What changed since then")[2].partition("Nothing was decided.")[0]
    assert f'data-changed="{field}"' in stale
    assert "Words I typed</textarea>" in answer.text
    assert 'name="seen_version" value="2"' in answer.text
    assert state(registration) == before


def test_the_same_answers_submitted_again_are_another_revision(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    drafting.submit(waiting.uuid, by=by)
    assert decide(desk, waiting, "approve").status_code == 409
    assert decide(desk, waiting, "approve", seen_version=2).status_code == 302


def test_a_version_that_never_was_is_no_fault(desk, waiting):
    assert decide(desk, waiting, "approve", seen_version=77).status_code == 409


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject", "foo"])
def test_nobody_decides_for_their_own_organisation(client, by, waiting, decision):
    own = reviewer()
    home(by).memberships.create(user=own, role="viewer")
    before = state(waiting)
    assert decide(sign_in(client, own), waiting, decision).status_code == 403
    assert state(waiting) == before


def test_a_refused_approval_leaves_its_trace(client, by, waiting):
    own = reviewer()
    home(by).memberships.create(user=own, role="viewer")
    decide(sign_in(client, own), waiting, "approve")
    assert Event.objects.filter(verb="revision.approve", outcome="refused").count() == 1
    page = client.get(history_path(waiting)).text
    assert "Approval attempted" in page


def test_a_change_to_a_live_client_is_approved_over_it(desk, by):
    registration = approved(by, desk.who)
    change(registration, by, client_name="Renamed Client")
    drafting.submit(registration.uuid, by=by)
    assert decide(desk, registration, "approve", seen_version=2).status_code == 302
    assert list(registration.revisions.values_list("number", "status")) == [
        (2, "approved"),
        (1, "superseded"),
    ]
