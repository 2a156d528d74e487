"""Free text on the desk (rule F-01): forms refuse it beside the field, and the verbs have the last word."""

import pytest
from django.utils import timezone

from portal.refusals import Conflict
from registrations.workflow import client, comments, pkce, review
from tests.desk.commenting import comment, note
from tests.desk.pages import decide, decide_pkce, state
from tests.desk.test_client import client_path, verb_path
from tests.support.people import lead, sign_in
from tests.support.registrations import approved, excepted, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db
TURNED = "One line.\r\nThe terms\u202e have gone."
COMPLAINT = "Remove the character U+202E (line 2, character 10): it turns the direction of text."
INVISIBLE = "\u200b\u2060"


def kept(page):
    return TURNED.replace("\r\n", "\n") in page.text.replace("\r\n", "\n")


@pytest.mark.parametrize("write", [comment, note])
def test_comments_and_notes_are_refused_and_kept(desk, waiting, write):
    before = state(waiting)
    page = write(desk, waiting, TURNED)
    assert (page.status_code, COMPLAINT in page.text, kept(page)) == (422, True, True)
    assert "Write something first." in write(desk, waiting, INVISIBLE).text
    assert state(waiting) == before


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
def test_a_decision_is_refused_and_its_note_kept(desk, waiting, decision):
    before = state(waiting)
    page = decide(desk, waiting, decision, note=TURNED)
    assert (page.status_code, COMPLAINT in page.text, kept(page)) == (422, True, True)
    assert state(waiting) == before


def test_why_scopes_are_refused_is_refused_and_kept(desk, waiting):
    before, less = state(waiting), {"granted": ["", "users:read"]}
    page = decide(desk, waiting, "approve", **less, refused_because=TURNED)
    assert (page.status_code, COMPLAINT in page.text, kept(page)) == (422, True, True)
    assert state(waiting) == before
    decide(desk, waiting, "approve", **less, note="Reading is enough.", refused_because=INVISIBLE)
    refused = waiting.revisions.get().requested_scopes.filter(granted=False)
    assert {child.refusal.reason for child in refused} == {"Reading is enough."}


@pytest.mark.parametrize(("verb", "field"), [("suspend", "suspend_reason"), ("close", "close_reason")])
def test_a_reason_about_the_client_is_refused_and_kept(desk, by, verb, field):
    live = approved(by, desk.who)
    page = desk.post(verb_path(live, verb), {field: TURNED, "close_sure": "on"})
    assert (page.status_code, COMPLAINT in page.text, kept(page)) == (422, True, True)
    empty = desk.post(verb_path(live, verb), {field: INVISIBLE, "close_sure": "on"})
    assert (empty.status_code, COMPLAINT in empty.text) == (422, False)


def test_a_note_on_an_exception_is_refused_and_kept(client, by):
    approver = lead()
    sign_in(client, approver)
    registration = submitted(by, **with_exception())
    page = decide_pkce(client, registration, "grant", until=in_days(90), pkce_note=TURNED)
    assert (page.status_code, COMPLAINT in page.text, kept(page)) == (422, True, True)


VERBS = {
    "comment": lambda one, who: comments.comment(one.uuid, by=who, seen_version=1, text=TURNED),
    "note": lambda one, who: comments.note(one.uuid, by=who, text=TURNED),
    "approve": lambda one, who: review.approve(
        one.uuid, by=who, seen_version=1, note=TURNED, signed_in_at=timezone.now()
    ),
    "approve without a scope": lambda one, who: review.approve(
        one.uuid,
        by=who,
        seen_version=1,
        granted=["users:read"],
        refused_because=TURNED,
        signed_in_at=timezone.now(),
    ),
    "request_changes": lambda one, who: review.request_changes(one.uuid, by=who, seen_version=1, note=TURNED),
    "reject": lambda one, who: review.reject(one.uuid, by=who, seen_version=1, note=TURNED),
    "close_as_staff": lambda one, who: client.close_as_staff(
        one.uuid, by=who, reason=TURNED, signed_in_at=timezone.now()
    ),
    "refuse": lambda one, who: pkce.refuse(one.uuid, by=who, seen_version=1, note=TURNED),
}


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_stores_it(by, verb):
    approver = lead()
    registration = submitted(by, **with_exception() if verb == "refuse" else {})
    before = state(registration)
    with pytest.raises(Conflict, match="U\\+202E"):
        VERBS[verb](registration, approver)
    assert state(registration) == before


def test_neither_suspending_nor_reinstating_nor_revoking_stores_it(by):
    approver = lead()
    live = excepted(by, approver)
    exception = live.pkce_exceptions.get()
    for call in (
        lambda: client.suspend(live.uuid, by=approver, reason=TURNED),
        lambda: pkce.revoke(live.uuid, exception.uuid, by=approver, reason=TURNED),
    ):
        with pytest.raises(Conflict, match="U\\+202E"):
            call()
    client.suspend(live.uuid, by=approver, reason="The terms have gone.")
    with pytest.raises(Conflict, match="U\\+202E"):
        client.reinstate(live.uuid, by=approver, note=TURNED, signed_in_at=timezone.now())


def test_a_reason_is_shown_apart_from_what_stands_around_it(desk, by):
    live = approved(by, desk.who)
    client.suspend(live.uuid, by=desk.who, reason="\u05e9\u05dc\u05d5\u05dd")
    assert "<bdi>\u05e9\u05dc\u05d5\u05dd</bdi>" in desk.get(client_path(live)).text
