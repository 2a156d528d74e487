"""Restrictions at the same moment as each other, as an approval and as a submission: nothing is lost."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict
from registrations.models import Revision
from registrations.workflow import client, drafting, review
from registrations.workflow.drafting import Announced
from registrations.workflow.refusals import AnnouncedOtherwise, RulesBroken, StaleVersion
from tests.support.invariants import check_invariants
from tests.support.races import at_once
from tests.support.registrations import approved, change
from tests.support.scale import times

pytestmark = pytest.mark.django_db(transaction=True)

A, B = "https://client.example/a", "https://client.example/b"
URIS = {"redirect_uris": [A, B]}


def taking(registration, by, *uris):
    return lambda: client.restrict(registration.uuid, by=by, redirect_uris=uris)


def live_of(registration):
    return registration.revisions.live().get()


def test_of_twenty_presses_one_takes_it_away(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer, **URIS)
        results = at_once(*[taking(registration, partner, B)] * 20)
        assert sum(isinstance(result, Conflict) for result in results) == 19
        assert registration.revisions.count() == 2
        assert Event.objects.filter(stream=registration.uuid, verb="revision.restricted").count() == 1
    check_invariants()


def test_two_who_take_one_each_never_take_the_last(partner, reviewer):
    for _ in range(times(20)):
        registration = approved(partner, reviewer, **URIS)
        results = at_once(taking(registration, partner, A), taking(registration, partner, B))
        assert sorted(type(result).__name__ for result in results) == ["Revision", "RulesBroken"]
        assert any(isinstance(result, RulesBroken) for result in results)
        assert len(live_of(registration).uris()) == 1
    check_invariants()


def test_an_approval_brings_nothing_back_that_its_page_did_not_show(partner, reviewer):
    for _ in range(times(30)):
        registration = approved(partner, reviewer, **URIS)
        change(registration, partner, **URIS, client_name="Renamed Client")
        drafting.submit(registration.uuid, by=partner)
        approve = lambda: review.approve(
            registration.uuid, by=reviewer, seen_version=2, seen_live=1, signed_in_at=timezone.now()
        )
        done, taken = at_once(approve, taking(registration, partner, B))
        assert isinstance(taken, Revision)
        assert isinstance(done, (Revision, StaleVersion))
        assert live_of(registration).uris() == (A,)
        waits = registration.revisions.under_review().exists()
        assert waits == isinstance(done, StaleVersion)
    check_invariants()


def test_a_submission_is_about_the_live_version_that_was_announced(partner, reviewer):
    for _ in range(times(30)):
        registration = approved(partner, reviewer, **URIS)
        change(registration, partner, **URIS, contacts=["other@client.example"])
        submit = lambda: drafting.submit(registration.uuid, by=partner, announced=Announced("apply", 1))
        done, taken = at_once(submit, taking(registration, partner, B))
        assert isinstance(taken, Revision)
        assert isinstance(done, (Revision, AnnouncedOtherwise))
        assert live_of(registration).uris() == (A,)
    check_invariants()
