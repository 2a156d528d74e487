"""Suspend, reinstate and close on the desk."""

import pytest

from registrations.workflow import client, drafting
from tests.desk.pages import QUEUE, review_path, state
from tests.support.people import home, person, sign_in
from tests.support.registrations import a_draft, again, approved, change, reveal

pytestmark = pytest.mark.django_db

WHY = "The terms of service have gone."
SUSPEND = {"suspend_reason": WHY}
REINSTATE = {"reinstate_note": ""}
CLOSE = {"close_reason": WHY, "close_sure": "on"}
ANSWERS = {"suspend": SUSPEND, "reinstate": REINSTATE, "close": CLOSE}


def client_path(registration):
    return verb_path(registration, "client")


def verb_path(registration, verb):
    return f"{QUEUE}{registration.uuid}/{verb}/"


def press(desk, registration, verb, **changed):
    return desk.post(verb_path(registration, verb), ANSWERS[verb] | changed)


@pytest.fixture
def live(desk, by):
    return approved(by, desk.who)


def offered(page):
    return {verb for verb in ANSWERS if f'/{verb}/"' in page.text}


def test_the_page_offers_what_is_possible(desk, by, waiting, live):
    assert offered(desk.get(client_path(waiting))) == {"close"}
    assert offered(desk.get(client_path(live))) == {"suspend", "close"}
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    page = desk.get(client_path(live))
    assert offered(page) == {"reinstate", "close"}
    assert WHY in page.text
    client.close(live.uuid, by=by)
    assert offered(desk.get(client_path(live))) == set()


def test_a_client_without_a_working_secret_is_told_apart(desk, by, live):
    for path in (client_path(live), review_path(live)):
        assert "Live, no working secret" in desk.get(path).text
    assert "No secret of this client works" in desk.get(client_path(live)).text
    reveal(live, by)
    for path in (client_path(live), review_path(live)):
        assert "working secret" not in desk.get(path).text
    assert "No secret of this client works" not in desk.get(client_path(live)).text


def test_a_client_is_suspended_and_reinstated(desk, live):
    answer = press(desk, live, "suspend")
    assert (answer.status_code, answer["Location"]) == (302, review_path(live))
    assert again(live).status == "suspended"
    page = desk.get(review_path(live)).text
    assert "Example Client is suspended." in page
    assert ">Reinstate or close</a>" in page
    assert press(desk, live, "reinstate").status_code == 302
    assert again(live).status == "active"


def test_a_client_is_closed_with_a_reason_and_a_tick(desk, live):
    assert press(desk, live, "close").status_code == 302
    closed = again(live)
    assert (closed.status, closed.closed_reason) == ("closed", WHY)
    assert client_path(live) not in desk.get(review_path(live)).text
    assert WHY in desk.get(client_path(live)).text


@pytest.mark.parametrize(
    ("verb", "field", "typed"),
    [
        ("suspend", "suspend_reason", " "),
        ("suspend", "suspend_reason", "\x00"),
        ("suspend", "suspend_reason", "x" * 5000),
        ("close", "close_reason", ""),
        ("close", "close_sure", ""),
    ],
)
def test_what_is_missing_is_said_beside_its_field(desk, live, verb, field, typed):
    before = state(live)
    answer = press(desk, live, verb, **{field: typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert f'href="#id_{field}"' in answer.text
    assert f'id="id_{field}_error"' in answer.text
    assert state(live) == before


def test_what_was_typed_is_kept(desk, live):
    assert f"{WHY}</textarea>" in press(desk, live, "close", close_sure="").text


def test_a_move_that_came_too_late_says_so(desk, live):
    client.suspend(live.uuid, by=desk.who, reason="Faster.")
    answer = press(desk, live, "suspend")
    assert answer.status_code == 409
    assert "This registration is suspended." in answer.text
    assert live.suspensions.get().reason == "Faster."


def test_the_former_address_leads_on_and_takes_what_an_open_page_sends(desk, live):
    former, before = verb_path(live, "life"), state(live)
    assert desk.get(former)["Location"] == client_path(live)
    for move in ("", "discard", "approve", "\x00"):
        answer = desk.post(former, {"move": move})
        assert (answer.status_code, "Load it again." in answer.text) == (409, True)
        assert client_path(live) in answer.text
    assert state(live) == before
    assert desk.post(former, SUSPEND | {"move": "suspend"})["Location"] == review_path(live)
    assert again(live).status == "suspended"


def test_nobody_stops_a_client_of_their_own_organisation(desk, by, live):
    home(by).memberships.create(user=desk.who, role="viewer")
    before = state(live)
    page = desk.get(client_path(live))
    assert offered(page) == set()
    assert "Only reviewers who do not belong to Client Ltd can suspend" in page.text
    assert client_path(live) not in desk.get(review_path(live)).text
    for verb in ANSWERS:
        assert press(desk, live, verb).status_code == 403
        assert desk.post(verb_path(live, verb)).status_code == 403
    assert state(live) == before


def test_only_reviewers_come_in(client, by, live):
    for outsider in (by, person("clerk@portal.example", is_staff=True)):
        sign_in(client, outsider)
        for answer in (client.get(client_path(live)), press(client, live, "suspend")):
            assert answer.status_code in (302, 403)
    assert again(live).status == "active"


def test_drafts_are_their_partners_own(desk, by):
    draft = a_draft(by)
    assert desk.get(client_path(draft)).status_code == 404
    assert press(desk, draft, "close").status_code == 404


def test_a_suspended_client_is_not_approved_and_the_page_says_why(desk, by, live):
    change(live, by, client_name="New Name")
    drafting.submit(live.uuid, by=by)
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    page = desk.get(review_path(live)).text
    assert "the client is suspended" in page
    assert 'disabled aria-describedby="approve-blocked"' in page


def test_what_is_stopped_can_be_found(desk, by, live):
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    assert "Example Client" in desk.get(QUEUE, {"state": "suspended"}).text
    client.close(live.uuid, by=by)
    assert "Example Client" in desk.get(QUEUE, {"state": "closed"}).text
