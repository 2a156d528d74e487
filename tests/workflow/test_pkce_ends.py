"""The ends of a PKCE exception: revoked, lapsed, leaked; and the reminders before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.models import Membership, Role
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.queries.documents import live_documents
from registrations.workflow import client, drafting, pkce, review, secrets
from tests.support.invariants import check_invariants
from tests.support.people import home
from tests.support.registrations import (
    REASON,
    approved,
    change,
    excepted,
    in_days,
    reveal,
    with_exception,
)

WHY = "The library can do it since last week."


def revoke(registration, by, reason=WHY):
    exception = registration.pkce_exceptions.get()
    return pkce.revoke(registration.uuid, exception.uuid, by=by, reason=reason)


def emails(name):
    return OutboxMessage.objects.filter(kind=name)


def pkce_required():
    return [document["pkce_required"] for document in live_documents(today=timezone.now().date())]


def test_a_revocation_requires_pkce_at_once_and_says_why(partner, lead):
    registration = excepted(partner, lead)
    assert pkce_required() == [False]
    revoke(registration, lead, f" {WHY}\n")
    exception = registration.pkce_exceptions.get()
    assert (exception.status, exception.revoked_by, exception.revoked_reason) == ("revoked", lead, WHY)
    assert pkce_required() == [True]
    assert Event.objects.get(verb="pkce.revoked").moved == [f"pkce:{exception.uuid}"]
    assert emails("pkce_revoked").get().ids == {"exception_id": exception.pk}
    assert pkce.remind_due() == pkce.lapse_due() == 0
    check_invariants()


def test_a_suspended_clients_exception_can_be_revoked(partner, lead):
    registration = excepted(partner, lead)
    client.suspend(registration.uuid, by=lead, reason="Gone.")
    assert revoke(registration, lead).status == "revoked"


def test_what_is_not_in_force_is_not_revoked(partner, lead, time_machine):
    registration = excepted(partner, lead, days=5)
    with pytest.raises(Conflict, match="Say why"):
        revoke(registration, lead, " ")
    time_machine.move_to(in_days(6))
    with pytest.raises(Conflict, match="not in force"):
        revoke(registration, lead)
    assert registration.pkce_exceptions.get().status == "in_force"


def test_it_is_revoked_once(partner, lead):
    registration = excepted(partner, lead)
    revoke(registration, lead)
    with pytest.raises(Conflict):
        revoke(registration, lead)
    assert emails("pkce_revoked").count() == 1


def test_only_approvers_from_elsewhere_revoke(partner, reviewer, lead, stranger):
    registration = excepted(partner, lead)
    Membership.objects.create(user=lead, organisation=home(partner), role=Role.VIEWER)
    for person in (partner, stranger, reviewer, lead):
        with pytest.raises(NotAllowed):
            revoke(registration, person)
    assert registration.pkce_exceptions.get().status == "in_force"
    assert Event.objects.filter(verb="pkce.revoke", outcome="refused").count() == 3
    assert registration.strangers_tries.get().tries == 1


def test_an_exception_is_revoked_only_with_its_own_registration(partner, lead):
    other, exception = approved(partner, lead), excepted(partner, lead).pkce_exceptions.get()
    with pytest.raises(NotFound):
        pkce.revoke(other.uuid, exception.uuid, by=lead, reason=WHY)


# Lapse


def test_the_worker_books_the_lapse_once_and_tells(partner, lead, time_machine):
    registration = excepted(partner, lead, days=20)
    time_machine.move_to(in_days(20))
    assert (pkce.lapse_due(), pkce_required()) == (0, [False])
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert pkce_required() == [True]
    assert (pkce.lapse_due(), pkce.lapse_due()) == (1, 0)
    exception = registration.pkce_exceptions.get()
    assert (exception.status, exception.remind_on) == ("lapsed", None)
    event = Event.objects.get(verb="pkce.lapsed")
    assert (event.actor, event.moved) == ("system", [f"pkce:{exception.uuid}"])
    assert emails("pkce_lapsed").count() == 1
    check_invariants()


def test_a_lapse_of_a_suspended_client_is_booked(partner, lead, time_machine):
    registration = excepted(partner, lead, days=5)
    client.suspend(registration.uuid, by=lead, reason="Gone.")
    time_machine.move_to(in_days(6))
    assert pkce.lapse_due() == 1


# Reminders


def days_reminded(time_machine, days):
    """The days, counted from today, on which one daily round of the worker wrote."""
    found = []
    start = timezone.now()
    for day in days:
        time_machine.move_to(start + timedelta(days=day))
        found += [day] * pkce.remind_due()
    return found


def test_a_partner_is_reminded_30_and_7_days_before(partner, lead, time_machine):
    excepted(partner, lead, days=90)
    assert days_reminded(time_machine, range(92)) == [60, 83]
    assert emails("pkce_ending").count() == Event.objects.filter(verb="pkce.reminded").count() == 2
    check_invariants()


def test_a_worker_that_was_off_for_a_week_reminds_late_but_once(partner, lead, time_machine):
    excepted(partner, lead, days=90)
    assert days_reminded(time_machine, [*range(59), *range(66, 92)]) == [66, 83]


def test_a_worker_that_was_off_for_a_month_reminds_once_for_both(partner, lead, time_machine):
    excepted(partner, lead, days=90)
    assert days_reminded(time_machine, [59, 85, 86, 91]) == [85]


@pytest.mark.parametrize(("granted", "days"), [(30, [23]), (8, [1]), (7, []), (1, [])])
def test_nobody_is_reminded_of_what_the_approval_has_just_said(partner, lead, time_machine, granted, days):
    excepted(partner, lead, days=granted)
    assert days_reminded(time_machine, range(granted + 2)) == days


def test_what_has_ended_reminds_nobody(partner, lead, time_machine):
    dropped, renewed = excepted(partner, lead, days=90), excepted(partner, lead, days=90)
    change(dropped, partner, pkce_support="supported", pkce_justification="")
    change(renewed, partner, pkce_support="exception_requested", pkce_justification=REASON + " Still.")
    for registration in (dropped, renewed):
        drafting.submit(registration.uuid, by=partner)
    pkce.grant(renewed.uuid, by=lead, seen_version=2, expires_on=in_days(300))
    for registration in (dropped, renewed):
        review.approve(registration.uuid, by=lead, seen_version=2)
    closed = excepted(partner, lead, days=90)
    client.close(closed.uuid, by=partner)
    assert days_reminded(time_machine, [61, 84, 91]) == []


# A leaked secret


def test_a_leak_ends_the_exception_with_the_secret(partner, colleague, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    secret = registration.secrets.get()
    secrets.revoke(registration.uuid, secret.uuid, by=colleague, confirmed="Example Client", leaked=True)
    exception = registration.pkce_exceptions.get()
    assert (exception.status, exception.revoked_by) == ("revoked", colleague)
    event = Event.objects.get(verb="secret.revoked")
    assert event.moved == [f"secret:{secret.uuid}", f"pkce:{exception.uuid}"]
    assert event.detail == {"leaked": True}
    assert emails("pkce_revoked").count() == 1


def test_a_secret_that_is_revoked_for_another_reason_leaves_the_exception(partner, lead):
    registration = excepted(partner, lead)
    secrets.revoke(registration.uuid, registration.secrets.get().uuid, by=partner, confirmed="Example Client")
    assert registration.pkce_exceptions.get().status == "in_force"


def test_other_controls_ask_for_another_exception(partner, lead):
    """They are what it was granted for."""
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(pkce_controls="None at all."))
    drafting.submit(registration.uuid, by=partner)
    assert registration.revisions.get(number=2).pkce_exception.status == "requested"


def test_a_leak_after_the_last_day_is_left_to_the_lapse(partner, lead, time_machine):
    registration = excepted(partner, lead, days=3)
    reveal(registration, partner)
    time_machine.move_to(in_days(4))
    secrets.revoke(
        registration.uuid,
        registration.secrets.get().uuid,
        by=partner,
        confirmed="Example Client",
        leaked=True,
    )
    assert registration.pkce_exceptions.get().status == "in_force"
    assert pkce.lapse_due() == 1
