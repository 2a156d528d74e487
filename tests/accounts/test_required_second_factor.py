"""An organisation requires a second factor of its members: without one they reach no page."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Organisation
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.accounts.second_factor import require_of_members
from portal.accounts.second_factor_required import OPEN, OPEN_TO_MEMBERS
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, NotFound, Refusal
from tests.accounts.mailing import deliver
from tests.accounts.test_second_factor import INDEX, NEEDED, every_page, type_password
from tests.support import people
from tests.support.people import home, sign_in
from tests.support.races import at_once
from tests.support.second_factor import app_of, code_of, passkey_of, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    """An admin who has a second factor."""
    admin = people.partner()
    app_of(admin)
    return admin


def page(person):
    return f"/organisation/{home(person).uuid}/second-factor/"


def require(person, *, required=True, by=None):
    signed_in_at = timezone.now()
    require_of_members(home(person).uuid, required=required, by=by or person, signed_in_at=signed_in_at)


def is_required(person):
    return Organisation.objects.get(pk=home(person).pk).requires_second_factor


def strictly(person):
    """The person's organisation requires it, however that came."""
    Organisation.objects.filter(pk=home(person).pk).update(requires_second_factor=True)
    return person


def signed_in_with_factor(client, person):
    type_password(client, person)
    client.post(f"{INDEX}authenticate/", {"code": code_of()})
    return client


def test_an_admin_requires_it_and_leaves_it_again(client, admin):
    viewer = people.viewer(home(admin))
    signed_in_with_factor(client, admin)
    assert page(admin) in client.get("/organisation/").text
    text = client.get(page(admin)).text
    assert "viewer@client.example" in text
    assert "(you)" not in text
    for required, verb, subject in (
        ("yes", "second_factor_required", "Second factor needed: Client Ltd"),
        ("no", "second_factor_optional", "Second factor is optional: Client Ltd"),
    ):
        assert client.post(page(admin), {"required": required}).url == "/organisation/"
        assert is_required(admin) is (required == "yes")
        event = Event.objects.get(verb=verb)
        assert (event.stream, event.actor) == (home(admin).uuid, str(admin.pseudonym))
        emails = deliver()
        assert sorted(email.to[0] for email in emails) == [admin.email, viewer.email]
        assert {email.subject for email in emails} == {subject}
    activity = client.get(f"/organisation/{home(admin).uuid}/activity/").text
    assert "You made a second factor a requirement for all members." in activity


