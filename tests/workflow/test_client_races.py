"""Stopping a client while somebody else moves it: the database decides, once."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, Refusal
from registrations.models import Registration
from registrations.workflow import client, drafting, review, secrets
from registrations.workflow.secrets import Revealed
from tests.support.invariants import check_invariants
from tests.support.races import at_once
from tests.support.registrations import again, approved, change, submitted
from tests.support.scale import times

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "It was sold."


def close(registration, by):
    return lambda: client.close(registration.uuid, by=by)


def suspend(registration, by):
    return lambda: client.suspend(registration.uuid, by=by, reason=WHY)


def done(registration, verb):
    return Event.objects.filter(stream=registration.uuid, outcome="done", verb=verb).count()


def test_of_twenty_suspensions_one_counts(partner, reviewer):
    registration = approved(partner, reviewer)
    results = at_once(*[suspend(registration, reviewer)] * 20)
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert registration.suspensions.count() == done(registration, "registration.suspended") == 1


def test_of_twenty_reinstatements_one_counts(partner, reviewer):
    registration = approved(partner, reviewer)
    suspend(registration, reviewer)()
    results = at_once(
        *[lambda: client.reinstate(registration.uuid, by=reviewer, signed_in_at=timezone.now())] * 20
    )
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert done(registration, "registration.reinstated") == 1


def test_of_twenty_closings_one_counts(partner, reviewer):
    registration = approved(partner, reviewer)
    by_staff = lambda: client.close_as_staff(
        registration.uuid, by=reviewer, reason=WHY, signed_in_at=timezone.now()
    )
    results = at_once(*[close(registration, partner)] * 10, *[by_staff] * 10)
    assert len([result for result in results if isinstance(result, Registration)]) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert done(registration, "registration.closed") == 1
    check_invariants()


def test_an_approval_against_a_closing_leaves_nothing_usable(partner, reviewer):
    for _ in range(times(30)):
        registration = submitted(partner)
        approve = lambda: review.approve(
            registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now()
        )
        at_once(approve, close(registration, partner))
        assert again(registration).status == "closed"
        assert not registration.secrets.exclude(status="revoked").exists()
    check_invariants()


def test_no_reveal_after_a_suspension_or_a_closing(partner, reviewer):
    for stop in [close, suspend] * times(30):
        registration = approved(partner, reviewer)
        secret = registration.secrets.get()
        reveal = lambda: secrets.reveal(
            registration.uuid, secret.uuid, by=partner, signed_in_at=timezone.now()
        )
        shown, _ = at_once(reveal, stop(registration, partner if stop is close else reviewer))
        order = list(Event.objects.filter(stream=registration.uuid, outcome="done").order_by("pk"))
        revealed_last = order[-1].verb == "secret.revealed"
        assert isinstance(shown, (Revealed, Refusal))
        assert not revealed_last
    check_invariants()


def test_no_submission_slips_past_a_closing(partner, reviewer):
    for _ in range(times(30)):
        registration = change(approved(partner, reviewer), partner, contacts=["new@client.example"])
        at_once(lambda: drafting.submit(registration.uuid, by=partner), close(registration, partner))
        assert again(registration).status == "closed"
        assert not registration.revisions.filter(status="under_review").exists()
    check_invariants()
