"""A server that is killed in the middle of a verb leaves all of it done, or nothing."""

import http.client
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal.audit.models import Event
from portal.models import LimitCounter
from portal.outbox.models import OutboxMessage
from registrations.models import ClientSecret, Registration, Revision
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


class Approval:
    """By a reviewer, of a first submission."""

    verb = "revision.approved"
    again = 409
    done = 302

    def __init__(self, partner, reviewer):
        self.registration = submitted(partner)
        self.user = reviewer
        self.address = f"/admin/registrations/registration/{self.registration.uuid}/review/"
        self.form = {"decision": "approve", "note": "", "seen_version": 1}


class Application:
    """By a partner, of a change that takes effect at once."""

    verb = "revision.applied"
    again = 409
    done = 302

    def __init__(self, partner, reviewer):
        registration = approved(partner, reviewer)
        self.registration = change(registration, partner, contacts=["other@client.example"])
        self.user = partner
        self.address = f"/registrations/{registration.uuid}/submit/"
        version = self.registration.draft.version
        self.form = {"draft_version": version, "announced": "apply", "live_version": 1}


def rotated(partner, reviewer):
    """A client with a secret in use, and a new one that waits to be revealed."""
    registration, _ = revealed(partner, reviewer)
    secret = secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    return registration, secret


class Reveal:
    """By a partner, of a new secret, which counts down the old one. A lost answer is not given again."""

    verb = "secret.revealed"
    again = 410
    done = 200

    def __init__(self, partner, reviewer):
        self.registration, secret = rotated(partner, reviewer)
        self.user = partner
        self.address = f"/registrations/{self.registration.uuid}/secrets/{secret.uuid}/reveal/"
        self.form = {}


class Rotation:
    """By a partner, of a secret in use: the old one waits for the reveal of the new one."""

    verb = "secret.rotated"
    again = 409
    done = 302

    def __init__(self, partner, reviewer):
        self.registration, _ = revealed(partner, reviewer)
        self.user = partner
        self.address = f"/registrations/{self.registration.uuid}/secrets/rotate/"
        self.form = {"grace": "24h"}


class Revocation:
    """By a partner, of a new secret that nobody saw, which was reported leaked: the old one is back."""

    verb = "secret.revoked"
    again = 410
    done = 302

    def __init__(self, partner, reviewer):
        self.registration, secret = rotated(partner, reviewer)
        self.user = partner
        self.address = f"/registrations/{self.registration.uuid}/secrets/{secret.uuid}/revoke/"
        self.form = {"leaked": "on"}


class Replacement:
    """By a partner, of the only secret, which leaked: it is stopped, and a new one waits."""

    verb = "secret.replaced"
    again = 410
    done = 302

    def __init__(self, partner, reviewer):
        self.registration, _ = revealed(partner, reviewer)
        secret = self.registration.secrets.get()
        self.user = partner
        self.address = f"/registrations/{self.registration.uuid}/secrets/{secret.uuid}/leaked/"
        self.form = {}


class DeskRevocation:
    """By a reviewer, of the only secret."""

    verb = "secret.revoked_at_desk"
    again = 409
    done = 302

    def __init__(self, partner, reviewer):
        self.registration, _ = revealed(partner, reviewer)
        secret = self.registration.secrets.get()
        self.user = reviewer
        self.address = f"/admin/registrations/registration/{self.registration.uuid}/revoke-secret/"
        self.form = {"secret": secret.uuid, "leaked": "on", "reason": "It is in a public repository."}


def moments(statements):
    """Each moment of the request in the full run; else every tenth, and all round the commits."""
    last = statements + 1
    return range(1, last + 1) if FULL else sorted({*range(1, last, 10), *range(last - 3, last + 1)})


PRESSES = [Approval, Application, Reveal, Rotation, Revocation, Replacement, DeskRevocation]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("press_of", PRESSES)
def test_killed_at_any_statement_it_is_done_or_it_is_not(port, press_of):
    partner, reviewer = people.partner(), people.reviewer()
    trial = press_of(partner, reviewer)
    status, statements = press(port, trial)
    assert status == trial.done
    ends = set()
    for moment in moments(statements):
        LimitCounter.objects.all().delete()  # nobody presses so often in an hour
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
