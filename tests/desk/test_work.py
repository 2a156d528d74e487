"""What waits for one member of staff, read for many requests at once."""

import pytest
from django.utils import timezone

from registrations.models import Revision, Scope, ScopeConfirmation
from registrations.queries import work
from registrations.workflow import assignment, drafting, review, scopes, snoozing
from registrations.workflow.pkce import grant
from tests.support import people
from tests.support.registrations import again, change, in_days, submitted, with_exception
from tests.support.scenes import SNOOZE

pytestmark = pytest.mark.django_db

RESTRICTED = {
    "scope": ["users:read", "vendors:write"],
    "scope_reasons": {"vendors:write": "Our till adds a vendor for each new shop."},
}


@pytest.fixture
def ann(db):
    return people.reviewer("ann@portal.example")


@pytest.fixture
def ben(db):
    return people.reviewer("ben@portal.example")


def names(rows):
    return [row.client_name for row in rows]


def confirm(registration, by, number=1):
    return scopes.confirm_scopes(registration.uuid, by=by, seen_version=number)


def resubmitted(registration, by, **changes):
    change(registration, by, **changes)
    drafting.submit(registration.uuid, by=by)
    return again(registration)


def sent_back(registration, by):
    number = again(registration).revision_count
    review.request_changes(registration.uuid, by=by, seen_version=number, note="Name the product.")
    return registration


def granted_once(by, ann, ben, **changes):
    registration = submitted(by, **RESTRICTED, **changes)
    confirm(registration, ann)
    review.approve(registration.uuid, by=ben, seen_version=1, signed_in_at=timezone.now())
    return registration


def as_second_person_says(revision, ann, ben):
    """Whether all restricted scopes are confirmed: by anybody, by somebody besides each of the two."""
    said = scopes.second_person(revision)
    open_ones = bool(said.restricted - said.granted)
    besides = [open_ones and not said.lacking_besides(person) for person in (ann, ben)]
    return [open_ones and not said.lacking, *besides]


def test_many_are_read_as_each_is_judged(by, ann, ben):
    other_reason = {"scope_reasons": {"vendors:write": "Our till adds a vendor for each shop that opens."}}
    two = {
        "scope": ["vendors:write", "users:write"],
        "scope_reasons": RESTRICTED["scope_reasons"] | {"users:write": "Our till adds its cashiers."},
    }
    submitted(by, client_name="Plain")
    submitted(by, client_name="Unseen", **RESTRICTED)
    confirm(submitted(by, client_name="Seen by Ann", **RESTRICTED), ann)
    both = submitted(by, client_name="Seen by both", **RESTRICTED)
    for person in (ann, ben):
        ScopeConfirmation.objects.create(
            revision=both.revisions.get(),
            confirmed_by=person,
            confirmed_at=both.created_at,
            scopes=["vendors:write"],
        )
    carried = submitted(by, client_name="Carried over", **RESTRICTED)
    confirm(carried, ben)
    resubmitted(sent_back(carried, ann), by)
    changed = submitted(by, client_name="Another reason", **RESTRICTED)
    confirm(changed, ben)
    resubmitted(sent_back(changed, ann), by, **other_reason)
    granted = granted_once(by, ann, ben, client_name="Granted")
    resubmitted(granted, by, client_name="Granted", client_uri="https://client.example/x", **RESTRICTED)
    refused = submitted(by, client_name="Refused", **RESTRICTED)
    confirm(refused, ann)
    review.approve(
        refused.uuid,
        by=ben,
        seen_version=1,
        granted=["users:read"],
        refused_because="Not needed.",
        signed_in_at=timezone.now(),
    )
    asked_again = RESTRICTED["scope_reasons"]["vendors:write"] + " We cannot do without."
    again_with = {"client_name": "Refused", "scope_reasons": {"vendors:write": asked_again}}
    resubmitted(refused, by, **RESTRICTED | again_with)
    Scope.objects.filter(name="users:write").update(tier="restricted")
    more = submitted(by, client_name="One more scope", **RESTRICTED)
    confirm(more, ann)
    resubmitted(sent_back(more, ben), by, **two)
    expected, found = {}, {}
    for revision in Revision.objects.under_review():
        found[revision.client_name] = [
            work.confirmed_once(besides=person).filter(pk=revision.pk).exists() for person in (None, ann, ben)
        ]
        expected[revision.client_name] = as_second_person_says(revision, ann, ben)
    assert found == expected
    looks = work.second_looks(ann)
    for column, pks in ((0, looks.confirmed), (1, looks.mine)):
        read = set(Revision.objects.filter(pk__in=pks).values_list("client_name", flat=True))
        assert read == {name for name, judged in expected.items() if judged[column]}
    assert found["Carried over"] == [True, True, False]
    assert found["Seen by both"] == [True, True, True]
    none = ("Plain", "Unseen", "Another reason", "Granted", "Refused", "One more scope")
    assert not any(any(found[name]) for name in none)


