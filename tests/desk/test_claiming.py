import pytest

from portal.audit.models import Event
from registrations.workflow import assignment
from tests.desk.pages import NOTE, QUEUE, decide, history_path, review_path, state
from tests.pages.elements import elements
from tests.support.people import auditor, head, home, reviewer, sign_in
from tests.support.registrations import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(db):
    """Another reviewer."""
    return reviewer("second@portal.example")


@pytest.fixture
def chiefs_desk(client, db):
    """The browser of a lead."""
    client.who = head()
    return sign_in(client, client.who)


def press(desk, registration, verb, query="", **form):
    return desk.post(f"{QUEUE}{registration.uuid}/{verb}/{query}", form)


def claimant(registration):
    return registration.revisions.get().claimed_by


def test_a_review_is_claimed_and_released_from_its_page(desk, waiting):
    assert "Nobody has claimed this review." in desk.get(review_path(waiting)).text
    answer = press(desk, waiting, "claim")
    assert (answer.status_code, answer["Location"]) == (302, review_path(waiting))
    assert claimant(waiting) == desk.who
    page = desk.get(review_path(waiting)).text
    assert "You have claimed this review" in page
    assert "Review claimed" in desk.get(history_path(waiting)).text
    assert "Claim this review" not in page
    press(desk, waiting, "release")
    assert claimant(waiting) is None


def test_a_page_names_the_colleague_who_claimed_it(desk, waiting, colleague):
    assignment.claim(waiting.uuid, by=colleague)
    page = desk.get(review_path(waiting)).text
    assert "second@portal.example has claimed this review" in page
    assert "Claim this review" not in page
    assert "Release" not in page


def test_a_claim_that_comes_too_late_says_who_was_faster(desk, waiting, colleague):
    assignment.claim(waiting.uuid, by=colleague)
    answer = press(desk, waiting, "claim")
    assert answer.status_code == 409
    assert "second@portal.example already claimed this review" in answer.text
    assert f'href="{review_path(waiting)}"' in answer.text


def hand_over_page(desk, registration):
    return desk.get(f"{QUEUE}{registration.uuid}/reassign/")


def link_to_it(registration):
    return f'href="{QUEUE}{registration.uuid}/reassign/"'


def test_a_lead_hands_a_review_over(chiefs_desk, waiting, colleague):
    assert link_to_it(waiting) in chiefs_desk.get(review_path(waiting)).text
    page = hand_over_page(chiefs_desk, waiting).text
    assert "Nobody has claimed it." in page
    assert f'<option value="{colleague.pseudonym}"' in page
    answer = press(chiefs_desk, waiting, "reassign", to=str(colleague.pseudonym))
    assert (answer.status_code, answer["Location"]) == (302, review_path(waiting))
    assert claimant(waiting) == colleague
    page = hand_over_page(chiefs_desk, waiting).text
    assert "second@portal.example has claimed it." in page
    assert f'<option value="{colleague.pseudonym}"' not in page


def test_a_reviewer_hands_over_what_they_claimed(desk, waiting, colleague):
    assert link_to_it(waiting) not in desk.get(review_path(waiting)).text
    press(desk, waiting, "claim")
    assert link_to_it(waiting) in desk.get(review_path(waiting)).text
    answer = press(desk, waiting, "reassign", to=str(colleague.pseudonym), note="I am away.\nAsk Rita.")
    assert answer.status_code == 302
    assert claimant(waiting) == colleague
    page = desk.get(review_path(waiting)).text
    assert "Desk note – never shown to the partner" in page
    assert "I am away.\nAsk Rita." in page
    assert "You have handed over the review of Example Client to second@portal.example." in page
    assert link_to_it(waiting) not in page


