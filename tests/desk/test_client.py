"""The desk's page about a client, and its pages to suspend, reinstate and close one."""

import pytest
from django.test import Client
from django.utils import timezone

from portal.kept_forms.models import KeptForm
from portal.outbox.emails import Recipient
from portal.outbox.models import OutboxMessage
from registrations.emails import EMAILS
from registrations.models import DeskNote
from registrations.workflow import client, drafting
from tests.desk.pages import QUEUE, history_path, review_path, state
from tests.pages.elements import with_attribute
from tests.support.kept_forms import fields_of
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
    assert "Example Client is suspended." in desk.get(review_path(live)).text
    page = desk.get(verb_path(live, "reinstate"))
    assert WHY in page.text, "whoever reinstates it reads why it was suspended"
    assert press(desk, live, "reinstate").status_code == 302
    assert again(live).status == "active"


def test_whoever_reinstates_reads_whether_the_client_works_then(desk, by, live, mailoutbox):
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    page = press(desk, live, "reinstate", preview="1")
    assert "No secret of it works" in page.text
    assert "No secret of it works" in with_attribute(page.text, "data-email")[0].words()
    assert "works again" not in page.text
    client.reinstate(live.uuid, by=desk.who, note="", signed_in_at=timezone.now())
    reveal(live, by)
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    page = press(desk, live, "reinstate", preview="1")
    assert "The client works again as before, with the same secrets." in page.text
    assert "It works again" in with_attribute(page.text, "data-email")[0].words()


def test_a_client_is_closed_with_a_reason_and_a_tick(desk, live):
    assert press(desk, live, "close").status_code == 302
    closed = again(live)
    assert (closed.status, closed.closed_reason) == ("closed", WHY)
    assert verb_path(live, "close") not in desk.get(review_path(live)).text
    assert WHY in desk.get(client_path(live)).text


