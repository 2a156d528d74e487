"""What is deleted because it was kept long enough, and what never is."""

import os
import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event
from portal.outbox.models import Delivery, OutboxMessage, State
from portal.outbox.queue import enqueue
from portal.retention import PERIODS
from portal.sessions.models import StoredSession
from registrations.logos import decoding, storage
from registrations.models import Draft, Logo
from registrations.workflow import client as clients
from registrations.workflow import drafting, purging, review
from registrations.workflow.jobs import JOBS
from tests.packaging.surroundings import ROOT
from tests.pages.uploading import picture
from tests.support import people
from tests.support.registrations import a_draft, a_logo, again, approved, change, submitted

pytestmark = pytest.mark.django_db
DIGEST = "ab" * 32


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "logos"


def days_later(days):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def purged_after(days, **expected):
    """What a run deletes so many days from now."""
    with days_later(days):
        found = purging.purge()
    return {name: found.get(name, 0) for name in expected} == expected


def worked():
    call_command("worker", once=True)


# --- The table ---------------------------------------------------------------------------------


def test_each_subject_has_its_setting_and_each_setting_its_subject():
    assert [subject.name.upper() for subject in purging.SUBJECTS] == list(PERIODS)
    assert {name: period.days for name, period in PERIODS.items()} == settings.PORTAL_KEEP_DAYS


def test_the_guide_says_the_days_and_the_least():
    guide = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `PORTAL_KEEP_(\w+)_DAYS` \| `(\d+)` \| (\d+) \|", guide, re.MULTILINE)
    assert rows == [(name, str(period.days), str(period.least)) for name, period in PERIODS.items()]


# --- A run -------------------------------------------------------------------------------------


def strangers_message(address="nobody@other.example"):
    with transaction.atomic():
        message = enqueue("account_unknown", address=address)
    worked()
    return message


def test_a_run_that_deleted_something_leaves_one_event_with_counts():
    strangers_message()
    with days_later(2):
        purging.purge()
        purging.purge()
    (event,) = Event.objects.filter(verb="purged")
    assert (event.actor, event.detail) == ("system", {"strangers": 1})


def test_the_worker_runs_it_once_a_day():
    assert purging.purge_due in JOBS
    assert purging.purge_due() == 0
    strangers_message()
    with days_later(0.9):
        assert purging.purge_due() == 0
    with days_later(2):
        assert purging.purge_due() == 1
        assert purging.purge_due() == 0


def test_a_run_that_was_stopped_is_taken_up_again_and_has_one_event(monkeypatch):
    monkeypatch.setattr("portal.retention.BATCH", 1)
    for number in range(3):
        strangers_message(f"nobody{number}@other.example")
    looks = iter([False] * 8 + [True] * 100)
    with days_later(2):
        first = sum(purging.purge(lambda: next(looks)).values())
        assert not Event.objects.filter(verb="purged").exists()
        rest = purging.purge_due()
    assert (first > 0, first + rest) == (True, 3)
    assert Event.objects.get(verb="purged").detail == {"strangers": 3}


def test_a_dry_run_counts_and_changes_nothing():
    strangers_message()
    with days_later(2):
        said = StringIO()
        call_command("purge", dry_run=True, stdout=said)
        assert "To delete: strangers: 1" in said.getvalue()
        assert OutboxMessage.objects.count() == 1
        said = StringIO()
        call_command("purge", stdout=said)
        assert "Deleted: strangers: 1" in said.getvalue()
        assert not OutboxMessage.objects.exists()
        said = StringIO()
        call_command("purge", stdout=said)
    assert "Nothing was kept for too long." in said.getvalue()


def test_a_purge_deletes_no_event(partner, reviewer):
    approved(partner, reviewer)
    before = list(Event.objects.values_list("pk", flat=True))
    with days_later(3000):
        purging.purge()
    assert set(before) <= set(Event.objects.values_list("pk", flat=True))


# --- The outbox --------------------------------------------------------------------------------


def test_a_message_goes_a_month_after_it_was_sent(partner):
    submitted(partner)
    worked()
    number = OutboxMessage.objects.count()
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
    assert purged_after(29, messages=0)
    assert purged_after(31, messages=number)
    assert not Delivery.objects.exists()


