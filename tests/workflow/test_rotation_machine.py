"""Whatever a partner does and whenever the worker comes by: a rotation with a grace is no outage."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.refusals import Conflict, Gone
from registrations import api_tokens
from registrations.client_secrets import verifier_of
from registrations.models import ClientSecret
from registrations.queries.client_records import verify
from registrations.workflow import secrets
from tests.api.calling import a_token
from tests.support.registrations import approved
from tests.support.scale import times

pytestmark = pytest.mark.django_db

GRACE = timedelta(hours=24)
A_SECOND = timedelta(seconds=1)


class AuthorizationServer:
    """A stand-in that keeps no secret, and asks the portal at each request."""

    def __init__(self, client_id, token):
        self.client_id, self.hashes = client_id, api_tokens.hashes_of(token)

    def accepts(self, text):
        _, verdict = verify(self.hashes, str(self.client_id), verifier_of(text))
        return verdict.active


@dataclass
class Held:
    """What the partner knows of a secret."""

    uuid: object
    reveal_until: datetime
    text: str = ""
    ends: datetime | None = None
    revoked: bool = False
    successor: object = None

    def waits(self, now):
        return not self.text and not self.revoked and now < self.reveal_until

    def works(self, now):
        return bool(self.text) and not self.revoked and (self.ends is None or now < self.ends)


class Rotations(RuleBasedStateMachine):
    partner = reviewer = token = None

    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(datetime.now().astimezone(), tick=False)
        self.traveller = self.clock.start()
        self.registration = approved(self.partner, self.reviewer)
        self.server = AuthorizationServer(self.registration.client_id, self.token)
        secret = self.registration.secrets.get()
        self.held = [Held(secret.uuid, secret.reveal_until)]
        self.owes_a_secret = False

    def teardown(self):
        self.clock.stop()

    @property
    def waiting(self):
        return next((one for one in self.held if one.waits(timezone.now())), None)

    def working(self):
        return [one for one in self.held if one.works(timezone.now())]

    @rule()
    def reveal(self):
        waiting, now = self.waiting, timezone.now()
        if waiting is None:
            with pytest.raises(Gone):
                self.look_at(self.held[-1])
            return
        waiting.text = self.look_at(waiting)
        for old in self.held:
            if old.successor is waiting and not old.revoked:
                old.ends = now + GRACE
        self.owes_a_secret = True

    def look_at(self, held):
        shown = secrets.reveal(
            self.registration.uuid, held.uuid, by=self.partner, signed_in_at=timezone.now()
        )
        return shown.secret.text()

    @rule()
    def rotate(self):
        issue = lambda: secrets.rotate(
            self.registration.uuid, by=self.partner, grace="24h", signed_in_at=timezone.now()
        )
        working = self.working()
        if self.waiting or len(working) == 2:
            with pytest.raises(Conflict):
                issue()
            return
        self.keep(issue())
        for old in working:
            if old.ends is None:
                old.successor = self.held[-1]

    @rule(which=st.integers(0, 1), replace=st.booleans())
    def revoke(self, which, replace):
        able = [one for one in self.held if one.works(timezone.now()) or one.waits(timezone.now())]
        if not able:
            return
        held = able[which % len(able)]
        if replace:
            issued = secrets.replace_leaked(self.registration.uuid, held.uuid, by=self.partner)
        else:
            issued = secrets.revoke(
                self.registration.uuid, held.uuid, by=self.partner, confirmed="Example Client"
            )
        held.revoked = True
        if replace and issued:
            self.keep(issued)
        if all(one.ends for one in self.working()):
            self.owes_a_secret = False  # the partner revoked the last one that had no end

    def keep(self, issued):
        self.held.append(Held(issued.uuid, issued.reveal_until))

    @rule(job=st.sampled_from([secrets.lapse_due, secrets.expire_due, secrets.remind_due]))
    def the_worker_comes_by(self, job):
        job()

    @rule(hours=st.sampled_from([1, 6, 23, 24, 48, 160, 200]))
    def time_passes(self, hours):
        """And is looked at whenever something ends."""
        until = timezone.now() + timedelta(hours=hours)
        rows = ClientSecret.objects.filter(registration=self.registration)
        ends = [end for row in rows for end in (row.reveal_until, row.expires_at) if end]
        for end in sorted(end for end in ends if timezone.now() < end <= until):
            for moment in (end - A_SECOND, end):
                self.traveller.move_to(moment)
                self.the_server_accepts_what_works()
        self.traveller.move_to(until)

    @invariant()
    def the_server_accepts_what_works(self):
        known = [one for one in self.held if one.text]
        accepted = [one for one in known if self.server.accepts(one.text)]
        assert accepted == [one for one in known if one.works(timezone.now())]
        assert accepted or not self.owes_a_secret


def test_no_moment_is_without_a_working_secret(partner, reviewer):
    Rotations.partner, Rotations.reviewer, Rotations.token = partner, reviewer, a_token(days=400)
    run_state_machine_as_test(
        Rotations,
        settings=settings(
            max_examples=times(200),
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
