"""Positions in the feed: given after the commit, in their order, and never twice."""

import pytest
import time_machine
from django.utils import timezone

from portal.outbox.models import OutboxMessage
from registrations.models import FeedState, Registration
from registrations.workflow import client, feed
from registrations.workflow.webhooks import WEBHOOKS
from tests.support.people import partner, reviewer
from tests.support.registrations import again, approved, reveal, submitted

pytestmark = pytest.mark.django_db


def positions():
    return dict(Registration.objects.values_list("pk", "feed_position"))


def test_each_change_gets_the_next_position_and_waits_at_the_old_one():
    member, staff = partner(), reviewer()
    first, second = approved(member, staff), approved(member, staff, client_name="Other name")
    assert feed.assign_due() == 2
    assert positions() == {first.pk: 1, second.pk: 2}
    client.suspend(first.uuid, by=staff, reason="A leak.")
    assert again(first).feed_pending
    assert positions()[first.pk] == 1
    assert feed.assign_due() == 1
    assert positions() == {first.pk: 3, second.pk: 2}
    assert feed.assign_due() == 0


def test_each_change_queues_its_webhook_where_there_is_a_target(settings):
    settings.PORTAL_WEBHOOKS = {"staging": None}
    member, staff = partner(), reviewer()
    registration = approved(member, staff)
    reveal(registration, member)
    client.suspend(registration.uuid, by=staff, reason="A leak.")
    client.close(registration.uuid, by=member)
    approved(member, staff, client_name="Other name", environment="production")
    queued = OutboxMessage.objects.filter(kind__in=WEBHOOKS).order_by("pk").values_list("kind", flat=True)
    assert list(queued) == ["client.updated", "secret.changed", "client.suspended", "client.closed"]


def test_what_no_server_knows_is_not_in_the_feed():
    waiting = submitted(partner())
    assert feed.assign_due() == 0
    client.close(waiting.uuid, by=waiting.created_by)
    assert feed.assign_due() == 0
    assert not FeedState.objects.exists()


def test_two_changes_in_the_same_moment_have_two_times():
    staff = reviewer()
    registration = approved(partner(), staff)
    with time_machine.travel(again(registration).record_updated_at, tick=False):
        client.suspend(registration.uuid, by=staff, reason="A leak.")
        client.reinstate(registration.uuid, by=staff, signed_in_at=timezone.now())
    assert again(registration).record_updated_at > registration.record_updated_at
