import pytest

from portal.audit.models import Event
from registrations.admin.review.override_requests import key_of
from registrations.models import Override
from registrations.workflow import drafting
from tests.desk.pages import decide, history_path, review_path
from tests.support.people import home, reviewer, sign_in
from tests.support.registrations import again, submitted

pytestmark = pytest.mark.django_db

NAME = "Pleo Archive"
CONTACT = "someone@mailinator.com"
WHY = "It is the name of our museum since 1954."


@pytest.fixture
def asking(by):
    """Under review, with two values that only a reviewer can let pass."""
    asked = [
        {"rule": "N-05", "value": NAME, "reason": WHY},
        {"rule": "C-07", "value": CONTACT, "reason": "Our mail server moves this month."},
    ]
    return submitted(by, client_name=NAME, contacts=[CONTACT], review_asked=asked)


def accept(client, registration, rule="N-05", value=NAME, **other):
    form = {
        "override": "accept",
        "rule": rule,
        "value": value,
        "override_reason": "A museum indeed.",
        "seen_version": 1,
    }
    return client.post(review_path(registration), form | other)


def test_each_question_is_on_the_page_with_its_reason(desk, asking):
    page = desk.get(review_path(asking)).text
    for words in ("The partner asks", NAME, CONTACT, WHY, "N-05", "C-07", "No throw-away mailbox."):
        assert words in page
    assert page.count("Accept this value") == 2


def test_a_page_without_questions_has_no_such_part(desk, waiting):
    assert "The partner asks" not in desk.get(review_path(waiting)).text


def test_an_accepted_value_shows_who_accepted_it_and_why(desk, asking):
    answer = accept(desk, asking)
    assert (answer.status_code, answer["Location"]) == (302, review_path(asking))
    page = desk.get(review_path(asking)).text
    assert "A museum indeed." in page
    assert "Value accepted against a rule" in desk.get(history_path(asking)).text
    assert page.count("Accept this value") == 1
    assert Override.objects.get().decided_by == desk.who


def test_a_value_is_named_as_it_is_written(desk, asking):
    accept(desk, asking, rule="C-07", value=CONTACT)
    assert f">{CONTACT} is accepted." in desk.get(review_path(asking)).text


def test_while_a_question_is_open_approving_is_out_of_reach(desk, asking):
    page = desk.get(review_path(asking)).text
    assert 'disabled aria-describedby="approve-blocked"' in page
    assert 'id="approve-blocked"' in page
    answer = decide(desk, asking, "approve")
    assert answer.status_code == 409
    assert "It cannot be approved yet</h2>" in answer.text
    assert "This has changed in the meantime" not in answer.text


def test_when_all_is_accepted_it_can_be_approved(desk, asking):
    accept(desk, asking)
    accept(desk, asking, "C-07", CONTACT)
    assert "approve-blocked" not in desk.get(review_path(asking)).text
    assert decide(desk, asking, "approve").status_code == 302
    assert again(asking).status == "active"


@pytest.mark.parametrize("reason", ["", "  \r\n"])
def test_accepting_needs_a_reason_and_says_so_beside_the_field(desk, asking, reason):
    answer = accept(desk, asking, "C-07", CONTACT, override_reason=reason)
    assert answer.status_code == 422
    box = f"id_override_reason_{key_of('C-07', CONTACT)}"
    assert f'id="{box}_error">Say why you accept it' in answer.text
    assert f'href="#{box}"' in answer.text
    assert not Override.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"override": "refuse"},
        {"rule": ""},
        {"value": ""},
        {"value": "a\x00b"},
        {"seen_version": "x"},
        {"override_reason": "x" * 100_000},
    ],
)
def test_nonsense_accepts_nothing(desk, asking, changed):
    assert accept(desk, asking, **changed).status_code == 422
    assert not Override.objects.exists()


@pytest.mark.parametrize("asked", [("N-05", "Other"), ("R-06", NAME), ("R-99", NAME)])
def test_what_was_not_asked_is_not_accepted(desk, asking, asked):
    assert accept(desk, asking, *asked).status_code == 409
    assert not Override.objects.exists()


def test_a_stale_answer_keeps_the_typed_reason(desk, by, asking):
    drafting.withdraw(asking.uuid, by=by)
    drafting.submit(asking.uuid, by=by)
    answer = accept(desk, asking, override_reason="DraftData already")
    assert answer.status_code == 409
    assert "This has changed in the meantime" in answer.text
    assert "DraftData already</textarea>" in answer.text
    assert not Override.objects.exists()
    assert accept(desk, asking, seen_version=2).status_code == 302


def test_nobody_accepts_for_their_own_organisation(client, by, asking):
    own = reviewer()
    home(by).memberships.create(user=own, role="viewer")
    sign_in(client, own)
    assert accept(client, asking).status_code == 403
    assert "Accept this value" not in client.get(review_path(asking)).text
    assert not Override.objects.exists()
    assert not Event.objects.filter(verb="revision.overridden").exists()
