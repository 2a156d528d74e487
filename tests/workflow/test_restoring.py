"""A backup was restored: what it brought back is void, and nothing is sent until somebody says so."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.audit.models import Event
from portal.epochs.models import Epoch
from portal.kept_forms.models import KeptForm
from portal.outbox.models import Delivery, OutboxMessage
from portal.outbox.queue import paused_since
from portal.outbox.worker import run_once
from portal.sessions.models import StoredSession
from registrations.management.commands.worker import JOBS, KINDS
from registrations.models import ClientSecret
from registrations.workflow import client, secrets
from registrations.workflow.refusals import SecretGone
from tests.pages.addresses import at, secret_at
from tests.support import people
from tests.support.invariants import check_invariants
from tests.support.pages import words
from tests.support.registrations import approved, reveal, revealed

pytestmark = pytest.mark.django_db


def after_restore(**options):
    said = StringIO()
    call_command("after_restore", stdout=said, yes=True, **options)
    return said.getvalue()


def revealed_since_the_backup(partner, reviewer):
    """A client whose secret was revealed after the backup, whose row is the old one again."""
    registration = approved(partner, reviewer)
    backup = ClientSecret.objects.values("status", "sealed_secret", "revealed_at", "revealed_by").get()
    reveal(registration, partner)
    ClientSecret.objects.update(**backup)
    return registration, registration.secrets.get()


def test_without_the_command_the_backup_would_reveal_it_again(partner, reviewer):
    registration, _ = revealed_since_the_backup(partner, reviewer)
    assert reveal(registration, partner)


def test_a_secret_that_was_revealed_since_is_not_revealed_again(partner, reviewer):
    registration, secret = revealed_since_the_backup(partner, reviewer)
    after_restore()
    with pytest.raises(SecretGone):
        secrets.reveal(registration.uuid, secret.uuid, by=partner, signed_in_at=timezone.now())
    browser = people.sign_in(Client(), partner)
    gone = browser.post(secret_at(registration, secret, "reveal"))
    assert gone.status_code == 410
    assert "restored from a backup" in words(gone)
    assert "issue a new one" in words(gone)
    secret.refresh_from_db()
    assert (secret.status, secret.sealed_secret) == ("lapsed", None)
    assert not secrets.lapse_due()


def test_the_way_out_is_a_new_secret(partner, reviewer):
    registration, _ = revealed_since_the_backup(partner, reviewer)
    after_restore()
    browser = people.sign_in(Client(), partner)
    assert "There is no working secret." in words(browser.get(at(registration, "credentials/")))
    assert browser.post(at(registration, "secrets/rotate/"), {"grace": "now"}).status_code == 302
    assert len(reveal(registration, partner)) == 64


def test_a_secret_in_use_goes_on(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    after_restore()
    assert registration.secrets.get().status == "active"


def test_the_secret_of_a_suspended_client_is_void_as_well(partner, reviewer):
    registration, _ = revealed_since_the_backup(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="It was sold.")
    after_restore()
    assert registration.secrets.get().status == "lapsed"


def test_each_secret_has_its_event_and_its_email_and_so_has_the_run(partner, reviewer):
    both = [approved(partner, reviewer), approved(partner, reviewer)]
    after_restore()
    voided = Event.objects.filter(verb="secret.voided")
    assert {event.stream for event in voided} == {registration.uuid for registration in both}
    assert {name for event in voided for name in event.moved} == {
        secret.audit_name for secret in ClientSecret.objects.all()
    }
    run = Event.objects.get(verb="backup.restored")
    assert {event.actor for event in [run, *voided]} == {"system"}
    assert str(run.stream) == Epoch.objects.current()
    assert run.detail == {"secrets": 2, "sessions": 0}
    check_invariants()


def test_the_partner_and_the_desk_read_why(partner, reviewer, lead):
    registration = approved(partner, reviewer)
    after_restore()
    said = "The portal was restored from a backup."
    assert said in words(people.sign_in(Client(), partner).get(at(registration)))
    log = words(people.sign_in(Client(), lead).get("/admin/audit/event/"))
    assert "Restored from a backup" in log
    assert "Unrevealed secret destroyed after a restore" in log


def test_sessions_and_kept_forms_are_gone(partner):
    browser = people.sign_in(Client(), partner)
    KeptForm.objects.create(owner=partner, address="/x/", sealed="x", kept_at=timezone.now())
    after_restore()
    assert not StoredSession.objects.exists()
    assert not KeptForm.objects.exists()
    assert browser.get("/registrations/").status_code == 302


def test_a_session_that_comes_back_into_the_table_is_dead(partner):
    browser = people.sign_in(Client(), partner)
    rows = list(StoredSession.objects.all())
    after_restore()
    StoredSession.objects.bulk_create(rows)
    assert browser.get("/registrations/").status_code == 302


def test_emails_wait_until_they_are_released_and_are_sent_once(partner, reviewer):
    approved(partner, reviewer)
    before = OutboxMessage.objects.count()
    after_restore()
    for _ in range(2):
        run_once(KINDS, JOBS)
    assert mail.outbox == []
    said = after_restore(release_outbox=True)
    assert f"Emails and webhooks from before the restore: {before}, sent now" in said
    assert "Emails and webhooks since the restore: 1, sent now." in said
    for _ in range(3):
        run_once(KINDS, JOBS)
    assert len(mail.outbox) == Delivery.objects.filter(state="sent").count() > before
    assert len({email.extra_headers["Message-ID"] for email in mail.outbox}) == len(mail.outbox)
    assert Event.objects.get(verb="emails.released").detail == {"dropped": 0}


def test_emails_of_the_backup_can_be_dropped(partner, reviewer):
    approved(partner, reviewer)
    after_restore()
    after_restore(release_outbox=True, drop_restored=True)
    run_once(KINDS, JOBS)
    assert {email.subject for email in mail.outbox} == {"Unrevealed secret destroyed: Example Client"}


def subjects_sent():
    run_once(KINDS, JOBS)
    return {email.subject.partition(":")[0] for email in mail.outbox}


def test_a_backup_of_a_paused_outbox_sends_nothing_twice(partner, reviewer):
    """The second run is the one after the restore: what the first run and partners queued was sent since."""
    approved(partner, reviewer)
    after_restore()
    approved(partner, reviewer)
    after_restore()
    with pytest.raises(CommandError, match="Say which run was the first one after the last restore"):
        after_restore(release_outbox=True, drop_restored=True)
    assert paused_since()
    said = after_restore(release_outbox=True, drop_restored=True, first_run=2)
    assert "Emails and webhooks since the restore: 1, sent now." in said
    assert subjects_sent() == {"Unrevealed secret destroyed"}
    assert Delivery.objects.filter(state="sent").values("message").distinct().count() == 1


def test_two_runs_after_one_restore_lose_nothing(partner, reviewer):
    approved(partner, reviewer)
    dropped = OutboxMessage.objects.count()
    after_restore()
    approved(partner, reviewer)
    after_restore()
    said = StringIO()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("after_restore", "--release-outbox", "--drop-restored", stdout=said)
    assert f"UTC, queued before it: {dropped}\n2: " in said.getvalue()
    call_command("after_restore", "--release-outbox", "--drop-restored", "--first-run=1", stdout=said)
    assert f"Emails and webhooks from before the restore: {dropped}, dropped." in said.getvalue()
    assert {"Approved", "Unrevealed secret destroyed"} <= subjects_sent()
    assert not OutboxMessage.objects.filter(expanded_at=None).exists()


def test_runs_before_the_last_release_are_not_asked_for(partner, reviewer):
    after_restore()
    after_restore(release_outbox=True)
    approved(partner, reviewer)
    after_restore()
    after_restore(release_outbox=True, drop_restored=True)
    assert subjects_sent() == {"Unrevealed secret destroyed"}


def test_a_run_that_never_was_is_refused():
    after_restore()
    for number in (0, 2):
        with pytest.raises(CommandError, match=f"There is no run {number}"):
            after_restore(release_outbox=True, drop_restored=True, first_run=number)
    assert paused_since()


def test_an_outbox_that_is_not_paused_is_not_released():
    assert after_restore(release_outbox=True) == "The emails are not held back.\n"
    assert after_restore(release_outbox=True, drop_restored=True) == "The emails are not held back.\n"
    assert not Event.objects.exists()


def test_a_second_run_does_no_harm(partner, reviewer):
    approved(partner, reviewer)
    after_restore()
    since, first = paused_since(), Epoch.objects.current()
    said = after_restore()
    assert "Secrets destroyed: 0." in said
    assert paused_since() > since
    assert Epoch.objects.current() != first
    assert ClientSecret.objects.get().status == "lapsed"
    assert OutboxMessage.objects.filter(kind="secret_voided").count() == 1
    check_invariants()


def test_a_second_run_says_first_what_it_would_destroy(partner, reviewer, monkeypatch):
    approved(partner, reviewer)
    assert "This command ran" not in after_restore()
    run = Epoch.objects.get().began_at
    approved(partner, reviewer)
    said = StringIO()
    monkeypatch.setattr("sys.stdin", Terminal("no\n"))
    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        call_command("after_restore", stdout=said)
    assert "waits to be revealed is destroyed (1 now)" in said.getvalue()
    assert f"at {run:%Y-%m-%d %H:%M:%S} UTC." in said.getvalue()
    assert "issued since and have not revealed\n(1 now)." in said.getvalue()
    assert ClientSecret.objects.filter(status="sealed").count() == 1


def test_a_run_that_is_cut_off_leaves_everything_as_it_was(partner, reviewer):
    approved(partner, reviewer)
    people.sign_in(Client(), partner)

    def killed_at_its_event(execute, sql, params, many, context):
        if "backup.restored" in str(params):
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(killed_at_its_event):
        after_restore()
    assert (Epoch.objects.current(), paused_since()) == ("", None)
    assert StoredSession.objects.exists()
    assert ClientSecret.objects.get().status == "sealed"


def test_the_operator_reads_what_to_compare(partner, reviewer, time_machine):
    old = approved(partner, reviewer, client_name="Old Client")
    time_machine.move_to(timezone.now() + timezone.timedelta(days=30), tick=False)
    fresh = approved(partner, reviewer, client_name="Fresh Client")
    client.suspend(fresh.uuid, by=reviewer, reason="It was sold.")
    noon = timezone.now()
    time_machine.shift(3600)
    secrets.lapse_due()
    said = after_restore()
    assert f"The last entry by a person in the backup is of {noon:%Y-%m-%d %H:%M:%S} UTC." in said
    assert "revoked secrets work again, suspended and closed clients are" in said
    assert "Those approved after the backup do not exist, nor do secrets issued after it" in said
    assert "Ask\nwhoever runs the authorization server which clients it refuses" in said
    (line,) = [line for line in said.splitlines() if str(fresh.client_id) in line]
    assert f"{noon:%Y-%m-%d %H:%M:%S}  suspended  Client Ltd  (Suspended)" in line
    assert str(old.client_id) not in said


def test_an_empty_log_has_nothing_to_compare():
    said = after_restore()
    assert "The log of the backup has no entry by a person." in said
    assert "Some clients do not work now." in said


def test_without_a_terminal_nothing_happens_unless_confirmed(partner, reviewer, monkeypatch):
    approved(partner, reviewer)
    monkeypatch.setattr("sys.stdin", StringIO("restored\n"))
    with pytest.raises(CommandError, match="confirm with --yes") as refusal:
        call_command("after_restore", stdout=StringIO())
    assert refusal.value.returncode == 1
    assert Epoch.objects.current() == ""


class Terminal(StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_it_asks(monkeypatch):
    said = StringIO()
    monkeypatch.setattr("sys.stdin", Terminal("yes\nrestored\n"))
    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        call_command("after_restore", stdout=said)
    assert "every secret that waits to be revealed is destroyed" in said.getvalue()
    assert Epoch.objects.current() == ""
    call_command("after_restore", stdout=said)
    assert Epoch.objects.current() != ""


def test_dropping_goes_with_releasing():
    with pytest.raises(CommandError, match="--release-outbox"):
        after_restore(drop_restored=True)
    with pytest.raises(CommandError, match="--drop-restored"):
        after_restore(release_outbox=True, first_run=1)
    assert Epoch.objects.current() == ""
