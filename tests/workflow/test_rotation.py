"""Rotation with a grace: what works when, judged when it is read, whether or not the worker came by."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, Gone, NotAllowed
from registrations.queries.secrets import secrets_of
from registrations.workflow import client, secrets
from registrations.workflow.refusals import RulesBroken
from tests.support.invariants import check_invariants
from tests.support.registrations import excepted, reveal, revealed

DAY = timedelta(days=1)
NAME = "Example Client"


def rotate(registration, by, grace="24h"):
    return secrets.rotate(registration.uuid, by=by, grace=grace, signed_in_at=timezone.now())


def statuses(registration):
    """As they are now, the oldest first."""
    return [row.status.value for row in reversed(secrets_of(registration).rows)]


def booked(registration):
    return list(registration.secrets.order_by("pk").values_list("status", flat=True))


@pytest.fixture
def live(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    return registration


@pytest.mark.parametrize(("grace", "days"), [("24h", 1), ("7d", 7)])
def test_a_grace_runs_from_the_reveal_of_the_new_secret(live, partner, time_machine, grace, days):
    rotate(live, partner, grace)
    assert statuses(live) == ["retiring", "sealed"]
    time_machine.move_to(timezone.now() + 3 * DAY)
    reveal(live, partner)
    old = live.secrets.get(status="retiring")
    assert old.expires_at == live.secrets.get(status="active").revealed_at + timedelta(days=days)
    time_machine.move_to(old.expires_at - timedelta(seconds=1))
    assert statuses(live) == ["retiring", "active"]
    time_machine.move_to(old.expires_at)
    assert statuses(live) == ["expired", "active"]
    check_invariants()


def test_the_old_secret_is_active_again_once_the_new_one_lapsed(live, partner, time_machine):
    new = rotate(live, partner)
    time_machine.move_to(new.reveal_until - timedelta(seconds=1))
    assert statuses(live) == ["retiring", "sealed"]
    time_machine.move_to(new.reveal_until)
    assert statuses(live) == ["active", "lapsed"]
    assert booked(live) == ["retiring", "sealed"]
    assert secrets.lapse_due() == 1
    assert booked(live) == ["active", "lapsed"]
    assert len(Event.objects.get(verb="secret.lapsed").moved) == 2
    check_invariants()


def test_a_rotation_after_a_lapse_that_nobody_booked_retires_the_old_one_again(live, partner, time_machine):
    new = rotate(live, partner)
    time_machine.move_to(new.reveal_until)
    newest = rotate(live, partner, "7d")
    assert booked(live) == ["retiring", "lapsed", "sealed"]
    old = live.secrets.get(status="retiring")
    moved = Event.objects.filter(verb="secret.rotated").latest("pk").moved
    assert moved == [newest.audit_name, old.audit_name, new.audit_name]


@pytest.mark.parametrize("leaked", [False, True])
def test_the_old_secret_is_active_again_once_the_new_one_is_revoked_unseen(live, partner, leaked):
    new = rotate(live, partner)
    secrets.revoke(live.uuid, new.uuid, by=partner, leaked=leaked)
    assert statuses(live) == ["active", "revoked"]
    assert len(Event.objects.get(verb="secret.revoked").moved) == 2


def test_only_a_secret_that_nobody_saw_gives_way_to_the_old_one(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    assert statuses(live) == ["retiring", "revoked"]


def test_a_rotation_now_stops_a_retiring_secret_as_well(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    rotate(live, partner, "now")
    assert statuses(live) == ["revoked", "revoked", "sealed"]
    assert len(Event.objects.filter(verb="secret.rotated").latest("pk").moved) == 3


def test_two_old_secrets_never_work_side_by_side(live, partner, time_machine):
    rotate(live, partner)
    reveal(live, partner)
    with pytest.raises(Conflict, match="Wait until it ends") as refused:
        rotate(live, partner, "7d")
    assert refused.value.knows_way_out
    time_machine.move_to(timezone.now() + DAY)
    rotate(live, partner, "7d")
    assert booked(live) == ["expired", "retiring", "sealed"]
    check_invariants()


def test_beside_a_retiring_secret_alone_a_new_one_is_issued_without_an_outage(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    rotate(live, partner)
    assert statuses(live) == ["retiring", "revoked", "sealed"]
    assert live.secrets.get(status="retiring").expires_at


def test_nothing_is_rotated_with_a_grace_while_a_secret_waits(live, partner):
    rotate(live, partner)
    for grace in ("now", "24h", "7d"):
        with pytest.raises(Conflict, match="waiting to be revealed") as refused:
            rotate(live, partner, grace)
        assert refused.value.knows_way_out
    assert statuses(live) == ["retiring", "sealed"]


def test_a_rotation_needs_a_recent_sign_in(live, partner):
    for moment in (None, timezone.now() - timedelta(minutes=15, seconds=1)):
        with pytest.raises(ReauthenticationNeeded):
            secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=moment)
    assert statuses(live) == ["active"]


@pytest.mark.parametrize("confirmed", ["", "Example", "example client"])
def test_the_last_working_secret_is_revoked_only_with_the_name_of_the_client(live, partner, confirmed):
    secret = live.secrets.get()
    with pytest.raises(RulesBroken):
        secrets.revoke(live.uuid, secret.uuid, by=partner, confirmed=confirmed)
    assert statuses(live) == ["active"]
    secrets.revoke(live.uuid, secret.uuid, by=partner, confirmed=f" {NAME} ")
    assert statuses(live) == ["revoked"]


def test_a_sealed_secret_counts_as_none_that_works(live, partner):
    rotate(live, partner)
    old = live.secrets.get(status="retiring")
    with pytest.raises(RulesBroken):
        secrets.revoke(live.uuid, old.uuid, by=partner)
    assert [row.is_last_working for row in secrets_of(live).rows] == [False, True]
    reveal(live, partner)
    secrets.revoke(live.uuid, old.uuid, by=partner, reason="We moved.")
    assert statuses(live) == ["revoked", "active"]
    (row,) = (row for row in secrets_of(live).rows if row.revoke_reason)
    assert (row.revoke_reason, row.revoker, row.leaked) == ("We moved.", partner.pk, False)


def test_a_leaked_secret_is_replaced_in_one_step(partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    leaked = registration.secrets.get()
    new = secrets.replace_leaked(registration.uuid, leaked.uuid, by=partner, reason="It is on a forum.")
    assert statuses(registration) == ["revoked", "sealed"]
    assert registration.secrets.get(status="sealed") == new
    assert registration.pkce_exceptions.get().status == "revoked"
    moved = Event.objects.get(verb="secret.replaced").moved
    assert len(moved) == 3
    assert moved[:2] == [new.audit_name, leaked.audit_name]
    check_invariants()


def test_a_leak_stops_no_other_secret(live, partner):
    rotate(live, partner)
    old = live.secrets.get(status="retiring")
    assert secrets.replace_leaked(live.uuid, old.uuid, by=partner) is None
    assert statuses(live) == ["revoked", "sealed"]
    reveal(live, partner)
    rotate(live, partner)
    reveal(live, partner)
    assert secrets.replace_leaked(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    assert statuses(live) == ["revoked", "retiring", "revoked", "sealed"]


def test_while_suspended_a_leaked_secret_is_only_revoked(live, partner, reviewer):
    client.suspend(live.uuid, by=reviewer, reason="A leak.")
    assert secrets.replace_leaked(live.uuid, live.secrets.get().uuid, by=partner) is None
    assert statuses(live) == ["revoked"]
    with pytest.raises(Gone):
        secrets.replace_leaked(live.uuid, live.secrets.get().uuid, by=partner)


def test_staff_revoke_with_a_reason_and_are_called_pleo(live, reviewer):
    secret = live.secrets.get()
    with pytest.raises(Conflict, match="Say why"):
        secrets.revoke_at_desk(live.uuid, secret.uuid, by=reviewer, reason=" ")
    secrets.revoke_at_desk(live.uuid, secret.uuid, by=reviewer, reason="It is in a public repository.")
    (row,) = secrets_of(live).rows
    assert (row.status, row.revoker, row.revoked_at_desk) == ("revoked", None, True)
    assert Event.objects.get(verb="secret.revoked_at_desk").actor == str(reviewer.pseudonym)
    with pytest.raises(Gone):
        secrets.revoke_at_desk(live.uuid, secret.uuid, by=reviewer, reason="Again.")
    check_invariants()


def test_partners_do_not_revoke_as_staff(live, partner):
    with pytest.raises(NotAllowed):
        secrets.revoke_at_desk(live.uuid, live.secrets.get().uuid, by=partner, reason="We like to.")
    assert Event.objects.get(verb="secret.revoke").outcome == "refused"


def test_an_event_names_each_secret_once(live, partner, time_machine):
    new = rotate(live, partner)
    time_machine.move_to(new.reveal_until)
    old = live.secrets.get(status="retiring")
    secrets.revoke(live.uuid, old.uuid, by=partner, confirmed=NAME)
    assert Event.objects.get(verb="secret.revoked").moved == [old.audit_name, new.audit_name]


def test_closing_revokes_sealed_and_retiring_secrets(live, partner, reviewer):
    rotate(live, partner)
    client.close_as_staff(live.uuid, by=reviewer, reason="Spam.", signed_in_at=timezone.now())
    assert statuses(live) == ["revoked", "revoked"]
    assert {row.revoker for row in secrets_of(live).rows} == {None}
    check_invariants()


def test_the_end_of_a_grace_is_booked_once(live, partner, time_machine):
    rotate(live, partner)
    reveal(live, partner)
    assert secrets.expire_due() == 0
    time_machine.move_to(timezone.now() + DAY)
    assert secrets.expire_due() == 1
    assert secrets.expire_due() == 0
    assert booked(live) == ["expired", "active"]
    assert Event.objects.get(verb="secret.expired").actor == "system"
    check_invariants()


@pytest.mark.parametrize(("grace", "reminders"), [("24h", [4]), ("7d", [24, 4])])
def test_reminders_that_fit_go_out_once_before_the_end(live, partner, time_machine, grace, reminders):
    rotate(live, partner, grace)
    reveal(live, partner)
    ends = live.secrets.get(status="retiring").expires_at
    for number, hours in enumerate(reminders, 1):
        time_machine.move_to(ends - timedelta(hours=hours, seconds=1))
        assert secrets.remind_due() == 0
        time_machine.move_to(ends - timedelta(hours=hours))
        assert secrets.remind_due() == 1
        assert secrets.remind_due() == 0
        assert OutboxMessage.objects.filter(kind="secret_ending").count() == number
    time_machine.move_to(ends)
    assert secrets.remind_due() == 0
    check_invariants()
