"""What was handed out in one epoch is worth nothing in the next."""

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from portal.epochs.models import Epoch
from portal.epochs.sessions import EPOCH, SessionStore, end_all

pytestmark = pytest.mark.django_db


def is_signed_in(client):
    return client.get("/registrations/").status_code == 200


def test_each_epoch_has_another_name():
    assert Epoch.objects.current() == ""
    names = {str(Epoch.objects.create()) for _ in range(3)}
    assert len(names) == 3
    assert Epoch.objects.current() == str(Epoch.objects.last())


def test_a_session_ends_with_its_epoch_though_its_row_is_there(client, partner):
    client.force_login(partner)
    assert is_signed_in(client)
    Epoch.objects.create()
    assert Session.objects.count() == 1
    assert not is_signed_in(client)
    client.force_login(partner)
    assert is_signed_in(client)
    Epoch.objects.create()
    assert not is_signed_in(client)


def test_a_session_of_the_release_before_lives_until_the_first_restore(client, partner):
    client.force_login(partner)
    (row,) = Session.objects.all()
    kept = SessionStore(row.session_key).load()
    old = db.SessionStore(row.session_key)
    old.clear()
    old.update({key: value for key, value in kept.items() if key != EPOCH})
    old.save()
    assert is_signed_in(client)
    Epoch.objects.create()
    assert not is_signed_in(client)


def test_a_request_that_began_before_the_restore_takes_its_session_nowhere(client, partner):
    client.force_login(partner)
    under_way = SessionStore(client.session.session_key)
    assert under_way["_auth_user_id"] == str(partner.pk)
    Epoch.objects.create()
    under_way.cycle_key()
    assert SessionStore(under_way.session_key).get("_auth_user_id") is None


def test_all_sessions_can_be_ended(client, partner):
    client.force_login(partner)
    assert end_all() == 1
    assert not is_signed_in(client)