def test_a_confirmation_counts_while_its_author_may_review(by, ann, ben):
    registration = submitted(by, **RESTRICTED)
    confirm(registration, ben)
    assert work.second_look(ann).exists()
    ben.groups.clear()
    assert not work.second_look(ann).exists()


def test_a_second_look_is_for_those_who_could_approve(by, ann, ben):
    registration = submitted(by, client_name="Seen", **RESTRICTED)
    confirm(registration, ann)
    assert names(work.second_look(ben)) == ["Seen"]
    assert names(work.second_look(ann)) == []
    people.home(by).memberships.create(user=ben, role="viewer")
    assert names(work.second_look(ben)) == []


def test_what_somebody_claimed_is_theirs_the_longest_wait_first(by, ann, ben):
    first, second, third = (submitted(by, client_name=f"Client {word}") for word in ("one", "two", "three"))
    for registration, person in ((second, ann), (first, ann), (third, ben)):
        assignment.claim(registration.uuid, by=person)
    assert names(work.claimed(ann)) == ["Client one", "Client two"]


def test_the_oldest_unclaimed_are_those_that_the_person_can_go_on_with(by, ann, ben):
    taken, snoozed, own, seen, excepted, free = (
        submitted(by, client_name="Taken"),
        submitted(by, client_name="Snoozed"),
        submitted(people.partner("ann@other.example", "Other Ltd"), client_name="Own"),
        submitted(by, client_name="Seen", **RESTRICTED),
        submitted(by, **with_exception(client_name="Excepted")),
        submitted(by, client_name="Free"),
    )
    assignment.claim(taken.uuid, by=ben)
    snoozing.snooze(snoozed.uuid, by=ann, seen_version=1, **SNOOZE)
    own.organisation.memberships.create(user=ann, role="viewer")
    confirm(seen, ann)
    assert names(work.oldest_unclaimed(ann)) == ["Free"]
    assert names(work.oldest_unclaimed(ben)) == ["Snoozed", "Own", "Seen", "Free"]
    lead = people.lead()
    assert "Excepted" in names(work.oldest_unclaimed(lead))
    grant(excepted.uuid, by=lead, seen_version=1, expires_on=in_days(30), signed_in_at=timezone.now())
    assert names(work.oldest_unclaimed(ann)) == ["Excepted", "Free"]
    assert free.uuid == work.oldest_unclaimed(ann).last().registration.uuid


def test_snoozes_are_due_from_their_day_on_until_the_decision(by, ann, ben, time_machine):
    registration = submitted(by, client_name="Snoozed")
    snoozing.snooze(registration.uuid, by=ann, seen_version=1, **SNOOZE)
    assert not work.due_snoozes(ann).exists()
    time_machine.move_to(SNOOZE["until"])
    assert names(due.revision for due in work.due_snoozes(ann)) == ["Snoozed"]
    assert not work.due_snoozes(ben).exists()
    drafting.withdraw(registration.uuid, by=by)
    assert not work.due_snoozes(ann).exists()
