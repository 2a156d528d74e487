"""A status changes in one way only, seen in the SQL of a run of every verb."""

import re
import sys
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.refusals import Conflict, Refusal
from registrations.domain.lifecycle import PKCE, REGISTRATION, REVISION, SECRET, IllegalMove
from registrations.models import ClientSecret, PkceException, Registration, Revision
from registrations.workflow import pkce, review, secrets, transitions
from tests.access.verb_calls import BUSY_VERBS, PLAIN_VERBS, NothingError
from tests.support.registrations import approved, reveal, revealed, submitted
from tests.support.scenes import STATES, Scene, cast, make_approvable

pytestmark = pytest.mark.django_db

VERBS = PLAIN_VERBS | BUSY_VERBS
LIVES = {Registration: REGISTRATION, Revision: REVISION, ClientSecret: SECRET, PkceException: PKCE}
BY_TABLE = {model._meta.db_table: life for model, life in LIVES.items()}
SETS_A_STATUS = re.compile(r'^UPDATE "(\w+)" SET .*?(?<!\.)"status" = ')
"""A condition names the column with its table; what is set stands by itself."""
SCENES = [
    ("draft", False),
    ("under review", False),
    ("suspended", False),
    ("under review", True),
    ("live, draft", True),
    ("live, under review", True),
]


class Watch:
    """Looks at each UPDATE: which statuses are set, and which of them not by ``transitions.move``."""

    def __init__(self):
        self.reached, self.strays = set(), []

    def __call__(self, execute, sql, params, many, context):
        found = SETS_A_STATUS.match(sql)
        if found and found[1] in BY_TABLE:
            if is_running(transitions.move):
                self.reached.add((BY_TABLE[found[1]].name, str(params[found[0].count("%s")])))
            else:
                self.strays.append(sql)
        return execute(sql, params, many, context)


def is_running(function):
    frame = sys._getframe()
    while frame and frame.f_code is not function.__code__:
        frame = frame.f_back
    return frame is not None


def test_every_status_that_a_verb_or_the_worker_sets_comes_out_of_move(time_machine):
    watch, done, who = Watch(), set(), cast()
    with connection.execute_wrapper(watch):
        for state, is_busy in SCENES:
            scene = Scene(STATES[state](who, is_busy), is_busy)
            done |= {name for name, verb in VERBS.items() if is_done(verb, scene, who)}
        renew_the_exception(who)
        time_machine.move_to(timezone.now() + timedelta(days=100))
        assert secrets.lapse_due()
        assert pkce.lapse_due()
        replace_a_secret(who)
        time_machine.move_to(timezone.now() + timedelta(days=2))
        assert secrets.expire_due()
    assert watch.strays == []
    assert done == set(VERBS)
    statuses = {(life.name, status) for life in LIVES.values() for status in life.moves.values()}
    assert watch.reached == statuses


def is_done(verb, scene, who):
    """Whether one of them may do it; no trace of it stays."""
    for person in (who.admin, who.reviewer, who.approver, who.lead):
        mark = transaction.savepoint()
        try:
            verb(scene, person, who)
            return True
        except (Refusal, NothingError):
            continue
        finally:
            transaction.savepoint_rollback(mark)
    return False


def renew_the_exception(who):
    registration = STATES["live, under review"](who, True)
    make_approvable(who, registration, is_first=False)
    review.approve(registration.uuid, by=who.reviewer, seen_version=2, signed_in_at=timezone.now())


def replace_a_secret(who):
    registration, _ = revealed(who.admin, who.reviewer)
    secrets.rotate(registration.uuid, by=who.admin, grace="24h", signed_in_at=timezone.now())
    reveal(registration, who.admin)


def set_by_query(registration):
    Registration.objects.filter(pk=registration.pk).update(environment="staging", status="active")


def set_in_bulk(registration):
    Registration.objects.bulk_update([registration], ["status"])


@pytest.mark.parametrize("write", [set_by_query, set_in_bulk, Registration.save])
def test_the_watch_sees_what_goes_round_it(partner, reviewer, write):
    registration, watch = approved(partner, reviewer), Watch()
    with connection.execute_wrapper(watch):
        write(registration)
    assert len(watch.strays) == 1
    assert not watch.reached


def test_of_two_moves_from_the_same_status_the_second_is_refused(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    early, late = registration.secrets.get(), registration.secrets.get()
    change = {"revoked_at": timezone.now(), "revoked_by": partner}
    assert transitions.move(early, SECRET, "revoke", **change) == f"secret:{early.uuid}"
    assert (early.status, early.revoked_by) == ("revoked", partner)
    with pytest.raises(Conflict):
        transitions.move(late, SECRET, "revoke", **change)
    assert late.status == "active"


def test_a_move_that_does_not_start_from_the_status_is_refused(partner):
    revision = submitted(partner).revisions.get()
    with pytest.raises(Conflict):
        transitions.move(revision, REVISION, "supersede")
    assert Revision.objects.get().status == revision.status == "under_review"


def test_a_move_that_no_table_has_is_a_fault_and_no_refusal(partner):
    revision = submitted(partner).revisions.get()
    with pytest.raises(IllegalMove):
        transitions.move(revision, REVISION, "withdrew")
