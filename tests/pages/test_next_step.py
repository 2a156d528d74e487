"""Who acts next, in every combination of status, draft, review and question, and whether they really can."""

import pytest

from portal.refusals import Conflict
from registrations.models import Draft
from registrations.workflow import client, drafting, review, secrets
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.commenting import asked
from tests.support.pages import words
from tests.support.registrations import a_draft, again, approved, change, reveal, submitted

OWN = "The client does not work until Pleo reinstates it."
NAME = {"client_name": "Renamed Client"}
ANOTHER = {"client_name": "Renamed Client Again"}
BY_OTHERS = "A developer or an admin of your organisation can do this:"


def live(by, reviewer, has_question=False):
    registration = submitted(by)
    if has_question:
        asked(registration, reviewer)
    review.approve(registration.uuid, by=reviewer, seen_version=1)
    reveal(registration, by)
    return again(registration)


def with_draft(registration, by, _reviewer):
    return change(registration, by, **NAME)


def under_review(registration, by, _reviewer):
    change(registration, by, **NAME)
    drafting.submit(registration.uuid, by=by)
    return registration


def sent_back(registration, by, reviewer):
    under_review(registration, by, reviewer)
    review.request_changes(registration.uuid, by=reviewer, seen_version=2, note="Keep the name.")
    return registration


def discarded(registration, by, reviewer):
    sent_back(registration, by, reviewer)
    drafting.discard(registration.uuid, by=by)
    return registration


def untouched(registration, _by, _reviewer):
    return registration


NOTHING = "You have nothing to do."
WAIT = "Pleo decides on it and emails you."
FIX = "Submit a change that fixes the problem."
UNSUBMITTED = "You have not submitted your draft yet."
AGAIN = "Your last change was sent back."
ASKED = "Pleo asks about: Client name."
BOTH = "Pleo decides on your change and on the suspension, and emails you."

TABLE = [
    # What was done, whether a question is open, what is said of an active and of a suspended client.
    (untouched, False, {NOTHING}, {FIX}),
    (with_draft, False, {UNSUBMITTED}, {UNSUBMITTED}),
    (under_review, False, {WAIT}, {BOTH}),
    (sent_back, False, {AGAIN}, {AGAIN}),
    (discarded, False, {NOTHING}, {FIX}),
    (untouched, True, {ASKED}, {ASKED}),
    (with_draft, True, {UNSUBMITTED, ASKED}, {UNSUBMITTED, ASKED}),
    (under_review, True, {WAIT}, {BOTH}),
    (sent_back, True, {AGAIN, ASKED}, {AGAIN, ASKED}),
]
SAID = {NOTHING, WAIT, FIX, UNSUBMITTED, AGAIN, ASKED, BOTH}


def said(page):
    """Which of the sentences stand under the next step."""
    (status,) = with_attribute(page.text, "aria-labelledby", "status-title")
    return {one for one in SAID if one in status.words()}


@pytest.mark.parametrize(("done", "has_question", "active", "suspended"), TABLE)
@pytest.mark.parametrize("is_suspended", [False, True])
def test_the_next_step_is_said_and_possible(
    login, partner, reviewer, done, has_question, active, suspended, is_suspended
):
    registration = done(live(partner, reviewer, has_question), partner, reviewer)
    if is_suspended:
        client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    browser = login(partner)
    page = browser.get(at(registration))
    step = said(page)
    assert step == (suspended if is_suspended else active)
    assert (OWN in words(page)) == is_suspended
    assert "keeps working" not in words(page) or not is_suspended
    if step & {WAIT, BOTH}:
        with pytest.raises(Conflict):
            change(registration, partner, **ANOTHER)
        drafting.withdraw(registration.uuid, by=partner)
    elif step != {NOTHING}:
        change(registration, partner, **ANOTHER)
        drafting.submit(registration.uuid, by=partner)


@pytest.mark.parametrize("is_suspended", [False, True])
def test_a_secret_is_asked_for_only_where_there_can_be_one(login, partner, reviewer, is_suspended):
    waiting, revoked = approved(partner, reviewer), approved(partner, reviewer)
    secrets.revoke(revoked.uuid, revoked.secrets.get().uuid, by=partner, confirmed="Example Client")
    for registration, task in ((waiting, "Reveal the client secret"), (revoked, "Issue a new one")):
        if is_suspended:
            client.suspend(registration.uuid, by=reviewer, reason="A leak.")
        assert (task in words(login(partner).get(at(registration)))) != is_suspended


def test_what_a_viewer_cannot_do_is_for_others_to_do(login, partner, viewer, reviewer):
    browser = login(viewer)
    returned, suspended = submitted(partner), live(partner, reviewer)
    review.request_changes(returned.uuid, by=reviewer, seen_version=1, note="Name the product.")
    client.suspend(suspended.uuid, by=reviewer, reason="A leak.")
    for registration in (a_draft(partner), returned, suspended):
        assert BY_OTHERS in words(browser.get(at(registration)))
        assert BY_OTHERS not in words(login(partner).get(at(registration)))
    change(suspended, partner, **NAME)
    drafting.submit(suspended.uuid, by=partner)
    for registration in (submitted(partner), suspended):
        assert BY_OTHERS not in words(browser.get(at(registration)))


def test_a_withdrawn_submission_is_not_called_secret(login, partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    for _ in range(2):
        page = words(login(partner).get(at(registration)))
        assert "The submission was withdrawn" in page
        assert "Only your organisation can see it." not in page
        Draft.objects.all().delete()


def test_nothing_is_said_to_work_while_the_client_is_suspended(login, partner, reviewer):
    registration = sent_back(live(partner, reviewer), partner, reviewer)
    browser, pages = login(partner), ("", "edit/", "check/", "discard/confirm/")
    assert "keeps working" in words(browser.get(at(registration)))
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    for page in pages:
        answer = browser.get(at(registration, page))
        assert answer.status_code == 200
        said_ = [e.words() for e in elements(answer.text) if e.tag in ("p", "li")]
        assert not [one for one in said_ if "keeps working" in one]
