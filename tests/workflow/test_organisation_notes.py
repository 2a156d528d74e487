"""Internal notes about an organisation: who writes them, and what is kept of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import OrganisationNote
from registrations.workflow import organisation_notes
from tests.support import people
from tests.support.people import home
from tests.support.races import at_once

TEXT = "They told us on the phone that they merge with Other Inc in May."


def noted(partner, by, text=TEXT):
    return organisation_notes.write(home(partner).uuid, by=by, text=text)


def test_a_note_is_kept_with_its_author_and_leaves_one_event_and_no_email(partner, reviewer):
    note = noted(partner, reviewer, f"  {TEXT}\n")
    assert (note.organisation, note.author, note.text) == (home(partner), reviewer, TEXT)
    event = Event.objects.get(stream=home(partner).uuid)
    assert (event.verb, event.actor) == ("organisation.noted", str(reviewer.pseudonym))
    assert (event.moved, event.detail) == ([f"note:{note.uuid}"], {})
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060", "The terms\u202e have gone."])
def test_what_cannot_be_read_is_refused(partner, reviewer, text):
    with pytest.raises(Conflict):
        noted(partner, reviewer, text)
    assert not OrganisationNote.objects.exists()
    assert not Event.objects.filter(stream=home(partner).uuid).exists()


def test_only_reviewers_who_do_not_belong_to_it_write_one(partner, reviewer):
    for other in (partner, people.stranger(), people.auditor()):
        with pytest.raises(NotAllowed):
            noted(partner, other)
    home(partner).memberships.create(user=reviewer, role="viewer")
    with pytest.raises(NotAllowed):
        noted(partner, reviewer)
    assert not OrganisationNote.objects.exists()


def test_there_is_none_about_an_organisation_that_does_not_exist(reviewer):
    with pytest.raises(NotFound):
        organisation_notes.write(uuid4(), by=reviewer, text=TEXT)


def test_a_second_press_adds_nothing_but_the_same_words_later_do(partner, reviewer):
    note = noted(partner, reviewer)
    assert noted(partner, reviewer, f" {TEXT} ") == note
    assert noted(partner, people.reviewer("second@portal.example")) != note
    OrganisationNote.objects.update(written_at=timezone.now() - timedelta(minutes=2))
    assert noted(partner, reviewer) != note
    assert OrganisationNote.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_presses_at_once_write_it_once():
    partner, reviewer = people.partner(), people.reviewer()
    at_once(*[lambda: noted(partner, reviewer)] * 4)
    assert OrganisationNote.objects.count() == 1
    assert Event.objects.filter(verb="organisation.noted").count() == 1
