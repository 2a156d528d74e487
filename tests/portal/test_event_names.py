"""What events are called: every one has words for the desk, and what is old stays readable."""

import pytest

from portal.accounts.events import AccountEvent
from portal.audit.names import EventName
from portal.sealing_keys.events import SealingEvent
from registrations.events import RegistrationEvent, desk_wording

EVERY = [*RegistrationEvent, *AccountEvent, *SealingEvent]


def test_no_two_events_share_a_spelling():
    assert len({str(event) for event in EVERY}) == len(EVERY)


@pytest.mark.parametrize("event", EVERY)
def test_the_desk_reads_words_and_no_spelling(event):
    assert desk_wording(event.value) == event.desk
    assert event.desk[0].isupper()
    assert "_" not in event.desk


def test_a_spelling_of_another_release_is_shown_as_it_stands():
    assert desk_wording("revision.archived") == "revision.archived"


def test_words_of_an_event_are_no_part_of_what_is_stored():
    class Found(EventName):
        APPROVED = "revision.approved", "Approved", "Pleo approved it."

    assert (Found.APPROVED, f"{Found.APPROVED}") == ("revision.approved", "revision.approved")