def test_a_message_that_waits_stays(partner):
    submitted(partner)
    assert purged_after(3000, messages=0, dead_messages=0)


def test_a_dead_message_stays_for_leads_to_see(partner):
    submitted(partner)
    worked()
    one = Delivery.objects.first()
    Delivery.objects.filter(pk=one.pk).update(state=State.DEAD, sent_at=None)
    assert purged_after(89, dead_messages=0)
    assert OutboxMessage.objects.filter(pk=one.message_id).exists()
    assert purged_after(91, dead_messages=1)
    assert not OutboxMessage.objects.filter(pk=one.message_id).exists()


def test_the_address_of_a_stranger_goes_a_day_after_the_email():
    strangers_message()
    assert mail.outbox[-1].to == ["nobody@other.example"]
    assert purged_after(0.5, strangers=0)
    assert purged_after(1.5, strangers=1)
    assert not Delivery.objects.exists()


def test_an_email_that_nobody_could_send_to_a_stranger_is_kept_until_it_is_dead_for_long():
    strangers_message()
    Delivery.objects.update(state=State.DEAD, sent_at=None)
    assert purged_after(89, strangers=0, dead_messages=0)
    assert purged_after(91, dead_messages=1)


# --- People and sessions -----------------------------------------------------------------------


def unconfirmed(email="new@other.example", **columns):
    user = User.objects.create_user(email, people.PASSWORD, **columns)
    EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
    return user


def test_an_account_that_nobody_confirmed_goes_after_a_month():
    unconfirmed()
    assert purged_after(29, unconfirmed_accounts=0)
    assert purged_after(31, unconfirmed_accounts=1)
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()


def test_people_who_confirmed_work_here_or_were_erased_stay(partner):
    unconfirmed("staff@portal.example", is_staff=True)
    unconfirmed("gone@other.example", is_active=False)
    assert purged_after(3000, unconfirmed_accounts=0)


def test_sessions_go_a_day_after_their_last_use(client, partner):
    people.sign_in(client, partner)
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now() + timedelta(hours=12))
    assert purged_after(0.9, sessions=1)  # that of the previous release
    assert purged_after(1.1, sessions=1)
    assert not StoredSession.objects.exists()


# --- Drafts ------------------------------------------------------------------------------------


def draft_emails():
    worked()
    return [email for email in mail.outbox if email.subject.startswith("Your draft will be discarded")]


def test_an_idle_draft_is_announced_once_and_then_discarded_with_its_registration(partner):
    registration = a_draft(partner)
    assert purged_after(149, drafts=0)
    assert draft_emails() == []
    for days in (151, 152, 179):
        assert purged_after(days, drafts=0)
        with days_later(days):
            (email,) = draft_emails()
    assert email.to == [partner.email]
    assert "the registration is closed with it" in email.body
    assert purged_after(182, drafts=1)
    assert again(registration).status == "closed"
    assert verbs(registration) == ["registration.started", "draft.reminded", "draft.lapsed"]


def verbs(registration):
    events = Event.objects.filter(stream=registration.uuid).order_by("pk")
    return list(events.values_list("verb", flat=True))


def test_no_draft_is_discarded_without_an_email_in_time(partner):
    a_draft(partner)
    assert purged_after(300, drafts=0)
    assert purged_after(329, drafts=0)
    assert purged_after(331, drafts=1)


def test_a_draft_that_was_saved_meanwhile_is_announced_anew(partner):
    registration = a_draft(partner)
    assert purged_after(151, drafts=0)
    with days_later(160):
        change(registration, partner, client_name="Another")
        assert draft_emails() == []
    assert purged_after(300, drafts=0)
    assert purged_after(311, drafts=0)
    with days_later(311):
        (email,) = draft_emails()
    assert "Another" in email.subject
    assert purged_after(342, drafts=1)


def test_a_live_client_loses_only_its_draft(partner, reviewer):
    registration = approved(partner, reviewer)
    change(registration, partner, client_name="Another")
    purged_after(151, drafts=0)
    assert purged_after(182, drafts=1)
    assert again(registration).status == "active"
    assert not Draft.objects.exists()


