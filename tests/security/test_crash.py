"""A server that is killed in the middle of a verb leaves all of it done, or nothing."""

import http.client
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event
from portal.models import LimitCounter
from portal.outbox.models import OutboxMessage
from registrations.models import ClientSecret, ContactConfirmation, Registration, Revision
from registrations.workflow import secrets
from tests.support import people
from tests.support.databases import database_url
from tests.support.invariants import check_invariants
from tests.support.people import sign_in
from tests.support.registrations import approved, change, revealed, submitted
from tests.support.scale import FULL

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a" * 32


@pytest.fixture
def port(transactional_db):
    """Of a server in a process of its own, on this test's database."""
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "tests.support.mortal_server"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait(60)
        server.stdout.close()


def press(port, trial, dies_at=0):
    """Status and number of statements, after a sign-in of its own; ``None`` where the server died."""
    client = sign_in(Client(), trial.user)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": TOKEN,
        "X-Dies-At": str(dies_at),
    }
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        asking.request("POST", trial.address, urlencode(trial.form), headers)
        answer = asking.getresponse()
        answer.read()
        return answer.status, int(answer.headers["X-Statements"])
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return None
    finally:
        asking.close()


def state(registration):
    """All rows of the registration that a verb could have moved."""
    mine = {"registration": registration}
    return (
        Registration.objects.filter(pk=registration.pk).values().get(),
        list(Revision.objects.filter(**mine).order_by("pk").values()),
        list(ClientSecret.objects.filter(**mine).order_by("pk").values()),
        Event.objects.filter(stream=registration.uuid).count(),
        OutboxMessage.objects.count(),
    )


@dataclass(frozen=True)
class Trial:
    """What somebody posts: the event of its verb, and the statuses when it is done, and when posted again."""

    verb: str
    registration: Registration
    user: User
    address: str
    form: dict
    again: int = 409
    done: int = 302


def approval(partner, reviewer):
    """By a reviewer, of a first submission."""
    registration = submitted(partner)
    address = f"/admin/registrations/registration/{registration.uuid}/review/"
    form = {"decision": "approve", "note": "", "seen_version": 1}
    return Trial("revision.approved", registration, reviewer, address, form)


def application(partner, reviewer):
    """By a partner, of a change that takes effect at once."""
    registration = change(approved(partner, reviewer), partner, contacts=["other@client.example"])
    form = {"draft_version": registration.draft.version, "announced": "apply", "live_version": 1}
    address = f"/registrations/{registration.uuid}/submit/"
    return Trial("revision.applied", registration, partner, address, form)


def reveal(partner, reviewer):
    """By a partner, of a new secret, which counts down the old one. A lost answer is not given again."""
    registration, address = rotated(partner, reviewer)
    return Trial("secret.revealed", registration, partner, f"{address}reveal/", {}, again=410, done=200)


def rotation(partner, reviewer):
    """By a partner, of a secret in use: the old one waits for the reveal of the new one."""
    registration, _ = in_use(partner, reviewer)
    address = f"/registrations/{registration.uuid}/secrets/rotate/"
    return Trial("secret.rotated", registration, partner, address, {"grace": "24h"})


def revocation(partner, reviewer):
    """By a partner, of a new secret that nobody saw, which was reported leaked: the old one is back."""
    registration, address = rotated(partner, reviewer)
    return Trial("secret.revoked", registration, partner, f"{address}revoke/", {"leaked": "on"}, again=410)


def replacement(partner, reviewer):
    """By a partner, of the only secret, which leaked: it is stopped, and a new one waits."""
    registration, secret = in_use(partner, reviewer)
    address = f"/registrations/{registration.uuid}/secrets/{secret.uuid}/leaked/"
    return Trial("secret.replaced", registration, partner, address, {}, again=410)


def desk_revocation(partner, reviewer):
    """By a reviewer, of the only secret."""
    registration, secret = in_use(partner, reviewer)
    address = f"/admin/registrations/registration/{registration.uuid}/revoke-secret/"
    form = {"secret": secret.uuid, "leaked": "on", "reason": "It is in a public repository."}
    return Trial("secret.revoked_at_desk", registration, reviewer, address, form)


def in_use(partner, reviewer):
    """A client, and its only secret, which somebody has revealed."""
    registration, _ = revealed(partner, reviewer)
    return registration, registration.secrets.get()


def rotated(partner, reviewer):
    """A client with a secret in use, and the address of a new one that waits to be revealed."""
    registration, _ = revealed(partner, reviewer)
    secret = secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    return registration, f"/registrations/{registration.uuid}/secrets/{secret.uuid}/"


def moments(statements):
    """Each moment of the request in the full run; else every tenth, and all round the commits."""
    last = statements + 1
    return range(1, last + 1) if FULL else sorted({*range(1, last, 10), *range(last - 3, last + 1)})


PRESSES = [approval, application, reveal, rotation, revocation, replacement, desk_revocation]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("press_of", PRESSES, ids=lambda press_of: press_of.__name__)
def test_killed_at_any_statement_it_is_done_or_it_is_not(port, press_of):
    partner, reviewer = people.partner(), people.reviewer()
    trial = press_of(partner, reviewer)
    status, statements = press(port, trial)
    assert status == trial.done
    ends = set()
    for moment in moments(statements):
        LimitCounter.objects.all().delete()  # nobody presses so often in an hour
        ContactConfirmation.objects.all().delete()  # each time, the contact is asked for the first time
        trial = press_of(partner, reviewer)
        before, last = state(trial.registration), Event.objects.latest("pk").pk
        assert press(port, trial, dies_at=moment) is None
        done = Event.objects.filter(
            stream=trial.registration.uuid, verb=trial.verb, outcome="done", pk__gt=last
        )
        was_done = done.exists()
        ends.add(was_done)
        if not was_done:
            assert state(trial.registration) == before
        check_invariants()
        once_more, _ = press(port, trial)
        assert done.count() == 1
        assert once_more == (trial.again if was_done else trial.done)
    assert ends == {True, False}