@pytest.mark.parametrize(
    ("verb", "field", "typed"),
    [
        ("suspend", "suspend_reason", " "),
        ("suspend", "suspend_reason", "\x00"),
        ("suspend", "suspend_reason", "x" * 5000),
        ("suspend", "internal_note", "\x00"),
        ("close", "close_reason", ""),
        ("close", "internal_note", "x" * 5000),
        ("close", "close_sure", ""),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": "1"}], ids=["do", "preview"])
def test_what_is_missing_is_said_beside_its_field(desk, live, verb, field, typed, button):
    before = state(live)
    answer = press(desk, live, verb, **{field: typed}, **button)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert f'href="#id_{field}"' in answer.text
    assert f'id="id_{field}_error"' in answer.text
    assert state(live) == before


def test_what_was_typed_is_kept(desk, live):
    answer = press(desk, live, "close", internal_note="Legal asked.", close_sure="")
    assert f"{WHY}</textarea>" in answer.text
    assert "Legal asked.</textarea>" in answer.text


@pytest.mark.parametrize(
    ("verb", "subject", "says"),
    [
        ("suspend", "Suspended: Example Client", WHY),
        ("reinstate", "Reinstated: Example Client", "It is active again"),
        ("close", "Closed: Example Client", WHY),
    ],
)
def test_the_email_can_be_read_before_it_is_sent(desk, by, live, mailoutbox, verb, subject, says):
    if verb == "reinstate":
        client.suspend(live.uuid, by=desk.who, reason="For now.")
    before = state(live)
    page = press(desk, live, verb, preview="1")
    assert page.status_code == 200
    (email,) = with_attribute(page.text, "data-email")
    assert says in email.words()
    assert f"<strong>{subject}</strong>" in page.text
    assert f"The email goes to: {by.get_full_name()}." in page.text
    assert state(live) == before
    for field, typed in ANSWERS[verb].items():
        shown = with_attribute(page.text, "name", field)[0]
        assert shown.words() == typed or "checked" in shown.attrs
    assert fields_of(page).keys() >= ANSWERS[verb].keys()


def test_the_preview_is_the_email_that_is_sent(desk, live):
    page = press(desk, live, "suspend", preview="1")
    (shown,) = with_attribute(page.text, "data-email")
    press(desk, live, "suspend")
    message = OutboxMessage.objects.get(kind="suspended")
    kind = EMAILS["suspended"]
    (recipient,) = kind.recipients(message.ids)
    sent = kind.compose(message.ids, Recipient(recipient.user_id, "partner@client.example"))
    assert shown.words() == " ".join(sent.body.split())


def test_a_preview_of_what_is_not_possible_any_more_says_so(desk, live):
    client.suspend(live.uuid, by=desk.who, reason="Faster.")
    answer = press(desk, live, "suspend", preview="1")
    assert answer.status_code == 409
    assert "This registration is suspended." in answer.text
    assert f"{WHY}</textarea>" in answer.text
    assert "data-email" not in answer.text


def test_an_internal_note_stays_on_the_desk(desk, by, live, login_as):
    internal = "Legal asked for it: case 4711."
    press(desk, live, "suspend", internal_note=internal)
    assert DeskNote.objects.get().text == internal
    assert internal in desk.get(review_path(live)).text
    partner = login_as(by)
    for page in ("", "credentials/", "edit/", "metadata.json"):
        assert internal not in partner.get(f"/registrations/{live.uuid}/{page}").text
    press(desk, live, "close", internal_note="It came again.")
    assert "It came again." in desk.get(review_path(live)).text
    assert "It came again." not in partner.get(f"/registrations/{live.uuid}/").text


@pytest.fixture
def login_as():
    """A browser beside the one of the desk."""
    return lambda who: sign_in(Client(), who)


def test_a_move_that_came_too_late_says_so(desk, live):
    client.suspend(live.uuid, by=desk.who, reason="Faster.")
    answer = press(desk, live, "suspend")
    assert answer.status_code == 409
    assert "This registration is suspended." in answer.text
    assert f"{WHY}</textarea>" in answer.text
    assert live.suspensions.get().reason == "Faster."
    assert desk.get(verb_path(live, "suspend")).status_code == 409


def test_what_a_signed_out_reviewer_typed_comes_back(desk, live):
    address = verb_path(live, "close")
    posted = fields_of(desk.get(address)) | {"close_reason": [WHY], "internal_note": ["Mine."]}
    who = desk.who
    desk.logout()
    assert desk.post(address, posted)["Location"] == f"/accounts/login/?next={address}"
    assert again(live).status == "active"
    sign_in(desk, who)
    kept = KeptForm.objects.get()
    page = desk.get(f"{address}?kept={kept.uuid}")
    assert page.status_code == 200
    for text in (WHY, "Mine."):
        assert f"{text}</textarea>" in page.text
    assert desk.post(address, fields_of(page) | {"close_sure": ["on"]}).status_code == 302
    assert (again(live).status, KeptForm.objects.exists()) == ("closed", False)


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
    assert offered(desk.get(review_path(live))) == set()
    for verb in ANSWERS:
        assert desk.get(verb_path(live, verb)).status_code == 403
        assert press(desk, live, verb).status_code == 403
        assert press(desk, live, verb, preview="1").status_code == 403
        assert desk.post(verb_path(live, verb)).status_code == 403
    assert state(live) == before


def test_only_reviewers_come_in(client, by, live):
    for outsider in (by, person("clerk@portal.example", is_staff=True)):
        sign_in(client, outsider)
        for answer in (
            client.get(client_path(live)),
            client.get(verb_path(live, "close")),
            press(client, live, "suspend"),
        ):
            assert answer.status_code in (302, 403)
    assert again(live).status == "active"


def test_drafts_are_their_partners_own(desk, by):
    draft = a_draft(by)
    assert desk.get(client_path(draft)).status_code == 404
    assert desk.get(verb_path(draft, "close")).status_code == 404
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


# Reasons, and where Close stands on the review page


def stopped(page):
    return [one.words() for one in with_attribute(page.text, "data-stop")]


def test_the_review_page_says_why_a_client_is_suspended(desk, live):
    assert stopped(desk.get(review_path(live))) == []
    client.suspend(live.uuid, by=desk.who, reason=WHY)
    (said,) = stopped(desk.get(review_path(live)))
    assert said.startswith("Suspended ")
    assert f"by {desk.who.get_full_name()} {WHY}" in said
    client.reinstate(live.uuid, by=desk.who, note="They are back.", signed_in_at=timezone.now())
    page = desk.get(review_path(live))
    assert stopped(page) == []
    activity = desk.get(history_path(live)).text
    assert activity.count(WHY) == activity.count("They are back.") == 1, "the activity goes on saying it"


def test_the_review_page_says_who_closed_a_client_and_why(desk, by, live, waiting):
    client.close_as_staff(live.uuid, by=desk.who, reason=WHY, signed_in_at=timezone.now())
    (said,) = stopped(desk.get(review_path(live)))
    assert said.startswith("Closed ")
    assert f"by {desk.who.get_full_name()} {WHY}" in said
    client.close(waiting.uuid, by=by)
    (said,) = stopped(desk.get(review_path(waiting)))
    assert f"by {by.get_full_name()} Closed by the partner, without a reason." in said


def test_close_stands_at_the_end_of_the_page_far_from_the_decision(desk, by, live):
    change(live, by, client_name="New Name")
    drafting.submit(live.uuid, by=by)
    page = desk.get(review_path(live)).text
    (close,) = with_attribute(page, "href", verb_path(live, "close"))
    assert (close.words(), close.get("class")) == ("Close the registration…", "desk-dangerous-link")
    links = [one.get("href") for one in with_attribute(page.split('id="footer"')[0], "href")]
    assert links[-1] == verb_path(live, "close")
    assert page.index("Send the decision") < page.index("Danger zone") < page.index(verb_path(live, "close"))


def test_each_button_looks_as_grave_as_what_it_does(desk, live):
    looks = {}
    for verb in ("suspend", "close"):
        page = desk.get(verb_path(live, verb)).text
        looks[verb] = [one.get("class") for one in with_attribute(page, "class") if one.tag == "button"]
    assert "button desk-cautious" in looks["suspend"]
    assert "button desk-dangerous" in looks["close"]
    for verb, others in (("suspend", "desk-dangerous"), ("close", "desk-cautious")):
        assert not [one for one in looks[verb] if others in one or "default" in one]


def go_on(desk, page):
    """The form that the notice on the page leads to."""
    (link,) = [one for one in with_attribute(page.text, "href") if "?kept=" in one.get("href")]
    return desk.get(link.get("href"))


def typed_into(desk, registration, verb, **typed):
    filled = {name: [text] for name, text in {**ANSWERS[verb], **typed}.items()}
    return fields_of(desk.get(verb_path(registration, verb))) | filled


@pytest.mark.parametrize("verb", ANSWERS)
def test_leaving_a_preview_keeps_what_was_typed_and_does_nothing(desk, by, live, verb):
    if verb == "reinstate":
        client.suspend(live.uuid, by=desk.who, reason=WHY)
    words = {"suspend": "suspend_reason", "reinstate": "reinstate_note", "close": "close_reason"}[verb]
    before, address = state(live), verb_path(live, verb)
    page = desk.post(address, typed_into(desk, live, verb, **{words: "Typed with care."}) | {"preview": "1"})
    assert page.status_code == 200
    assert "We kept what you typed" not in page.text, "it is on the page itself"
    for leave in (
        lambda: desk.get(review_path(live)),
        lambda: desk.post(address, fields_of(page) | {"leave": "1"}),
    ):
        answer = leave()
        assert answer.status_code == 200 or answer["Location"] == review_path(live)
        again_there = go_on(desk, desk.get(review_path(live)))
        assert fields_of(again_there)[words] == ["Typed with care."]
    assert state(live) == before
    assert desk.post(address, fields_of(again_there)).status_code == 302
    assert not KeptForm.objects.exists()
    assert "We kept what you typed" not in desk.get(review_path(live)).text


def test_leaving_an_empty_page_keeps_nothing(desk, live):
    for verb in ("suspend", "close"):
        empty = fields_of(desk.get(verb_path(live, verb))) | {"leave": "1"}
        assert desk.post(verb_path(live, verb), empty)["Location"] == review_path(live)
    assert not KeptForm.objects.exists()


def test_a_script_keeps_what_is_typed_and_learns_its_name(desk, live):
    address, script = verb_path(live, "suspend"), {"Accept": "application/json"}
    posted = typed_into(desk, live, "suspend") | {"leave": "1"}
    name = desk.post(address, posted, headers=script).json()["kept"]
    assert str(KeptForm.objects.get().uuid) == name
    name = desk.post(address, posted | {"kept": name}, headers=script).json()["kept"]
    assert desk.post(address, typed_into(desk, live, "suspend") | {"kept": name}).status_code == 302
    assert again(live).status == "suspended"
    assert not KeptForm.objects.exists()