@pytest.mark.parametrize("to", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_review_is_not_handed_to_nobody_and_the_note_stays(chiefs_desk, waiting, to):
    before = state(waiting)
    answer = press(chiefs_desk, waiting, "reassign", to=to, note="I am away.")
    assert answer.status_code == 422
    assert 'id="id_to_error"' in answer.text
    assert "I am away." in answer.text
    assert state(waiting) == before


def test_a_note_that_cannot_be_stored_is_named_beside_its_field(chiefs_desk, waiting, colleague):
    before = state(waiting)
    answer = press(chiefs_desk, waiting, "reassign", to=str(colleague.pseudonym), note="Look\x1b")
    assert answer.status_code == 422
    assert 'id="id_note_error"' in answer.text
    assert state(waiting) == before


def test_what_was_decided_meanwhile_is_not_handed_over(chiefs_desk, by, colleague):
    live = approved(by, chiefs_desk.who)
    answers = [
        hand_over_page(chiefs_desk, live),
        press(chiefs_desk, live, "reassign", to=str(colleague.pseudonym)),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Nothing is under review" in answers[0].text


def test_those_who_may_not_decide_are_not_offered(chiefs_desk, by, waiting, colleague):
    home(by).memberships.create(user=colleague, role="viewer")
    watching = auditor()
    page = hand_over_page(chiefs_desk, waiting).text
    for person in (colleague, watching):
        assert str(person.pseudonym) not in page
        assert press(chiefs_desk, waiting, "reassign", to=str(person.pseudonym)).status_code == 422
    assert claimant(waiting) is None


def test_a_reviewer_hands_over_nothing_else(desk, waiting, colleague):
    assert hand_over_page(desk, waiting).status_code == 403
    assert press(desk, waiting, "reassign", to=str(colleague.pseudonym)).status_code == 403
    assert claimant(waiting) is None


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
def test_over_a_colleagues_claim_a_decision_has_to_be_meant(desk, waiting, colleague, decision):
    assert "Decide although" not in desk.get(review_path(waiting)).text
    assignment.claim(waiting.uuid, by=colleague)
    before = state(waiting)
    answer = decide(desk, waiting, decision)
    assert answer.status_code == 409
    assert 'id="id_despite_claim_error"' in answer.text
    assert NOTE in answer.text
    assert state(waiting) == before
    assert decide(desk, waiting, decision, despite_claim="on").status_code == 302
    assert waiting.revisions.get().decided_by == desk.who


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
def test_a_confirmation_is_about_the_claim_on_the_page(desk, waiting, colleague, decision):
    another = reviewer("another@portal.example")
    assignment.claim(waiting.uuid, by=colleague)
    seen = {"despite_claim": "on", "seen_claim": str(colleague.pseudonym)}
    assert f'value="{colleague.pseudonym}"' in desk.get(review_path(waiting)).text
    assignment.release(waiting.uuid, by=colleague)
    assignment.claim(waiting.uuid, by=another)
    answer = decide(desk, waiting, decision, **seen)
    assert answer.status_code == 409
    assert f'name="seen_claim" value="{another.pseudonym}"' in answer.text
    (box,) = [one for one in elements(answer.text) if one.get("name") == "despite_claim"]
    assert "checked" not in box.attrs
    assert decide(desk, waiting, decision, **seen | {"seen_claim": str(another.pseudonym)}).status_code == 302


def test_nothing_is_claimed_of_what_was_never_submitted_or_is_decided(desk, by, waiting):
    live = approved(by, desk.who)
    assert press(desk, live, "claim").status_code == 409
    assert "Claim this review" not in desk.get(review_path(live)).text
    assert not Event.objects.filter(verb="revision.claimed").exists()


def test_the_way_back_keeps_the_filters_of_the_queue(desk, waiting):
    kept = "?_changelist_filters=state%3Dall%26environment%3Dstaging"
    page = desk.get(review_path(waiting) + kept).text
    assert f'href="{QUEUE}?state=all&amp;environment=staging"' in page
    assert press(desk, waiting, "claim", kept)["Location"] == review_path(waiting) + kept
    form = {"decision": "approve", "seen_version": 1, "note": ""}
    answer = desk.post(review_path(waiting) + kept, form)
    assert answer["Location"] == f"{QUEUE}?state=all&environment=staging"


@pytest.mark.parametrize("kept", ["//evil.example/", "https://evil.example", "%0d%0aX: y", "a=b&c"])
def test_the_way_back_stays_on_the_desk(desk, waiting, kept):
    form = {"decision": "approve", "seen_version": 1, "note": "", "despite_claim": ""}
    answer = desk.post(f"{review_path(waiting)}?_changelist_filters={kept}", form)
    assert answer["Location"].partition("?")[0] == QUEUE
