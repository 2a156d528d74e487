"""The feed, as an authorization server follows it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.epochs.models import Epoch
from registrations.domain.api_rights import Right
from registrations.models import Registration
from registrations.queries.client_records import PAGE
from registrations.workflow import client as verbs
from registrations.workflow import drafting, feed, pkce, restoring, secrets
from tests.api.calling import a_token, bearer, copies, page
from tests.support.people import lead, partner, reviewer
from tests.support.registrations import again, approved, change, excepted, reveal, revealed, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def token():
    return a_token(Right.READ)


def changed(client, token, cursor):
    """The clients that changed since, and the next cursor; the worker has come by."""
    feed.assign_due()
    found = page(client, token, cursor)
    return [one["client_id"] for one in found["clients"]], found["cursor"]


def test_each_page_goes_on_where_the_one_before_ended(client, token):
    first = approved(partner(), reviewer())
    copies(first, 2 * PAGE)
    assert feed.assign_due() + feed.assign_due() == 2 * PAGE + 1
    found, cursor, sizes, ends = [], "", [], []
    while not ends or not ends[-1]:
        got = page(client, token, cursor)
        found += [one["client_id"] for one in got["clients"]]
        cursor, sizes, ends = got["cursor"], [*sizes, len(got["clients"])], [*ends, got["is_last"]]
    assert sizes == [PAGE, PAGE, 1]
    assert ends == [False, False, True]
    ids = Registration.objects.order_by("feed_position").values_list("client_id", flat=True)
    assert found == [str(one) for one in ids]
    nothing = page(client, token, cursor)
    assert (nothing["clients"], nothing["cursor"], nothing["is_last"]) == ([], cursor, True)


def test_what_a_server_must_know_moves_a_client_and_nothing_else_does(client, token):
    member, staff = partner(), reviewer()
    registration, other = approved(member, staff), approved(member, staff, client_name="Other name")
    ids = [str(one.client_id) for one in (registration, other)]
    found, cursor = changed(client, token, "")
    assert found == ids
    submitted(member, client_name="Not approved")
    change(registration, member, redirect_uris=["https://client.example/other"])
    drafting.submit(registration.uuid, by=member)
    assert changed(client, token, cursor) == ([], cursor)
    reveal(registration, member)
    found, cursor = changed(client, token, cursor)
    assert found == ids[:1]
    verbs.suspend(other.uuid, by=staff, reason="A leak.")
    assert changed(client, token, cursor)[0] == ids[1:]


def test_each_environment_has_its_own_clients(client, token):
    approved(partner(), reviewer(), environment="production")
    assert changed(client, token, "")[0] == []
    assert len(changed(client, a_token(Right.READ, environment="production"), "")[0]) == 1


def test_after_a_restore_a_server_starts_from_nothing(client, token):
    approved(partner(), reviewer())
    _, cursor = changed(client, token, "")
    restoring.begin_epoch()
    gone = client.get("/api/v1/clients", {"changed_since": cursor}, headers=bearer(token))
    assert gone.status_code == 410
    assert gone.json()["type"].endswith("/api/docs/#start-from-nothing")
    found, cursor = changed(client, token, "")
    assert len(found) == 1
    assert changed(client, token, cursor)[0] == []
    Epoch.objects.create()
    assert client.get("/api/v1/clients", {"changed_since": cursor}, headers=bearer(token)).status_code == 410


MORE_DIGITS_THAN_PYTHON_READS = "OjAw" + "MDAw" * 10 + "MTEx" * 1500


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "OjE=", "%F0", "OjotMQ", "9" * 200, "Ojk5OTk5OTk5OTk5OTk5OTk5OTk5"),
        MORE_DIGITS_THAN_PYTHON_READS,
    ],
)
def test_what_is_no_cursor_is_refused(client, token, cursor):
    address = f"/api/v1/clients?changed_since={cursor}"
    answer = client.get(address, headers=bearer(token))
    assert answer.status_code == 400
    assert [one["name"] for one in answer.json()["errors"]] == ["changed_since"]
    assert client.get(address).status_code == 401


# --- What time does, when the worker books it ----------------------------------------------


def exception_that_lapses(member, staff):
    return excepted(member, staff, days=30)


def secret_that_expires(member, staff):
    registration, _ = revealed(member, staff)
    secrets.rotate(registration.uuid, by=member, grace="24h", signed_in_at=timezone.now())
    reveal(registration, member)
    return registration


def secret_whose_successor_lapses(member, staff):
    registration, _ = revealed(member, staff)
    secrets.rotate(registration.uuid, by=member, grace="7d", signed_in_at=timezone.now())
    return registration


@pytest.mark.parametrize(
    ("made", "job", "moves"),
    [
        (exception_that_lapses, pkce.lapse_due, True),
        (secret_that_expires, secrets.expire_due, True),
        (secret_whose_successor_lapses, secrets.lapse_due, True),
        (secret_whose_successor_lapses, lambda: secrets.void_for_key()[0], True),
        (approved, secrets.lapse_due, False),
        (approved, lambda: secrets.void_for_key()[0], False),
    ],
)
def test_what_time_ends_moves_the_client_once_it_is_booked(made, job, moves, time_machine):
    registration = made(partner(), lead())
    feed.assign_due()
    before = again(registration)
    time_machine.move_to(timezone.now() + timedelta(days=40))
    assert job() == 1
    after = again(registration)
    assert (after.record_updated_at > before.record_updated_at) is moves
    assert after.feed_pending is moves
