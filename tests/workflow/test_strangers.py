"""What strangers try is counted, and summed up in one event an hour."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import StrangersTries
from registrations.workflow import review, secrets
from registrations.workflow.strangers_summary import summarise_due
from tests.support import people
from tests.support.races import at_once
from tests.support.registrations import approved, submitted

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 5, 4, 10, 20, tzinfo=UTC)


def try_to_reveal(registration, by):
    secret = registration.secrets.get()
    with pytest.raises((NotFound, NotAllowed)):
        secrets.reveal(registration.uuid, secret.uuid, by=by, signed_in_at=timezone.now())


def summaries(registration):
    """Number of tries and hour of each summary, oldest first."""
    found = Event.objects.filter(stream=registration.uuid, verb="strangers.tried").order_by("pk")
    return [(event.detail["tries"], event.detail["from"][:13], event.actor) for event in found]


def attempts(registration):
    return Event.objects.filter(stream=registration.uuid, outcome="refused").count()


def test_two_hundred_tries_are_one_event(partner, reviewer, stranger):
    registration = approved(partner, reviewer)
    clerk = people.person("clerk@portal.example", is_staff=True)
    before = Event.objects.filter(stream=registration.uuid).count()
    with time_machine.travel(BEGIN, tick=False):
        for _ in range(204):
            try_to_reveal(registration, stranger)
        with pytest.raises(NotAllowed):
            review.approve(registration.uuid, by=clerk, seen_version=1, signed_in_at=timezone.now())
        assert summarise_due() == 0
        assert Event.objects.filter(stream=registration.uuid).count() == before
    with time_machine.travel(BEGIN + timedelta(hours=1), tick=False):
        try_to_reveal(registration, stranger)
        assert summarise_due() == 1
        assert summarise_due() == 0
    with time_machine.travel(BEGIN + timedelta(hours=2), tick=False):
        assert summarise_due() == 1
    assert summaries(registration) == [(205, "2026-05-04T10", "system"), (1, "2026-05-04T11", "system")]
    assert not StrangersTries.objects.exists()


def test_whoever_may_see_it_still_leaves_an_event_each(partner, reviewer, viewer):
    registration = approved(partner, reviewer)
    for _ in range(2):
        try_to_reveal(registration, viewer)
        try_to_reveal(registration, reviewer)
        with pytest.raises(Conflict):
            review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert attempts(registration) == 6
    assert not StrangersTries.objects.exists()


def test_each_client_has_its_own_summary_in_one_line(partner, reviewer, stranger):
    tried, quiet = approved(partner, reviewer), submitted(partner)
    with time_machine.travel(BEGIN, tick=False):
        for _ in range(3):
            try_to_reveal(tried, stranger)
    summarise_due()
    browser = people.sign_in(Client(), partner)
    words = "people outside your organisation tried 3× to reveal a secret or to decide."
    assert browser.get(f"/registrations/{tried.uuid}/").text.count(words) == 1
    assert "people outside" not in browser.get(f"/registrations/{quiet.uuid}/").text
    desk = people.sign_in(Client(), reviewer)
    path = f"/admin/registrations/registration/{tried.uuid}/history/"
    assert desk.get(path).text.count("Tries by strangers, refused: 3") == 1
    event = Event.objects.get(verb="strangers.tried")
    assert str(stranger.pseudonym) not in str(event.detail) + event.actor


@pytest.mark.django_db(transaction=True)
def test_no_try_is_lost_while_summaries_are_written(partner, reviewer, stranger):
    registration = approved(partner, reviewer)
    tries = [lambda: try_to_reveal(registration, stranger)] * 16
    with time_machine.travel(BEGIN, tick=False):
        at_once(*tries)
    with time_machine.travel(BEGIN + timedelta(hours=1), tick=False):
        at_once(*[summarise_due] * 4)
    assert sum(tries for tries, *_ in summaries(registration)) == 16
    assert len(summaries(registration)) == 1
