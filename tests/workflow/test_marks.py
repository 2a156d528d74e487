"""The stored marks of versions under review are the ones that they have, whatever happens to whom."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from portal.refusals import Refusal
from registrations.models import Preflight, Registration, ReviewMarks, Revision
from registrations.queries.similar_names import similar_clients, similar_to_each
from registrations.workflow import client, drafting, marks, pkce, review
from tests.access.verb_calls import BUSY_VERBS, PLAIN_VERBS, NothingError
from tests.support.people import partner
from tests.support.registrations import (
    approved,
    change,
    excepted,
    submitted,
    with_exception,
)
from tests.support.scenes import STATES, Scene, cast
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

VERBS = [(name, verb, False) for name, verb in PLAIN_VERBS.items()]
VERBS += [(name, verb, True) for name, verb in BUSY_VERBS.items()]


def stored():
    """What is stored, by version."""
    return {row.revision_id: (row.kinds, row.risk) for row in ReviewMarks.objects.all()}


def as_computed():
    """What ought to be stored, by version."""
    found = marks.computed(Registration.objects.values_list("pk", flat=True))
    kinds = {row.pk: [mark.kind for mark in has] for row, has in found}
    return {pk: (has, marks.risk_of(has)) for pk, has in kinds.items()}


def kinds_of(registration):
    return ReviewMarks.objects.get(revision__registration=registration).kinds


def with_bystanders(who, names):
    """Open versions that what happens to others can concern: one of the same organisation, and of another one
    some with these names and with the same redirect host."""
    submitted(who.developer, client_name="Till", redirect_uris=["https://client.example/till"])
    for name in names:
        submitted(who.stranger, client_name=name, redirect_uris=["https://client.example/other"])


@pytest.mark.parametrize("state", STATES)
def test_after_every_verb_what_is_stored_is_what_is_computed(state):
    who, worked = cast(), set()
    with_bystanders(who, ["example c1ient", "Exampel Client", "Something else"])
    for is_busy in (False, True):
        scene = Scene(STATES[state](who, is_busy), is_busy)
        assert stored() == as_computed()
        worked |= {name for name, verb, busy in VERBS if busy == is_busy and tried(verb, scene, who)}
    assert {"comments.note", "organisation_notes.write"} & worked


def tried(verb, scene, who):
    """Whether the verb worked for somebody; what is stored is true then, and nothing of it stays."""
    for person in (who.admin, who.reviewer, who.approver):
        mark = transaction.savepoint()
        try:
            verb(scene, person, who)
        except (Refusal, NothingError):
            continue
        else:
            assert stored() == as_computed()
            return True
        finally:
            transaction.savepoint_rollback(mark)
    return False


@pytest.fixture
def who():
    return cast()


def test_a_twin_marks_both_and_goes_with_the_one_that_is_withdrawn_and_closed(who):
    mine = submitted(who.admin, client_name="Acme Mobile")
    assert "twin_name" not in kinds_of(mine)
    other = submitted(
        who.stranger, client_name="acm3 mobi1e", redirect_uris=["https://other.example/callback"]
    )
    assert "twin_name" in kinds_of(mine)
    assert "twin_name" in kinds_of(other)
    drafting.withdraw(other.uuid, by=who.stranger)
    assert "twin_name" in kinds_of(mine)  # withdrawn names count
    client.close(other.uuid, by=who.stranger)
    assert "twin_name" not in kinds_of(mine)
    assert ReviewMarks.objects.count() == 1


def test_a_new_name_takes_the_mark_off_the_old_one(who):
    other = approved(who.stranger, who.reviewer, client_name="Acme Mobile")
    mine = submitted(who.admin, client_name="Acme Mobil")
    assert "near_name" in kinds_of(mine)
    change(other, who.stranger, client_name="Something else")
    drafting.submit(other.uuid, by=who.stranger)
    assert "near_name" in kinds_of(mine)
    review.approve(other.uuid, by=who.reviewer, seen_version=2, signed_in_at=timezone.now())
    assert "near_name" not in kinds_of(mine)


def test_a_host_of_another_marks_both(who):
    mine, shared = submitted(who.admin), ["https://client.example/x"]
    other = submitted(who.stranger, client_name="Something else", redirect_uris=shared)
    assert "host_of_another" in kinds_of(mine)
    assert "host_of_another" in kinds_of(other)
    review.reject(other.uuid, by=who.reviewer, seen_version=1, note="Not your host.")
    assert "host_of_another" not in kinds_of(mine)


def test_a_suspension_marks_the_siblings_until_it_is_lifted(who):
    living = approved(who.admin, who.reviewer)
    mine = submitted(who.developer, client_name="Till")
    client.suspend(living.uuid, by=who.reviewer, reason="A leak.")
    assert "suspended" in kinds_of(mine)
    client.reinstate(living.uuid, by=who.reviewer, signed_in_at=timezone.now())
    assert "suspended" not in kinds_of(mine)


def test_the_first_approval_ends_the_newness_of_all(who):
    mine = submitted(who.admin, client_name="Till")
    assert "newcomer" in kinds_of(mine)
    approved(who.developer, who.reviewer)
    assert "newcomer" not in kinds_of(mine)


def test_decided_versions_have_no_marks(who):
    approved(who.admin, who.reviewer)
    assert not ReviewMarks.objects.exists()


def test_a_lapse_takes_the_mark_of_the_running_exception_away(who):
    living = excepted(who.admin, who.approver, days=1)
    change(
        living, who.admin, **with_exception(redirect_uris=["https://client.example/two"]), client_name="Till"
    )
    change(living, who.admin, pkce_support="supported", pkce_justification="")
    drafting.submit(living.uuid, by=who.admin)
    assert "pkce_running" in kinds_of(living)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert pkce.lapse_due() == 1
        assert "pkce_running" not in kinds_of(living)
        assert stored() == as_computed()


def due_in_a_minute():
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        return marks.book_due()


def test_the_worker_looks_once_more_after_a_verb_and_then_daily(who):
    mine = submitted(who.admin)
    mine.revisions.update(findings=[{"severity": "warn"}])  # as another verb could at the same time
    assert marks.book_due() == 0
    assert due_in_a_minute() == 1
    assert "findings" in kinds_of(mine)
    assert due_in_a_minute() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert marks.book_due() == 1


def test_the_worker_books_what_an_older_release_submitted(who):
    mine = submitted(who.admin)
    true = stored()
    ReviewMarks.objects.all().delete()
    assert marks.book_due() == 1
    assert stored() == true
    assert "newcomer" in kinds_of(mine)


def test_a_verb_books_only_so_many_itself_and_the_worker_the_others(who, monkeypatch):
    monkeypatch.setattr("registrations.workflow.marks.MOST_AT_ONCE", 2)
    for number in range(4):
        submitted(who.admin, client_name=f"Till {number}")
    living = approved(who.developer, who.reviewer)
    client.suspend(living.uuid, by=who.reviewer, reason="A leak.")
    marked = [row for row in ReviewMarks.objects.all() if "suspended" in row.kinds]
    assert len(marked) == 2
    assert marks.book_due() == 2
    assert stored() == as_computed()


def test_what_a_verb_cannot_lock_is_booked_within_a_day(who, monkeypatch):
    for number in range(4):
        submitted(who.admin, client_name=f"Till {number}")
    monkeypatch.setattr("registrations.workflow.marks.MOST_CONCERNED", 2)
    living = approved(who.developer, who.reviewer)
    client.suspend(living.uuid, by=who.reviewer, reason="A leak.")
    assert "suspended" in kinds_of(submitted(who.admin, client_name="Till 5"))
    assert stored() != as_computed()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        marks.book_due()
        assert stored() == as_computed()


def test_a_check_that_fails_is_marked_by_the_worker(who, settings):
    settings.PORTAL_PREFLIGHT = True
    mine = submitted(who.admin)
    checks = Preflight.objects.filter(revision__registration=mine)
    checks.filter(pk=checks.first().pk).update(verdict="silent", checked_at=timezone.now())
    ReviewMarks.objects.all().look_again(timezone.now())
    assert marks.book_due() == 1
    assert "unreachable" in kinds_of(mine)


def test_a_change_costs_the_same_however_many_strangers_wait(who, django_assert_max_num_queries):
    def costs(registration):
        with django_assert_max_num_queries(60) as made:
            drafting.withdraw(registration.uuid, by=who.admin)
        return len(made)

    few = costs(submitted(who.admin, client_name="Quite unlike"))
    for letter in "abcdefghij":
        other = partner(f"{letter}@{letter}.example", f"Firm {letter}")
        submitted(other, client_name=letter * 9, redirect_uris=[f"https://{letter}.example/callback"])
    assert costs(submitted(who.admin, client_name="Quite different")) == few


@pytest.mark.parametrize("most", [2, 300])
def test_asked_together_or_alone_each_finds_the_same_similar_clients(who, monkeypatch, most):
    monkeypatch.setattr("registrations.queries.similar_names.MOST_COMPARED", most)
    with_bystanders(who, ["example c1ient", "Exampel Client", "Something else"])
    for person, name in ((who.admin, "Example Client"), (who.stranger, "Til"), (who.admin, "Something Elze")):
        submitted(person, client_name=name)
    waiting = list(
        Revision.objects.under_review().select_related("registration__organisation").order_by("pk")
    )
    alone = {one.pk: keys_of(similar_clients(one)) for one in waiting}
    assert {pk: keys_of(found) for pk, found in similar_to_each(waiting).items()} == alone
    assert [len(found) for found in alone.values()] == [0, 1, 1, 1, 2, 0, 1]
    with statements() as made:
        similar_to_each(waiting)
    assert len(made) == (1 if most > len(waiting) else 1 + len(waiting))


def keys_of(similar):
    return [(one.look, one.key) for one in similar]