@pytest.mark.parametrize("has_codes", [False, True])
def test_an_admin_without_one_requires_none(client, has_codes):
    admin = people.partner()
    if has_codes:
        Authenticator.objects.create(user=admin, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    sign_in(client, admin)
    assert 'name="required"' not in client.get(page(admin)).text
    assert client.post(page(admin), {"required": "yes"}).status_code == 409
    assert not is_required(admin)


def test_who_may_not_and_what_is_so_already(admin):
    for by, refused in (
        (people.viewer(home(admin)), NotAllowed),
        (people.stranger(), NotFound),
        (people.lead(), NotFound),
    ):
        with pytest.raises(refused):
            require(admin, by=by)
    with pytest.raises(Conflict):
        require(admin, required=False)
    require(admin)
    with pytest.raises(Conflict):
        require(admin)
    assert Event.objects.filter(stream=home(admin).uuid).count() == 1


def test_an_old_sign_in_is_asked_who_it_is(client, admin):
    sign_in(client, admin, minutes_ago=16)
    assert client.post(page(admin), {"required": "yes"}).url.startswith("/accounts/reauthenticate/?next=")
    with pytest.raises(ReauthenticationNeeded):
        require_of_members(
            home(admin).uuid, required=True, by=admin, signed_in_at=timezone.now() - timedelta(minutes=16)
        )
    assert not is_required(admin)


def test_members_without_one_reach_no_page(client, admin):
    strictly(admin)
    sign_in(client, people.viewer(home(admin)))
    asked = 0
    for name, address in dict(every_page()).items():
        if name in OPEN | OPEN_TO_MEMBERS or name.startswith("mfa_"):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert (answer.status_code, answer.get("Location")) == (302, NEEDED), (name, answer.status_code)
        asked += 1
    assert asked > 30
    answer = client.get("/registrations/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["second_factor"]) == (403, NEEDED)


def test_a_member_who_is_signed_in_sets_one_up_and_goes_on(client, admin):
    viewer = people.viewer(home(admin))
    sign_in(client, viewer)
    assert client.get("/organisation/").status_code == 200
    require(admin)
    assert client.get("/organisation/").url == NEEDED
    assert client.get(NEEDED).url == INDEX
    assert "Your organisation requires one." in client.get(INDEX).text
    set_up(client)
    assert client.get("/organisation/").status_code == 200


def leaving(person):
    return f"/organisation/{home(person).uuid}/leave/"


def test_a_member_who_wants_none_can_leave(client, admin):
    viewer = people.viewer(home(strictly(admin)))
    sign_in(client, viewer)
    page = client.get(INDEX).text
    assert f'href="{leaving(admin)}"' in page
    assert "Back to your account" not in page
    assert client.get(leaving(admin)).status_code == 200
    assert client.post(leaving(admin)).url == "/organisation/new/"
    assert not viewer.memberships.exists()
    assert client.get("/organisation/new/").status_code == 200


def test_a_member_who_wants_none_can_take_their_data_and_delete_their_account(client, admin):
    viewer = people.viewer(home(strictly(admin)))
    sign_in(client, viewer)
    page = client.get(INDEX).text
    assert 'action="/accounts/export/"' in page
    assert 'href="/accounts/delete/"' in page
    assert client.post("/accounts/export/").json()["person"]["email"] == viewer.email
    assert client.get("/accounts/delete/").status_code == 200
    assert client.post("/accounts/delete/").url == "/"
    viewer.refresh_from_db()
    assert not viewer.is_active


def test_a_member_who_wants_none_can_sign_out(client, admin):
    sign_in(client, people.viewer(home(strictly(admin))))
    client.post("/accounts/logout/")
    assert client.get(INDEX).url.startswith("/accounts/login/")


def test_leaving_asks_for_a_recent_sign_in_here_too(client, admin):
    sign_in(client, people.viewer(home(strictly(admin))), minutes_ago=16)
    for address in (leaving(admin), "/accounts/delete/"):
        assert client.post(address).url.startswith("/accounts/reauthenticate/?next=")


def test_whoever_has_a_factor_proves_it_before_they_leave(client, admin):
    viewer = people.viewer(home(strictly(admin)))
    app_of(viewer)
    sign_in(client, viewer)
    for address in (leaving(admin), "/accounts/delete/", "/accounts/export/"):
        assert client.post(address).url == NEEDED
    assert viewer.memberships.exists()


def test_staff_leave_nothing_without_one(client, lead):
    sign_in(client, lead, second_factor=False)
    assert client.post("/accounts/delete/").url == NEEDED
    assert "If you do not want one" not in client.get(INDEX).text


def test_others_are_asked_for_none(client, admin):
    strictly(admin)
    sign_in(Client(), admin)
    assert sign_in(client, people.stranger()).get("/organisation/").status_code == 200
    newcomer = people.person("new@client.example")
    assert sign_in(client, newcomer).get("/organisation/new/").status_code == 200


def test_whoever_is_removed_is_asked_no_longer(client, admin):
    viewer = people.viewer(home(strictly(admin)))
    sign_in(client, viewer)
    assert client.get("/accounts/email/").url == NEEDED
    viewer.memberships.all().delete()
    assert client.get("/accounts/email/").status_code == 200


def test_it_costs_no_statement(client, admin):
    signed_in_with_factor(client, admin)
    client.get("/organisation/")
    counts = []
    for required in (False, True):
        Organisation.objects.update(requires_second_factor=required)
        with CaptureQueriesContext(connection) as statements:
            assert client.get("/organisation/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_member_keeps_one(client, admin):
    strictly(admin)
    signed_in_with_factor(client, admin)
    assert client.post(f"{INDEX}app/remove/").status_code == 409
    passkey_of(admin)
    assert client.post(f"{INDEX}app/remove/").status_code == 302
    assert [factor.type for factor in Authenticator.objects.filter(user=admin)] == ["webauthn"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(3))
def test_requiring_it_and_removing_ones_own_at_once_keep_one_of_them(client, _):
    admin = people.partner()
    app_of(admin)
    signed_in_with_factor(client, admin)
    answers = at_once(
        lambda: require(admin),
        lambda: client.post(f"{INDEX}app/remove/").status_code,
    )
    assert answers[0] is None or isinstance(answers[0], Refusal)
    assert Authenticator.objects.filter(user=admin).exists() or not is_required(admin)
