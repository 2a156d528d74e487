"""Tokens of authorization servers: who makes them, how many work, and what is stored of them."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations import api_tokens
from registrations.domain.api_rights import Right
from registrations.models import ApiToken
from registrations.workflow.api_tokens import create, revoke
from tests.support import people

pytestmark = pytest.mark.django_db


def make(by=None, server="login.portal.example", environment="staging", rights=(Right.READ,), **more):
    given = {"by": by, "signed_in_at": timezone.now(), "environment": environment, "rights": rights}
    return create(server, **given | more)


def found(text):
    return list(ApiToken.objects.filter(keyed_hash__in=api_tokens.hashes_of(text)))


def test_a_token_is_found_by_its_text_alone_and_the_text_is_stored_nowhere():
    token, text = make(people.head(), rights={Right.READ, Right.VERIFY})
    assert found(text) == [token]
    assert len(text) == len("crp_") + 43 + 6
    assert token.rights == [Right.READ, Right.VERIFY]
    stored = [str(value) for value in vars(ApiToken.objects.get()).values()]
    assert not any(text[4:] in value for value in stored)
    event = Event.objects.get(verb="token.created")
    assert event.moved == [token.audit_name]
    assert text[8:] not in str(event.detail)


@pytest.mark.parametrize("slip", [lambda t: t[:-1], str.upper, lambda t: t[:9] + "xy"[t[9] == "x"] + t[10:]])
def test_a_slip_of_the_fingers_is_no_token(slip):
    _, text = make()
    assert api_tokens.hashes_of(slip(text)) == []


def test_a_changed_secret_key_ends_every_token(settings):
    _, text = make()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" + "k" * 60
    assert found(text) == []


@pytest.mark.parametrize("person", [people.reviewer, people.auditor, people.partner])
def test_only_leads_create_and_revoke(person):
    token, _ = make()
    somebody = person()
    with pytest.raises(NotAllowed):
        make(somebody)
    with pytest.raises(NotAllowed):
        revoke(token.uuid, by=somebody)


def test_a_lead_proves_who_they_are():
    with pytest.raises(ReauthenticationNeeded):
        make(people.head(), signed_in_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize(
    "lacking",
    [
        {"rights": ()},
        {"rights": {Right.VERIFIERS}},
        {"server": " "},
        {"server": "s" * 61},
        {"environment": "test"},
        {"days": 0},
        {"days": 401},
    ],
)
def test_a_token_that_is_of_no_use_is_not_made(lacking):
    with pytest.raises(Conflict):
        make(**lacking)


def test_two_tokens_of_a_server_work_at_once_and_an_ended_one_makes_room(time_machine):
    first, _ = make()
    make()
    make(environment="production")
    with pytest.raises(Conflict, match="Two tokens"):
        make()
    revoke(first.uuid, by=None)
    make(days=1)
    with pytest.raises(Conflict, match="Two tokens"):
        make()
    time_machine.move_to(timezone.now() + timedelta(days=2))
    make()
    working = ApiToken.objects.working_at(timezone.now()).filter(environment="staging")
    assert sorted(working.values_list("slot", flat=True)) == [1, 2]


def test_the_database_refuses_a_third_and_one_that_was_revoked():
    token, _ = make()
    for changes in ({"slot": 3}, {"revoked_at": timezone.now()}, {"may_read": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(**changes)


def test_a_token_is_revoked_once():
    token, _ = make()
    revoke(token.uuid, by=people.head())
    with pytest.raises(Conflict):
        revoke(token.uuid, by=None)
    assert Event.objects.filter(verb="token.revoked").count() == 1


def test_the_command_shows_a_token_once(capsys):
    given = ["--server", "login", "--environment", "staging", "--right", "read", "--right", "verify"]
    call_command("api_token", "create", *given)
    text = capsys.readouterr().out.strip()
    (token,) = found(text)
    call_command("api_token", "list")
    listed = capsys.readouterr().out
    assert str(token.uuid) in listed
    assert "read,verify" in listed
    assert text not in listed
    call_command("api_token", "revoke", str(token.uuid))
    assert found(text)[0].revoked_at
    with pytest.raises(CommandError, match="revoked already"):
        call_command("api_token", "revoke", str(token.uuid))
