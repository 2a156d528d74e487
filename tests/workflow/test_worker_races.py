"""Several workers, and people beside them: what is due is booked once."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict
from registrations.models import PkceException
from registrations.workflow import client, pkce, secrets
from tests.support.invariants import check_invariants
from tests.support.races import at_once
from tests.support.registrations import excepted, in_days, reveal
from tests.support.scale import times

pytestmark = pytest.mark.django_db(transaction=True)


def made_due(**columns):
    PkceException.objects.update(**columns)


def test_two_workers_remind_once(partner, lead):
    for _ in range(3):
        excepted(partner, lead, days=90)
    made_due(remind_on=in_days(0), expires_on=in_days(30))
    assert sum(at_once(*[pkce.remind_due] * 4)) == 3
    assert OutboxMessage.objects.filter(kind="pkce_ending").count() == 3
    assert list(PkceException.objects.values_list("remind_on", flat=True)) == [in_days(23)] * 3
    check_invariants()


def test_two_workers_book_a_lapse_once(partner, lead):
    for _ in range(3):
        excepted(partner, lead)
    made_due(expires_on=in_days(-1))
    assert sum(at_once(*[pkce.lapse_due] * 4)) == 3
    assert OutboxMessage.objects.filter(kind="pkce_lapsed").count() == 3
    check_invariants()


def test_a_revocation_a_leak_and_a_closing_end_it_once(partner, lead):
    for _ in range(times(20)):
        registration = excepted(partner, lead)
        reveal(registration, partner)
        exception, secret = registration.pkce_exceptions.get(), registration.secrets.get()
        at_once(
            lambda: pkce.revoke(registration.uuid, exception.uuid, by=lead, reason="Why not."),
            lambda: secrets.revoke(
                registration.uuid, secret.uuid, by=partner, confirmed="Example Client", leaked=True
            ),
            lambda: client.close(registration.uuid, by=partner),
        )
        moved = [
            event.verb
            for event in Event.objects.filter(stream=registration.uuid, outcome="done")
            if f"pkce:{exception.uuid}" in event.moved
        ]
        assert len(set(moved) & {"pkce.revoked", "secret.revoked", "registration.closed"}) == 1
    check_invariants()


def test_of_twenty_revocations_one_counts(partner, lead):
    registration = excepted(partner, lead)
    exception = registration.pkce_exceptions.get()
    revoke = lambda: pkce.revoke(registration.uuid, exception.uuid, by=lead, reason="Why not.")
    results = at_once(*[revoke] * 20)
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert OutboxMessage.objects.filter(kind="pkce_revoked").count() == 1
    assert PkceException.objects.get().over_since <= timezone.now()
