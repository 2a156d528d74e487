"""Sessions: what a dump shows of them, when they end, and those of the previous release."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.epochs.models import Epoch
from portal.sessions.ending import end_all, end_of, forget_ended
from portal.sessions.models import StoredSession, hashed
from portal.sessions.store import EPOCH, SessionStore
from registrations.workflow.jobs import JOBS
from tests.support import people

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def is_signed_in(client, page="/registrations/"):
    return client.get(page).status_code == 200


def key_of(client):
    return client.session.session_key


def row_of(client):
    return StoredSession.objects.get(pk=hashed(key_of(client)))


def age(client, **ago):
    """Let the session be as old as this, without telling its data."""
    columns = {name: timezone.now() - past for name, past in ago.items()}
    StoredSession.objects.filter(pk=hashed(key_of(client))).update(**columns)


def of_previous_release(client, person):
    """Sign in as the release before this one does; its own store writes the row."""
    people.sign_in(client, person)
    store = db.SessionStore()
    store.update(dict(client.session.items()))
    store.save()
    StoredSession.objects.all().delete()
    client.cookies["__Host-portal-session"] = store.session_key
    return store.session_key


def test_each_epoch_has_another_name():
    assert Epoch.objects.current() == ""
    names = {str(Epoch.objects.create()) for _ in range(3)}
    assert len(names) == 3
    assert Epoch.objects.current() == str(Epoch.objects.last())


def test_a_session_ends_with_its_epoch_though_its_row_is_there(client, partner):
    client.force_login(partner)
    assert is_signed_in(client)
    Epoch.objects.create()
    assert StoredSession.objects.count() == 1
    assert not is_signed_in(client)
    client.force_login(partner)
    assert is_signed_in(client)
    Epoch.objects.create()
    assert not is_signed_in(client)


def test_a_request_that_began_before_the_restore_takes_its_session_nowhere(client, partner):
    client.force_login(partner)
    under_way = SessionStore(key_of(client))
    assert under_way["_auth_user_id"] == str(partner.pk)
    Epoch.objects.create()
    under_way.cycle_key()
    assert SessionStore(under_way.session_key).get("_auth_user_id") is None


def test_all_sessions_can_be_ended(client, partner):
    of_previous_release(Client(), partner)
    client.force_login(partner)
    assert end_all() == 2
    assert not is_signed_in(client)


def test_no_key_is_in_the_database(client, partner):
    people.sign_in(client, partner)
    assert is_signed_in(client)
    key = key_of(client)
    assert key
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_sessions_storedsession")
        assert key not in str(cursor.fetchall())
    assert not Session.objects.exists()


def test_the_table_refuses_a_key():
    now = timezone.now()
    with pytest.raises(IntegrityError, match="session_key_is_hashed"), transaction.atomic():
        StoredSession.objects.create(key_hash="a" * 32, created_at=now, last_used_at=now)


@pytest.mark.parametrize(
    ("make", "page", "idle", "longest"),
    [
        (people.reviewer, "/admin/", timedelta(minutes=30), timedelta(hours=12)),
        (people.partner, "/registrations/", timedelta(hours=12), timedelta(days=7)),
    ],
)
def test_a_session_ends_when_unused_and_when_old(client, make, page, idle, longest):
    person, minute = make(), timedelta(minutes=1)
    for column, limit in (("last_used_at", idle), ("created_at", longest)):
        people.sign_in(client, person)
        age(client, **{column: limit - minute})
        assert is_signed_in(client, page)
        age(client, **{column: limit})
        assert not is_signed_in(client, page)


def test_somebody_who_becomes_staff_has_the_hours_of_staff(client, partner):
    people.sign_in(client, partner)
    age(client, last_used_at=timedelta(hours=1))
    type(partner).objects.update(is_staff=True)
    assert not is_signed_in(client)


def test_an_ended_session_is_not_revived_by_what_is_left_of_it(client, partner):
    key = of_previous_release(client, partner)
    assert is_signed_in(client)
    age(client, last_used_at=timedelta(hours=12))
    assert not is_signed_in(client)
    client.cookies["__Host-portal-session"] = key
    assert not is_signed_in(client)


def test_a_new_key_makes_a_session_no_younger_and_a_sign_in_does(client, partner):
    client.get("/accounts/login/")
    people.sign_in(client, partner)
    age(client, created_at=timedelta(hours=5))
    before = row_of(client).created_at
    under_way = SessionStore(key_of(client))
    under_way.cycle_key()
    kept = StoredSession.objects.get(pk=hashed(under_way.session_key))
    assert kept.created_at == before
    people.sign_in(client, people.stranger())
    assert timezone.now() - row_of(client).created_at < timedelta(minutes=1)


def test_use_is_noted_once_a_minute(client, partner):
    people.sign_in(client, partner)
    client.get("/registrations/")
    with CaptureQueriesContext(connection) as made:
        client.get("/registrations/")
    assert not [one for one in made if one["sql"].startswith("UPDATE")]
    assert len([one for one in made if "storedsession" in one["sql"]]) == 1
    age(client, last_used_at=timedelta(minutes=2))
    client.get("/registrations/", headers={"User-Agent": FIREFOX})
    row = row_of(client)
    assert timezone.now() - row.last_used_at < timedelta(minutes=1)
    assert (row.browser, row.network) == ("Firefox on Linux", "127.0.0.1")


def test_a_request_under_way_does_not_revive_an_ended_session(client, partner):
    people.sign_in(client, partner)
    under_way = SessionStore(key_of(client))
    under_way["typed"] = "x"
    assert end_of(partner.pk) == 1
    with pytest.raises(UpdateError):
        under_way.save()
    assert not is_signed_in(client)


def test_a_session_of_the_previous_release_goes_on_under_its_hash(client, partner):
    key = of_previous_release(client, partner)
    assert is_signed_in(client)
    assert StoredSession.objects.get().pk == hashed(key)
    assert StoredSession.objects.get().user_id == partner.pk
    assert db.SessionStore(key).load()["_auth_user_id"] == str(partner.pk)


def test_one_of_a_release_that_knew_no_epochs_lives_until_the_first_restore(client, partner):
    key = of_previous_release(client, partner)
    old = db.SessionStore(key)
    del old[EPOCH]
    old.save()
    assert is_signed_in(client)
    Epoch.objects.create()
    assert not is_signed_in(client)


def test_signing_out_ends_it_for_both_releases(client, partner):
    key = of_previous_release(client, partner)
    client.post("/accounts/logout/")
    assert db.SessionStore(key).load() == {}
    assert not StoredSession.objects.of_key(key).exists()


def test_a_new_key_ends_the_old_one_for_both_releases(client, partner):
    key = of_previous_release(client, partner)
    under_way = SessionStore(key)
    under_way.cycle_key()
    assert SessionStore(key).load() == {}
    assert db.SessionStore(key).load() == {}


def test_ending_the_sessions_of_a_person_ends_those_that_only_the_previous_release_knows(client, partner):
    key = of_previous_release(client, partner)
    other = of_previous_release(Client(), people.stranger())
    assert end_of(partner.pk) == 1
    assert not is_signed_in(client)
    assert set(Session.objects.values_list("session_key", flat=True)) == {other} - {key}


def test_the_worker_forgets_ended_sessions_in_batches(monkeypatch, client, partner):
    monkeypatch.setattr("portal.sessions.ending.BATCH", 2)
    people.sign_in(client, partner)
    old = timezone.now() - timedelta(hours=25)
    for number in range(5):
        StoredSession.objects.create(key_hash=f"{number:064}", created_at=old, last_used_at=old)
        Session.objects.create(session_key=f"{number:032}", session_data="", expire_date=old)
    assert forget_ended in JOBS
    assert forget_ended() == 10
    assert is_signed_in(client)
    assert not Session.objects.exists()
