"""What the desk writes for itself, and what it has not sent yet, reaches no partner."""

import secrets as system_random

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from registrations.workflow import comments, drafting, organisation_notes, review
from tests.pages.addresses import at
from tests.support import people
from tests.support.commenting import asked
from tests.support.forms import example_posted
from tests.support.leaks import holds
from tests.support.people import sign_in
from tests.support.registrations import approved, change, submitted

pytestmark = pytest.mark.django_db

CANARY = system_random.token_hex(16)
PAGES = ("", "edit/", "edit/?show=all", "check/", "credentials/", "close/", "metadata.json")


def whisper(registration, by, seen_version):
    """Notes, a comment in a thread of its own, and one in a thread that the partner knows."""
    organisation_notes.write(registration.organisation.uuid, by=by, text=f"organisation {CANARY}")
    comments.note(registration.uuid, by=by, text=f"note {CANARY}", field="client_name")
    asked(registration, by, f"comment {CANARY}", field="scope", seen_version=seen_version)
    for thread in registration.threads.filter(comments__sent_at__isnull=False).distinct():
        comments.reply(
            registration.uuid, thread.uuid, by=by, seen_version=seen_version, text=f"reply {CANARY}"
        )


def all_that_partners_read(registration, partner):
    """Every page of theirs, what posting answers, and the emails, by name."""
    browser, read = sign_in(Client(), partner), {}
    for page in PAGES:
        read[page] = browser.get(at(registration, page)).content
    read["list"] = browser.get("/registrations/").content
    read["organisation"] = browser.get("/organisation/").content
    body = example_posted(99) | {"registration": str(registration.uuid)}
    read["live check"] = browser.post("/registrations/check/", body).content
    other = body | {"client_name": "Another Client"}
    read["clash"] = browser.post(at(registration, "edit/"), other).content
    read["submit"] = browser.post(at(registration, "submit/"), {"draft_version": 99}).content
    call_command("worker", once=True)
    ours = {partner.email}
    read["emails"] = b"\n".join(each.message().as_bytes() for each in mail.outbox if ours & set(each.to))
    return read


def never_approved(partner, reviewer):
    return submitted(partner), 1


def sent_back_once(partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer, "Which product?")
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="See the comments.")
    drafting.submit(registration.uuid, by=partner)
    return registration, 2


def live_with_a_change(partner, reviewer):
    registration = approved(partner, reviewer)
    change(registration, partner, client_name="Example Client Two")
    drafting.submit(registration.uuid, by=partner)
    return registration, 2


@pytest.mark.parametrize("scenario", [never_approved, sent_back_once, live_with_a_change])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_no_partner_reads_what_was_not_sent(scenario, withdrawn):
    partner, reviewer = people.partner(), people.reviewer()
    registration, seen_version = scenario(partner, reviewer)
    whisper(registration, reviewer, seen_version)
    if withdrawn:
        drafting.withdraw(registration.uuid, by=partner)
    for name, blob in all_that_partners_read(registration, partner).items():
        assert not holds(CANARY, blob), name


def test_a_note_stays_on_the_desk_when_the_decision_is_sent():
    partner, reviewer = people.partner(), people.reviewer()
    registration = submitted(partner)
    comments.note(registration.uuid, by=reviewer, text=f"note {CANARY}", field="scope")
    asked(registration, reviewer, "Which product?")
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="")
    read = all_that_partners_read(registration, partner)
    assert b"Which product?" in read[""]
    assert b"Which product?" in read["edit/"]
    assert b"Which product?" in read["emails"]
    for name, blob in read.items():
        assert not holds(CANARY, blob), name


def test_the_search_finds_what_was_sent():
    """Else it could pass by looking nowhere."""
    partner, reviewer = people.partner(), people.reviewer()
    registration = submitted(partner)
    asked(registration, reviewer, CANARY)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="")
    read = all_that_partners_read(registration, partner)
    assert {name for name, blob in read.items() if holds(CANARY, blob)} >= {"", "edit/", "clash", "emails"}
