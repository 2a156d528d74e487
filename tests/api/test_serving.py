"""What servers report: what they serve, and when clients and secrets were last used."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.audit.models import Event
from registrations.domain.api_rights import Right
from registrations.models import Inventory, LastUse, LateChange, ServedClient
from registrations.workflow import client as verbs
from registrations.workflow import secrets, served
from tests.api.calling import a_token, bearer, read
from tests.support.people import partner, reviewer
from tests.support.registrations import approved, change, revealed

pytestmark = pytest.mark.django_db


def state(registration):
    registration.refresh_from_db()
    number = registration.revisions.live().get().number
    return {"version": number, "updated_at": registration.record_updated_at.isoformat()}


def report(client, token, method, address, body):
    call = getattr(client, method)
    return call(f"/api/v1/{address}", body, content_type="application/json", headers=bearer(token))


def apply(client, token, registration, body=None):
    address = f"clients/{registration.client_id}/applied"
    return report(client, token, "put", address, body or state(registration))


def inventory(client, token, *clients):
    return report(client, token, "put", "inventory", {"clients": list(clients)}).json()


def elsewhere(member, staff):
    """A client of the other environment."""
    uris = ["https://client.example/cb"]
    return approved(member, staff, environment="production", redirect_uris=uris, client_name="Elsewhere")


def use(registration, moment, secret=None):
    found = {"client_id": str(registration.client_id), "last_used_at": moment.isoformat()}
    return found | ({"secret_id": str(secret.uuid)} if secret else {})


def test_the_last_report_of_a_client_counts_and_is_no_event(client):
    member, staff = partner(), reviewer()
    registration, token = approved(member, staff), a_token(Right.APPLIED, Right.READ)
    events, before, first = Event.objects.count(), registration.version, state(registration)
    as_read = read(client, token, registration).json()
    found = apply(client, token, registration, {name: as_read[name] for name in ("version", "updated_at")})
    assert found.json() == {
        "version": 1,
        "updated_at": as_read["updated_at"],
        "is_current": True,
    }
    since = ServedClient.objects.get().in_force_since
    registration.refresh_from_db()
    assert (Event.objects.count(), registration.version) == (events, before)

    verbs.suspend(registration.uuid, by=staff, reason="Its owner asked for it.", internal_note="")
    assert apply(client, token, registration, first).json()["is_current"] is False
    assert apply(client, token, registration).json()["is_current"] is True
    assert ServedClient.objects.get().in_force_since == since


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"version": 2}, 409),
        ({"updated_at": "2999-01-01T00:00:00Z"}, 409),
        ({"version": 0}, 400),
        ({"updated_at": "yesterday"}, 400),
        ({"updated_at": None}, 400),
    ],
)
def test_a_state_in_which_the_client_never_was_is_refused(client, wrong, status):
    registration, token = approved(partner(), reviewer()), a_token(Right.APPLIED)
    answer = apply(client, token, registration, state(registration) | wrong)
    assert answer.status_code == answer.json()["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    if status == 400:
        assert {one["name"] for one in answer.json()["errors"]} == set(wrong)
    assert not ServedClient.objects.exists()


def test_a_report_that_was_stored_in_the_meantime_is_kept(client, time_machine):
    registration, token = approved(partner(), reviewer()), a_token(Right.APPLIED)
    began = timezone.now()
    time_machine.move_to(began + timedelta(seconds=1), tick=False)
    apply(client, token, registration)
    reported = ServedClient.objects.values_list("version", "reported_at").get()
    time_machine.move_to(began, tick=False)  # an inventory that began before, and takes longer
    inventory(client, token, {"client_id": str(registration.client_id), **state(registration)})
    assert apply(client, token, registration).status_code == 200
    assert ServedClient.objects.values_list("version", "reported_at").get() == reported


def test_a_body_that_cannot_be_read_is_refused(client):
    token = a_token(Right.APPLIED)
    for body, status in (("[" * 100_000, 400), ("{", 400), ("[]", 400), ('{"clients": {}}', 400)):
        assert report(client, token, "put", "inventory", body).status_code == status
    for body, name in (("[]", "body"), ('{"clients": {}}', "clients"), ('{"clients": [1]}', "clients.0")):
        errors = report(client, token, "put", "inventory", body).json()["errors"]
        assert [one["name"] for one in errors] == [name]
    answer = client.put("/api/v1/inventory", "x", content_type="text/plain", headers=bearer(token))
    assert answer.status_code == 415
    answer = client.get("/api/v1/inventory", headers=bearer(token))
    assert (answer.status_code, answer["Allow"]) == (405, "PUT")


def test_of_very_many_mistakes_the_first_are_named(client):
    wrong = {"clients": [{}, *[{"client_id": "x"}] * 100]}
    answer = report(client, a_token(Right.APPLIED), "put", "inventory", wrong)
    named = [one["name"] for one in answer.json()["errors"]]
    assert (answer.status_code, len(named)) == (400, 100)
    assert named[:4] == [
        "clients.0.version",
        "clients.0.updated_at",
        "clients.0.client_id",
        "clients.1.version",
    ]


def test_an_inventory_names_what_is_missing_extra_and_stale(client, time_machine):
    member, staff, token = partner(), reviewer(), a_token(Right.APPLIED)
    same, other, missing, closed = (
        approved(member, staff, client_name=name) for name in ("Aaa", "Bbb", "Ccc", "Ddd")
    )
    foreign = approved(
        member,
        staff,
        environment="production",
        redirect_uris=["https://client.example/cb"],
        client_name="Eee",
    )
    apply(client, token, missing)
    old = state(other)
    verbs.close(closed.uuid, by=member)
    change(other, member, client_name="Another")
    unknown = uuid4()
    time_machine.move_to(timezone.now() + served.LATE + timedelta(seconds=1))
    verbs.suspend(other.uuid, by=staff, reason="Its owner asked for it.", internal_note="")

    listed = [
        {"client_id": str(one.client_id), **served_state}
        for one, served_state in ((same, state(same)), (other, old), (foreign, state(foreign)))
    ]
    found = inventory(client, token, *listed, {"client_id": str(unknown), **old})
    assert found == {
        "missing": [str(missing.client_id)],
        "extra": [str(foreign.client_id), str(unknown)],
        "stale": [str(other.client_id)],
    }
    rows = ServedClient.objects.values_list("registration", flat=True)
    assert set(rows) == {same.pk, other.pk}
    last = Inventory.objects.get()
    assert (last.missing, last.extra_count) == ([str(missing.client_id)], 2)
    assert last.stale == []  # it may yet apply a change of a moment ago
    assert inventory(client, token)["extra"] == []
    assert Inventory.objects.get().missing_count == 2


def test_a_use_is_booked_for_the_secret_and_the_client_and_never_moves_back(client):
    registration, _ = revealed(partner(), reviewer())
    secret, token, now = registration.secrets.get(), a_token(Right.USAGE), timezone.now()
    earlier = now - timedelta(hours=1)

    def tell(*uses):
        return report(client, token, "post", "usage", {"uses": list(uses)})

    def stored():
        registration.refresh_from_db()
        secret.refresh_from_db()
        return registration.last_use.last_used_at, secret.last_use.last_used_at

    registration.refresh_from_db()
    before = registration.version
    assert tell(use(registration, earlier, secret)).json() == {"unknown": []}
    assert stored() == (earlier, earlier)
    tell(use(registration, now), use(registration, earlier - timedelta(days=1), secret))
    assert stored() == (now, earlier)
    assert registration.version == before
    ahead = timezone.now() + timedelta(seconds=50)
    tell(use(registration, ahead))
    assert now < stored()[0] < ahead
    answer = tell(use(registration, now), use(registration, ahead + timedelta(minutes=1)))
    assert answer.status_code == 400
    assert [one["name"] for one in answer.json()["errors"]] == ["uses.1.last_used_at"]


def test_unknown_clients_and_secrets_are_named_and_the_others_booked(client):
    member, staff, token, now = partner(), reviewer(), a_token(Right.USAGE), timezone.now()
    one, _ = revealed(member, staff)
    other = approved(member, staff, client_name="Other")
    foreign = approved(
        member,
        staff,
        environment="production",
        redirect_uris=["https://client.example/cb"],
        client_name="Eee",
    )
    uses = [use(one, now), use(one, now, other.secrets.get()), use(foreign, now)]
    uses.append(use(one, now) | {"client_id": str(uuid4())})
    found = report(client, token, "post", "usage", {"uses": uses}).json()["unknown"]
    expected = [{name: given[name] for name in given if name != "last_used_at"} for given in uses[1:]]
    assert found == expected
    assert LastUse.objects.count() == 1


def test_a_change_that_is_late_raises_one_alert_until_it_is_applied(client, time_machine, caplog):
    member, staff, token = partner(), reviewer(), a_token(Right.APPLIED)
    registration = approved(member, staff)
    assert served.alert_due() == 0
    time_machine.move_to(timezone.now() + served.LATE + timedelta(seconds=1))
    assert served.alert_due() == 1
    assert served.alert_due() == 0
    (alert,) = [record for record in caplog.records if "change_not_applied" in str(record.msg)]
    assert alert.levelname == "ERROR"
    assert str(registration.client_id) in str(alert.msg)
    apply(client, token, registration)
    assert served.alert_due() == 0
    assert not LateChange.objects.exists()
    secrets.revoke(registration.uuid, registration.secrets.get().uuid, by=member)
    assert served.alert_due() == 0


def test_a_closed_client_that_the_server_has_dropped_is_not_late(client, time_machine):
    member, token = partner(), a_token(Right.APPLIED)
    registration = approved(member, reviewer())
    apply(client, token, registration)
    verbs.close(registration.uuid, by=member)
    time_machine.move_to(timezone.now() + served.LATE + timedelta(seconds=1))
    assert served.alert_due() == 1
    assert inventory(client, token)["missing"] == []
    assert served.alert_due() == 0
    assert not LateChange.objects.exists()


def test_where_no_server_reports_nothing_is_late(time_machine):
    approved(partner(), reviewer())
    a_token(Right.READ)
    a_token(Right.APPLIED, environment="production")
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert served.alert_due() == 0
