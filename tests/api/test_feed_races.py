"""Whoever follows the feed ends with what is in the database, however many write at the same time."""

import random
from threading import Event

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from portal.refusals import Refusal
from registrations import api_tokens
from registrations.models import Registration
from registrations.queries.client_records import changed_clients, client_record
from registrations.workflow import client, drafting, feed, secrets
from tests.api.calling import READS, a_token
from tests.support.people import partner, reviewer
from tests.support.races import at_once
from tests.support.registrations import again, approved, change, reveal
from tests.support.scale import times

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

RUNS, CLIENTS, WRITERS, CHANGES = 1000, 3, 3, 1


class Follower:
    """An authorization server that reads a page now and then, and keeps what it read."""

    def __init__(self):
        self.hashes, self.known, self.position = api_tokens.hashes_of(a_token(*READS)), {}, 0

    def read_a_page(self):
        """Whether there was anything new."""
        _, page = changed_clients(self.hashes, self.position)
        self.known |= {one["client_id"]: one for one in page.clients}
        moved, self.position = page.position > self.position, page.position
        return moved

    def truth(self):
        ids = Registration.objects.filter(client_id__isnull=False).values_list("client_id", flat=True)
        return {str(one): client_record(self.hashes, str(one))[1] for one in ids}


def toggle(registration, member, staff):
    if again(registration).status == "active":
        client.suspend(registration.uuid, by=staff, reason="A leak.")
    else:
        client.reinstate(registration.uuid, by=staff, signed_in_at=timezone.now())


def new_secret(registration, member, staff):
    if not registration.secrets.sealed().exists():
        secrets.rotate(registration.uuid, by=member, grace="now", signed_in_at=timezone.now())
    reveal(registration, member)


def other_contact(registration, member, staff):
    change(registration, member, contacts=[f"c{random.randrange(10**9)}@client.example"])
    drafting.submit(registration.uuid, by=member)


VERBS = [toggle, new_secret, other_contact]


def writer(registrations, member, staff):
    """A writer who changes clients at random; what a verb refuses changes nothing."""

    def write():
        for _ in range(CHANGES):
            try:
                random.choice(VERBS)(random.choice(registrations), member, staff)
            except (Refusal, ObjectDoesNotExist):
                continue

    return write


def worker_and_follower(follower):
    def work():
        for _ in range(WRITERS * CHANGES):
            feed.assign_due()
            if random.random() < 0.7:
                follower.read_a_page()

    return work


def test_a_follower_ends_equal_to_the_database():
    member, staff = partner(), reviewer()
    names = [f"Client {number}" for number in range(CLIENTS)]
    registrations = [approved(member, staff, client_name=name) for name in names]
    follower = Follower()
    for _ in range(times(RUNS)):
        actions = [writer(registrations, member, staff) for _ in range(WRITERS)]
        results = at_once(*actions, worker_and_follower(follower))
        assert [one for one in results if isinstance(one, Exception)] == []
        while feed.assign_due():
            pass
        while follower.read_a_page():
            pass
        assert follower.known == follower.truth()


def test_a_change_that_is_committed_late_hides_behind_no_other():
    member, staff = partner(), reviewer()
    late, early = (approved(member, staff, client_name=name) for name in ("Late", "Early"))
    follower, is_marked, may_commit = Follower(), Event(), Event()

    def change_slowly():
        with transaction.atomic():
            locked = Registration.objects.select_for_update().get(pk=late.pk)
            feed.mark(locked)
            is_marked.set()
            assert may_commit.wait(60)

    def change_and_read_meanwhile():
        assert is_marked.wait(60)
        client.suspend(early.uuid, by=staff, reason="A leak.")
        feed.assign_due()
        follower.read_a_page()
        seen = {*follower.known}
        may_commit.set()
        return seen

    _, seen = at_once(change_slowly, change_and_read_meanwhile)
    assert seen == {str(early.client_id)}
    feed.assign_due()
    follower.read_a_page()
    assert follower.known == follower.truth()
    assert len(follower.known) == 2
