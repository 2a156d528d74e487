"""The release before this one reveals or ends a new secret and does not know that an old one waits for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Gone
from registrations.client_secrets import verifier_of
from registrations.domain.rotation import GRACE_PERIODS
from registrations.queries.secrets import secrets_of
from registrations.workflow import secrets
from tests.api.calling import verifies
from tests.support.invariants import check_invariants
from tests.support.registrations import revealed

DAY = timedelta(days=1)
JOBS = (secrets.lapse_due, secrets.settle_due, secrets.expire_due)


def rotate(registration, by, grace="24h"):
    return secrets.rotate(registration.uuid, by=by, grace=grace, signed_in_at=timezone.now())


@pytest.fixture
def live(partner, reviewer):
    """A client whose secret waits for a new one."""
    registration, _ = revealed(partner, reviewer)
    rotate(registration, partner)
    return registration


@pytest.fixture
def moved_alone(live, partner):
    """Set the new secret as the release before this one leaves it; returns when."""

    def move(status, registration=live):
        now = timezone.now()
        columns = {
            "active": {"revealed_at": now, "revealed_by": partner},
            "lapsed": {"lapsed_at": now},
            "revoked": {"revoked_at": now, "revoked_by": partner},
        }
        registration.secrets.filter(status="sealed").update(
            status=status, sealed_secret=None, **columns[status]
        )
        return now

    return move


def booked(registration):
    return list(registration.secrets.order_by("pk").values_list("status", flat=True))


def shown(registration):
    """Statuses and ends on pages, the oldest first."""
    return [(row.status.value, row.ends_at) for row in reversed(secrets_of(registration).rows)]


def test_the_old_secret_ends_once_the_new_one_was_revealed(live, moved_alone, time_machine):
    since = moved_alone("active")
    assert shown(live) == [("retiring", since + DAY), ("active", None)]
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert secrets.settle_due() == 1
    assert secrets.settle_due() == 0
    old = live.secrets.get(status="retiring")
    assert (old.expires_at, old.remind_at) == (since + DAY, since + timedelta(hours=20))
    assert Event.objects.get(verb="secret.settled").moved == [old.audit_name]
    time_machine.move_to(old.expires_at)
    assert secrets.expire_due() == 1
    check_invariants()


@pytest.mark.parametrize(
    ("becomes", "grace"),
    [("active", "24h"), ("active", "7d"), ("lapsed", "24h"), ("revoked", "7d"), ("replaced", "7d")],
)
def test_what_works_is_judged_without_the_worker(live, partner, moved_alone, time_machine, becomes, grace):
    old = live.secrets.filter(status="retiring")
    old.update(grace=grace, verifier=verifier_of("the old secret"))
    ends = moved_alone("active" if becomes == "replaced" else becomes) + GRACE_PERIODS[grace]
    if becomes == "replaced":
        now = timezone.now()
        live.secrets.filter(status="active").update(status="revoked", revoked_at=now, revoked_by=partner)
        secrets.issue(live, live.client_id, by=partner, now=now)
    for moment in (ends - timedelta(seconds=1), ends, ends + 9 * DAY):
        time_machine.move_to(moment)
        works = moment < ends or becomes in ("lapsed", "revoked")
        assert verifies(live.client_id, "the old secret") is works
        assert old.working_at(timezone.now()).exists() is works
        assert secrets_of(live).rows[-1].is_usable is works


@pytest.mark.parametrize("ended", ["lapsed", "revoked"])
def test_the_old_secret_is_in_use_again_once_the_new_one_ended(live, partner, moved_alone, ended):
    moved_alone(ended)
    assert shown(live) == [("active", None), (ended, None)]
    assert [job() for job in JOBS] == [0, 1, 0]
    assert booked(live) == ["active", ended]
    rotate(live, partner, "7d")
    check_invariants()


def test_a_verb_settles_it_first(live, partner, moved_alone):
    since = moved_alone("active")
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    assert booked(live) == ["retiring", "revoked"]
    assert live.secrets.get(status="retiring").expires_at == since + DAY
    check_invariants()


def test_a_rotation_retires_it_again(live, partner, moved_alone):
    moved_alone("lapsed")
    rotate(live, partner)
    assert booked(live) == ["retiring", "lapsed", "sealed"]


def test_a_verb_after_the_end_finds_it_expired(live, partner, moved_alone, time_machine):
    time_machine.move_to(moved_alone("active") + DAY)
    old = live.secrets.get(status="retiring")
    assert shown(live) == [("expired", None), ("active", None)]
    with pytest.raises(Gone):
        secrets.revoke(live.uuid, old.uuid, by=partner)
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner, confirmed="Example Client")
    assert booked(live) == ["expired", "revoked"]


def test_a_new_one_that_was_revoked_after_its_reveal_does_not_bring_the_old_one_back(
    live, moved_alone, time_machine
):
    since = moved_alone("active")
    live.secrets.filter(status="active").update(
        status="revoked", revoked_at=since, revoked_by=live.secrets.first().revealed_by
    )
    assert secrets.settle_due() == 1
    assert live.secrets.get(status="retiring").expires_at == since + DAY


def test_nothing_is_settled_while_the_new_one_waits(live):
    assert secrets.settle_due() == 0
    assert booked(live) == ["retiring", "sealed"]
