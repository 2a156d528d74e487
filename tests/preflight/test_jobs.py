"""When checks are ordered, who does them, and when nobody does any more."""

import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.audit.models import Event
from registrations.models import Preflight
from registrations.preflight.network import Internet
from registrations.workflow import drafting, preflight, review
from registrations.workflow.refusals import RulesBroken
from tests.support.races import at_once
from tests.support.registrations import a_draft, submitted
from tests.support.scale import times

PLANNED = [
    ("client_uri", "https://client.example/"),
    ("tos_uri", "https://client.example/legal/tos.html"),
    ("policy_uri", "https://client.example/legal/privacy.pdf"),
    ("redirect_uris", "https://client.example/callback"),
]
pytestmark = pytest.mark.django_db


class Names:
    """A name server that knows no name, and keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, host):
        self.asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class Crash(BaseException):
    """What ends a worker."""


def crash():
    raise Crash


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.PORTAL_PREFLIGHT = True


def rows():
    return list(Preflight.objects.values_list("field", "uri"))


def verdicts():
    return list(Preflight.objects.values_list("verdict", flat=True))


def test_submitting_orders_the_checks(partner):
    submitted(partner, redirect_uris=["https://client.example/callback", "http://localhost:8080/cb"])
    assert rows() == PLANNED
    assert verdicts() == [""] * 4


def test_every_submission_has_checks_of_its_own(partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    drafting.submit(registration.uuid, by=partner)
    assert rows() == PLANNED * 2


def test_a_refused_submission_orders_none(partner):
    draft = a_draft(partner, client_name="")
    with pytest.raises(RulesBroken):
        drafting.submit(draft.uuid, by=partner)
    assert not rows()


def test_a_check_is_done_once_and_dated(partner):
    submitted(partner)
    names = Names()
    assert preflight.check_due(internet=Internet(look_up=names)) == 4
    assert preflight.check_due(internet=Internet(look_up=names)) == 0
    assert names.asked == ["client.example"] * 4
    assert verdicts() == ["silent"] * 4
    assert all(row.checked_at and row.claimed_until is None for row in Preflight.objects.all())


def test_a_worker_that_is_told_to_end_looks_at_no_further_address(partner):
    submitted(partner)
    names = Names()
    assert preflight.check_due(lambda: bool(names.asked), internet=Internet(look_up=names)) == 1
    assert preflight.check_due(internet=Internet(look_up=names)) == 3


def test_a_check_moves_nothing_and_leaves_no_event(partner):
    registration = submitted(partner)
    events, version = Event.objects.count(), registration.version
    preflight.check_due(internet=Internet(look_up=Names()))
    registration.refresh_from_db()
    assert (Event.objects.count(), registration.version) == (events, version)


def test_a_round_is_short(partner):
    submitted(partner)
    submitted(partner)
    internet = Internet(look_up=Names())
    assert [preflight.check_due(internet=internet) for _ in range(3)] == [4, 4, 0]


def test_a_verdict_holds_nothing_up(partner, reviewer):
    registration = submitted(partner)
    preflight.check_due(internet=Internet(look_up=Names()))
    assert (
        review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now()).status
        == "approved"
    )


def test_switched_off_nothing_is_ordered(partner, settings):
    settings.PORTAL_PREFLIGHT = False
    submitted(partner)
    assert not rows()


def test_switched_off_nothing_is_checked(partner, settings, django_assert_num_queries):
    submitted(partner)
    settings.PORTAL_PREFLIGHT = False
    names = Names()
    with django_assert_num_queries(0):
        assert preflight.check_due(internet=Internet(look_up=names)) == 0
    assert not names.asked


def decisions(registration, partner, reviewer):
    seen = {"by": reviewer, "seen_version": 1, "note": "Because."}
    return {
        "approve": lambda: review.approve(registration.uuid, **seen, signed_in_at=timezone.now()),
        "request_changes": lambda: review.request_changes(registration.uuid, **seen),
        "reject": lambda: review.reject(registration.uuid, **seen),
        "withdraw": lambda: drafting.withdraw(registration.uuid, by=partner),
    }


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject", "withdraw"])
def test_what_was_decided_is_not_checked(partner, reviewer, decision):
    registration = submitted(partner)
    decisions(registration, partner, reviewer)[decision]()
    names = Names()
    assert preflight.check_due(internet=Internet(look_up=names)) == 0
    assert not names.asked


def test_what_is_decided_meanwhile_is_not_checked_further(partner, reviewer):
    registration = submitted(partner)
    asked = []

    def decided_while_looking(address):
        asked.append(address)
        return review.reject(registration.uuid, by=reviewer, seen_version=1, note="Because.") is None

    internet = Internet(look_up=lambda host: ["8.8.8.8"], is_public=decided_while_looking)
    assert preflight.check_due(internet=internet) == 1
    assert verdicts() == ["not_public", "", "", ""]
    assert len(asked) == 1


def crashing():
    """The internet of a worker that does not live to see the answer."""
    return Internet(is_public=lambda address: crash(), look_up=lambda host: ["8.8.8.8"])


def test_after_a_crash_it_is_tried_again_but_not_for_ever(partner):
    submitted(partner, redirect_uris=["http://localhost/cb"])
    Preflight.objects.exclude(field="client_uri").delete()
    names = Names()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            with pytest.raises(Crash):
                preflight.check_due(internet=crashing())
            assert preflight.check_due(internet=Internet(look_up=names)) == 0  # while the claim lasts
            clock.shift(preflight.LEASE + timedelta(seconds=1))
        assert preflight.check_due(internet=Internet(look_up=names)) == 0
    assert not names.asked
    assert verdicts() == [""]


def test_a_crash_costs_one_attempt(partner):
    submitted(partner)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        with pytest.raises(Crash):
            preflight.check_due(internet=crashing())
        clock.shift(preflight.LEASE + timedelta(seconds=1))
        assert preflight.check_due(internet=Internet(look_up=Names())) == 4
    assert verdicts() == ["silent"] * 4


def test_a_worker_that_is_late_does_not_overwrite(partner):
    """Its claim has run out, and another worker was quicker."""
    submitted(partner)
    Preflight.objects.exclude(field="client_uri").delete()

    def slow(address):
        clock.shift(preflight.LEASE + timedelta(seconds=1))
        assert preflight.check_due(internet=Internet(look_up=Names())) == 1
        return False

    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert preflight.check_due(internet=Internet(is_public=slow, look_up=lambda host: ["8.8.8.8"])) == 0
    assert verdicts() == ["silent"]


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_does_each_check(partner):
    for _ in range(times(50)):
        Preflight.objects.all().delete()
        submitted(partner)
        names = Names()
        internet = Internet(look_up=names)
        results = at_once(*[lambda internet=internet: preflight.check_due(internet=internet)] * 6)
        assert sum(results) == 4
        assert len(names.asked) == 4
        assert verdicts() == ["silent"] * 4