def test_what_was_sent_back_stays_on_record(partner, reviewer):
    registration = submitted(partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Why?")
    purged_after(151, drafts=0)
    assert purged_after(182, drafts=1)
    assert (again(registration).status, again(registration).revision_count) == ("pending", 1)


def test_a_draft_under_review_is_not_idle(partner):
    submitted(partner)
    assert purged_after(151, drafts=0)
    assert purged_after(400, drafts=0)
    assert draft_emails() == []


def test_a_page_says_until_when_the_draft_is_kept(client, partner):
    registration = a_draft(partner)
    day = Draft.objects.get().updated_at + timedelta(days=180)
    page = people.sign_in(client, partner).get(f"/registrations/{registration.uuid}/").text
    assert "data-kept-until" in page
    assert f'<time datetime="{day.isoformat()}">' in page
    drafting.submit(registration.uuid, by=partner)
    assert "data-kept-until" not in client.get(f"/registrations/{registration.uuid}/").text


def test_a_page_promises_no_day_before_the_email_is_a_month_old(partner):
    a_draft(partner)
    with days_later(300):
        assert Draft.objects.get().kept_until == timezone.now() + timedelta(days=30)


# --- Logos -------------------------------------------------------------------------------------


def kept(side=512):
    return storage.keep(decoding.accept(picture(side)))


def aged(media, days=2):
    """Let the files be so many days old, which a clock that tests move does not do."""
    then = (datetime.now() - timedelta(days=days)).timestamp()
    for path in media.iterdir():
        os.utime(path, (then, then))


def files(media):
    return {path.name for path in media.iterdir()}


def test_a_logo_goes_with_its_files_when_nothing_has_named_it_for_a_month(media):
    kept()
    aged(media)
    assert purged_after(0, logos=0, logo_files=0)
    assert purged_after(29, logos=0, logo_files=0)
    assert purged_after(31, logos=1, logo_files=3)
    assert files(media) == set()


def test_a_logo_of_a_draft_or_a_version_is_served_for_ever(media, client, partner, reviewer):
    registration = a_draft(partner, logo=kept())
    drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    clients.close(registration.uuid, by=partner)
    aged(media)
    purged_after(0, logos=0)
    assert purged_after(3000, logos=0, logo_files=0)
    (logo,) = Logo.objects.all()
    for digest in (logo.digest, logo.digest_128, logo.digest_256):
        assert client.get(f"/logos/{digest}.png").status_code == 200


def test_a_month_begins_anew_when_a_logo_came_into_use_meanwhile(media, partner):
    logo = kept()
    purged_after(0, logos=0)
    registration = a_draft(partner, logo=logo)
    purged_after(20, logos=0)
    drafting.discard(registration.uuid, by=partner)
    purged_after(25, logos=0)
    assert purged_after(50, logos=0)
    assert purged_after(56, logos=1)


def test_a_logo_that_is_chosen_again_has_its_files_whatever_was_about_to_go(media):
    kept()
    purged_after(0, logos=0)
    logo = kept()
    assert Logo.objects.get(pk=logo.pk).unused_since is None
    aged(media)
    assert purged_after(31, logos=0, logo_files=0)
    assert len(files(media)) == 3


def test_a_file_that_no_row_names_goes_after_a_day(media):
    media.mkdir()
    (media / f"{DIGEST}.png").write_bytes(b"left")
    (media / f"{DIGEST}.0123.part").write_bytes(b"half")
    assert purged_after(0, logo_files=0)
    aged(media)
    assert purged_after(0, logo_files=2)
    assert files(media) == set()


def test_a_file_that_a_smaller_size_of_another_logo_names_stays(media):
    media.mkdir()
    (media / f"{DIGEST}.png").write_bytes(b"small")
    aged(media)
    a_logo("cd" * 32, digest_128=DIGEST)
    assert purged_after(0, logo_files=0)


def test_what_was_moved_aside_when_a_worker_died_is_put_back(media):
    media.mkdir()
    (media / f"{DIGEST}.png.aside").write_bytes(b"png")
    aged(media)
    a_logo(DIGEST)
    assert purged_after(0, logo_files=0)
    assert files(media) == {f"{DIGEST}.png"}
