"""Whether a secret is right: what is answered, and what is noted besides."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from registrations.api.tally import TALLY, Tally
from registrations.domain.api_rights import Right
from registrations.models import ApiToken, WrongSecrets
from registrations.workflow import client as verbs
from registrations.workflow import secrets, wrong_secrets
from tests.api.calling import a_token, bearer, verify
from tests.support.people import partner, reviewer
from tests.support.registrations import approved, reveal, revealed
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted():
    TALLY.__init__()
    cache.clear()


@pytest.fixture
def token():
    return a_token(Right.VERIFY)


def test_a_secret_works_from_its_reveal_to_its_end(client, token, time_machine):
    member, staff = partner(), reviewer()
    registration, old = revealed(member, staff)

    def answers(text):
        return tuple(verify(client, token, registration, text).json().values())

    assert answers(old) == (True, None)
    assert answers("0" * 64) == answers("") == answers(old.upper()) == (False, None)
    secrets.rotate(registration.uuid, by=member, grace="24h", signed_in_at=timezone.now())
    assert answers(old) == (True, None)
    new = reveal(registration, member)
    ends = registration.secrets.get(status="retiring").expires_at
    assert answers(old) == (True, f"{ends:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert answers(new) == (True, None)
    time_machine.move_to(ends)
    assert answers(old) == (False, None)
    verbs.suspend(registration.uuid, by=staff, reason="A leak.")
    assert answers(new) == (False, None)
    verbs.reinstate(registration.uuid, by=staff, signed_in_at=timezone.now())
    assert answers(new) == (True, None)
    secrets.revoke(
        registration.uuid,
        registration.secrets.get(status="active").uuid,
        by=member,
        leaked=True,
        confirmed="Example Client",
    )
    assert answers(new) == (False, None)


def test_it_is_one_statement_and_nothing_is_written(client, token):
    registration, text = revealed(partner(), reviewer())
    for presented in (text, "wrong"):
        with statements() as made:
            verify(client, token, registration, presented)
        assert len(made) == 1
        assert made[0].lstrip().startswith("SELECT")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('"text"', "application/json", 400),
        ("{}", "application/json", 400),
        ('{"client_secret": null}', "application/json", 400),
        ('{"client_secret": "\\ud800"}', "application/json", 400),
        (b'{"client_secret": "\xff"}', "application/json", 400),
        ("client_secret=x", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client, token, body, kind, status):
    registration = approved(partner(), reviewer())
    address = f"/api/v1/clients/{registration.client_id}/verify-secret"
    answer = client.post(address, body, content_type=kind, headers=bearer(token))
    assert answer.status_code == status
    assert client.post(address, body, content_type=kind).status_code == 401


def test_wrong_secrets_of_clients_are_counted_by_the_hour_and_many_raise_an_alert(client, token, caplog):
    registration, text = revealed(partner(), reviewer())
    verify(client, token, registration, text)
    TALLY.book()
    assert not WrongSecrets.objects.exists()
    for _ in range(wrong_secrets.MANY):
        verify(client, token, registration, "wrong")
    TALLY.book()
    TALLY.book()
    verify(client, token, registration, "wrong")
    TALLY.book()
    (counted,) = WrongSecrets.objects.all()
    assert (counted.registration, counted.times) == (registration, wrong_secrets.MANY + 1)
    alerts = [record for record in caplog.records if "many_wrong_secrets" in str(record.msg)]
    assert len(alerts) == 1
    assert str(registration.client_id) in str(alerts[0].msg)


def test_what_was_counted_for_a_client_that_is_gone_holds_up_no_other(caplog):
    tally, registration = Tally(), approved(partner(), reviewer())
    tally.wrong(registration.pk + 1)  # the portal was restored from a backup
    tally.wrong(registration.pk)
    tally.book()
    connection.check_constraints()
    assert [one.registration for one in WrongSecrets.objects.all()] == [registration]


def test_counts_are_deleted_after_a_month(time_machine):
    registration = approved(partner(), reviewer())
    wrong_secrets.book({registration.pk: 3})
    assert wrong_secrets.forget_old() == 0
    time_machine.move_to(timezone.now() + timedelta(days=31))
    assert wrong_secrets.forget_old() == 1


def test_the_last_use_of_a_token_is_booked_and_never_goes_back(client, token):
    registration = approved(partner(), reviewer())
    verify(client, token, registration, "wrong")
    TALLY.book()
    used = ApiToken.objects.get().last_used_at
    assert timezone.now() - used < timedelta(minutes=1)
    later = used + timedelta(hours=1)
    ApiToken.objects.update(last_used_at=later)
    verify(client, token, registration, "wrong")
    TALLY.book()
    assert ApiToken.objects.get().last_used_at == later


def test_what_could_not_be_booked_is_kept():
    tally, registration = Tally(), approved(partner(), reviewer())
    tally.wrong(registration.pk)

    def away(execute, *statement):
        raise OperationalError("The database is away.")

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        tally.book()
    tally.book()
    assert WrongSecrets.objects.get().times == 1
