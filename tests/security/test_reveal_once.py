"""Of all who ask, one sees the secret, once."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.db.models import Sum
from django.test import Client

from portal.audit.models import Event
from portal.limits import ROTATE
from portal.outbox.models import OutboxMessage
from portal.sealing_keys import canaries
from portal.sessions.models import StoredSession
from registrations.models import ClientSecret
from registrations.workflow import secrets
from tests.support import people
from tests.support.invariants import check_invariants
from tests.support.limits import use_up
from tests.support.people import sign_in
from tests.support.races import at_once
from tests.support.registrations import approved, reveal, revealed
from tests.support.scale import times

PLAIN = re.compile(r"\b[0-9a-f]{64}\b")


def reveal_address(registration, secret=None):
    secret = secret or registration.secrets.get(status="sealed")
    return f"/registrations/{registration.uuid}/secrets/{secret.uuid}/reveal/"


def shown(answer):
    return PLAIN.findall(answer.text)


def done(registration):
    return Event.objects.filter(stream=registration.uuid, verb="secret.revealed", outcome="done")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_members_one_sees_it():
    partner, reviewer = people.partner(), people.reviewer()
    members = [people.colleague(people.home(partner), f"dev{n}@client.example") for n in range(20)]
    clients = [sign_in(Client(), member) for member in members]
    for _ in range(times(50)):
        registration = approved(partner, reviewer)
        address = reveal_address(registration)
        answers = at_once(*[lambda client=client: client.post(address) for client in clients])
        assert sorted({answer.status_code for answer in answers} - {200, 409, 410}) == []
        assert [len(shown(answer)) for answer in answers if answer.status_code == 200] == [1]
        assert sum(len(shown(answer)) for answer in answers) == 1
        assert done(registration).count() == 1
        assert ClientSecret.objects.get(registration=registration).sealed_secret is None
    check_invariants()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_tabs_of_one_session_one_sees_it():
    partner, reviewer = people.partner(), people.reviewer()
    for _ in range(times(20)):
        registration = approved(partner, reviewer)
        client = sign_in(Client(), partner)
        address, session = reveal_address(registration), client.cookies[settings.SESSION_COOKIE_NAME].value
        tabs = [Client() for _ in range(20)]
        for tab in tabs:
            tab.cookies[settings.SESSION_COOKIE_NAME] = session
        answers = at_once(*[lambda tab=tab: tab.post(address) for tab in tabs])
        assert sorted({answer.status_code for answer in answers} - {200, 302, 409, 410}) == []
        assert sum(len(shown(answer)) for answer in answers) == 1
        assert not StoredSession.objects.of_key(session).exists()
        signed_out = [answer for answer in answers if answer.status_code == 302]
        assert all(answer.url.startswith("/accounts/login/") for answer in signed_out)
    check_invariants()


def test_the_answer_is_kept_nowhere_and_the_session_has_a_new_key(partner, reviewer):
    registration = approved(partner, reviewer)
    client = sign_in(Client(), partner)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = client.post(reveal_address(registration))
    assert (answer.status_code, len(shown(answer))) == (200, 1)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not StoredSession.objects.of_key(before).exists()


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_nothing_but_a_press_reveals(partner, reviewer, method):
    registration = approved(partner, reviewer)
    answer = getattr(sign_in(Client(), partner), method)(reveal_address(registration))
    assert answer.status_code == 405
    assert shown(answer) == []
    assert registration.secrets.get().status == "sealed"


def test_a_prefetch_of_the_credentials_consumes_nothing(partner, reviewer):
    registration = approved(partner, reviewer)
    client = sign_in(Client(), partner)
    page = client.get(f"/registrations/{registration.uuid}/credentials/", headers={"Sec-Purpose": "prefetch"})
    assert shown(page) == []
    assert registration.secrets.get().status == "sealed"


def test_no_link_in_an_email_leads_to_a_reveal(partner, reviewer):
    approved(partner, reviewer)
    assert "reveal/" not in str(list(OutboxMessage.objects.values_list("kind", "ids")))


def test_a_forged_press_from_another_site_reveals_nothing(partner, reviewer):
    registration = approved(partner, reviewer)
    client = sign_in(Client(enforce_csrf_checks=True), partner)
    answer = client.post(reveal_address(registration), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert registration.secrets.get().status == "sealed"


def test_another_organisation_gets_what_does_not_exist(partner, reviewer, stranger):
    registration = approved(partner, reviewer)
    own = approved(stranger, reviewer)
    client = sign_in(Client(), stranger)
    foreign = registration.secrets.get()
    for address in (
        reveal_address(registration),
        reveal_address(own, foreign),
        reveal_address(registration, own.secrets.get()),
    ):
        answer = client.post(address)
        assert answer.status_code == 404
        assert shown(answer) == []
    assert registration.secrets.get().status == own.secrets.get().status == "sealed"


def test_nobody_signed_in_sees_nothing(partner, reviewer):
    registration = approved(partner, reviewer)
    answer = Client().post(reveal_address(registration))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
    assert registration.secrets.get().status == "sealed"


def test_an_old_sign_in_is_asked_for_the_password_first(partner, reviewer):
    registration = approved(partner, reviewer)
    client = sign_in(Client(), partner, minutes_ago=16)
    answer = client.post(reveal_address(registration))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/reauthenticate/")
    client.post(answer.url, {"password": people.PASSWORD})
    assert len(shown(client.post(reveal_address(registration)))) == 1


def test_somebody_elses_proof_counts_for_nobody(partner, reviewer):
    registration = approved(partner, reviewer)
    client = sign_in(Client(), partner)
    session = client.session
    session["account_authentication_methods_user"] = "0"
    session.save()
    assert client.post(reveal_address(registration)).status_code == 302
    assert registration.secrets.get().status == "sealed"


def test_the_wrong_sealing_key_is_an_outage_that_burns_nothing(partner, reviewer, settings):
    canaries.keep()
    registration = approved(partner, reviewer)
    client = sign_in(Client(), partner)
    right = settings.PORTAL_FERNET_KEYS
    settings.PORTAL_FERNET_KEYS = ["d3Jvbmcta2V5LXdyb25nLWtleS13cm9uZy1rZXktISE="]
    answer = client.post(reveal_address(registration))
    assert (answer.status_code, shown(answer)) == (503, [])
    assert client.get("/readyz").status_code == 503
    for page in ("", "credentials/"):
        assert client.get(f"/registrations/{registration.uuid}/{page}").status_code == 200
    settings.PORTAL_FERNET_KEYS = right
    assert client.get("/readyz").status_code == 200
    assert len(shown(client.post(reveal_address(registration)))) == 1
    assert done(registration).count() == 1


def test_sealed_values_that_were_swapped_show_neither(partner, reviewer):
    first, second = approved(partner, reviewer), approved(partner, reviewer)
    one, other = first.secrets.get(), second.secrets.get()
    ClientSecret.objects.filter(pk=one.pk).update(sealed_secret=other.sealed_secret)
    ClientSecret.objects.filter(pk=other.pk).update(sealed_secret=one.sealed_secret)
    client = sign_in(Client(), partner)
    for registration in (first, second):
        answer = client.post(reveal_address(registration))
        assert (answer.status_code, shown(answer)) == (503, [])


@pytest.mark.parametrize("how", ["revealed", "revoked"])
def test_a_spent_secret_is_gone_and_says_how_to_go_on(partner, reviewer, how):
    registration = approved(partner, reviewer)
    secret = registration.secrets.get()
    if how == "revealed":
        reveal(registration, partner)
    else:
        secrets.revoke(registration.uuid, secret.uuid, by=partner, confirmed="Example Client")
    answer = sign_in(Client(), partner).post(reveal_address(registration, secret))
    assert (answer.status_code, shown(answer)) == (410, [])
    assert f"/registrations/{registration.uuid}/credentials/" in answer.text


def test_asking_for_ever_new_secrets_has_an_end(partner, stranger, reviewer):
    registration = approved(partner, reviewer)
    client = sign_in(Client(), stranger)
    address = f"/registrations/{registration.uuid}/secrets/{{}}/reveal/"
    codes = [client.post(address.format(uuid4())).status_code for _ in range(61)]
    assert codes == [404] * 60 + [429]
    assert not Event.objects.filter(stream=registration.uuid, outcome="refused").exists()
    assert registration.strangers_tries.aggregate(total=Sum("tries"))["total"] == 60


def test_issuing_ever_more_secrets_has_an_end_and_stopping_one_has_none(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    client = sign_in(Client(), partner)
    use_up(ROTATE, str(partner.pk))
    address = f"/registrations/{registration.uuid}/secrets"
    assert client.post(f"{address}/rotate/", {"grace": "now"}).status_code == 429
    assert (
        client.post(
            f"{address}/{registration.secrets.get().uuid}/revoke/", {"confirmed": "Example Client"}
        ).status_code
        == 302
    )
    assert registration.secrets.get().status == "revoked"


def test_the_limit_answers_429_and_says_when_to_come_back(partner, reviewer):
    registration = approved(partner, reviewer)
    address = reveal_address(registration)
    client = sign_in(Client(), partner)
    codes = [client.post(address).status_code for _ in range(60)]
    assert codes == [200] + [410] * 59
    refused = client.post(address)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
