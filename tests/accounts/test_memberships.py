"""Members of an organisation: their roles, leaving and handing over. It never loses its last admin."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from structlog.testing import capture_logs

from portal.accounts import memberships
from portal.accounts.models import Membership, Role
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, NotFound
from tests.accounts.inviting import invite
from tests.accounts.mailing import deliver
from tests.support import people
from tests.support.people import home, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return people.partner()


@pytest.fixture
def developer(admin):
    return people.colleague(home(admin))


def own(person):
    return person.memberships.get()


def role(person):
    return own(person).role


def page(person, name):
    return f"/organisation/members/{own(person).pk}/{name}/"


def of_home(person, name):
    return f"/organisation/{home(person).uuid}/{name}/"


def now():
    return {"signed_in_at": timezone.now()}


def test_an_admin_changes_a_role(client, admin, developer):
    sign_in(client, admin)
    assert "Change the role of colleague@client.example" in client.get(page(developer, "role")).text
    assert client.post(page(developer, "role"), {"role": "viewer"}).status_code == 302
    assert role(developer) == Role.VIEWER
    event = Event.objects.get(verb="role_changed")
    assert (event.actor, event.stream) == (str(admin.pseudonym), home(admin).uuid)
    assert event.moved == [f"member:{developer.pseudonym}"]
    assert event.detail == {"role": "viewer", "before": "developer"}
    emails = deliver()
    assert sorted(email.to[0] for email in emails) == [developer.email, admin.email]
    assert "partner@client.example changed the role of colleague@client.example" in emails[0].body


@pytest.mark.parametrize("typed", ["", "owner", "developer"])
def test_a_role_that_is_none_is_refused_beside_the_field(client, admin, developer, typed):
    sign_in(client, admin)
    answer = client.post(page(developer, "role"), {"role": typed})
    assert answer.status_code == 200
    assert answer.context["form"].errors["role"]
    assert not Event.objects.exists()


def test_the_last_admin_keeps_the_role(client, admin, developer):
    sign_in(client, admin)
    answer = client.post(page(admin, "role"), {"role": "viewer"})
    assert "needs at least one admin" in answer.text
    assert role(admin) == Role.ADMIN


def test_whoever_is_no_admin_any_more_takes_their_invitations_along(admin):
    second = people.colleague(home(admin), "second@client.example", Role.ADMIN)
    theirs = invite(second, "accomplice@other.example")
    memberships.change_role(own(second).pk, "developer", by=admin, **now())
    assert not theirs.works


def test_handing_over_is_one_step(client, admin, developer):
    sign_in(client, admin)
    assert "Hand over to colleague@client.example?" in client.get(page(developer, "hand-over")).text
    assert client.post(page(developer, "hand-over")).status_code == 302
    assert (role(admin), role(developer)) == (Role.DEVELOPER, Role.ADMIN)
    assert Event.objects.filter(verb="role_changed").count() == 2


def test_nobody_hands_over_to_themselves(admin):
    with pytest.raises(Conflict):
        memberships.hand_over(own(admin).pk, by=admin, **now())
    assert role(admin) == Role.ADMIN


def test_a_member_leaves_and_loses_access_at_once(client, admin, developer):
    sign_in(client, developer)
    assert "Leave Client Ltd?" in client.get(of_home(developer, "leave")).text
    assert client.post(of_home(developer, "leave"))["Location"] == "/organisation/new/"
    assert not developer.memberships.exists()
    assert client.get("/organisation/").status_code == 302
    event = Event.objects.get(verb="member_left")
    assert (event.actor, event.moved) == (str(developer.pseudonym), [f"member:{developer.pseudonym}"])
    assert sorted(email.to[0] for email in deliver()) == [developer.email, admin.email]


def test_the_last_admin_learns_how_to_get_out(client, admin, developer):
    sign_in(client, admin)
    text = client.get(of_home(admin, "leave")).text
    for way in (page(developer, "hand-over"), of_home(admin, "invite"), "/registrations/"):
        assert f'href="{way}"' in text
    assert '<button class="btn btn-danger">' not in text
    assert client.post(of_home(admin, "leave")).status_code == 409
    assert role(admin) == Role.ADMIN


def test_one_of_two_admins_leaves(admin):
    people.colleague(home(admin), "second@client.example", Role.ADMIN)
    memberships.leave(home(admin).uuid, by=admin, **now())
    assert not admin.memberships.exists()


VERBS = {
    "role": lambda member, by: memberships.change_role(own(member).pk, "viewer", by=by, **now()),
    "hand-over": lambda member, by: memberships.hand_over(own(member).pk, by=by, **now()),
    "remove": lambda member, by: memberships.remove_member(own(member).pk, by=by, **now()),
}


@pytest.mark.parametrize("name", VERBS)
def test_only_admins_do_that(client, admin, developer, name):
    other = people.colleague(home(admin), "other@client.example")
    sign_in(client, other)
    for method in (client.get, client.post):
        assert method(page(developer, name)).status_code == 403
    for person, refusal in ((other, NotAllowed), (people.stranger(), NotFound), (people.lead(), NotFound)):
        with pytest.raises(refusal):
            VERBS[name](developer, person)
    assert role(developer) == Role.DEVELOPER


def test_a_stranger_leaves_nothing(admin):
    with pytest.raises(NotFound):
        memberships.leave(home(admin).uuid, by=people.stranger(), **now())


@pytest.mark.parametrize("name", VERBS)
def test_changes_of_members_want_a_recent_sign_in(client, admin, developer, name):
    sign_in(client, admin, minutes_ago=16)
    answer = client.post(page(developer, name), {"role": "viewer"})
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Forganisation%2Fmembers%2F")
    assert role(developer) == Role.DEVELOPER


def test_leaving_wants_a_recent_sign_in(admin, developer):
    earlier = timezone.now() - timedelta(minutes=16)
    with pytest.raises(ReauthenticationNeeded):
        memberships.leave(home(admin).uuid, by=developer, signed_in_at=earlier)
    assert developer.memberships.exists()


def test_who_belonged_to_two_organisations_is_bound_to_the_one_that_is_left(admin):
    people.also_in(admin, people.organisation("Second"), Role.VIEWER)
    admin.memberships.filter(role=Role.ADMIN).update(is_exclusive=None)
    second = admin.organisations.get(name="Second")
    memberships.leave(second.uuid, by=admin, **now())
    assert own(admin).is_exclusive is True


def test_the_migration_binds_people_to_the_one_they_have_and_names_the_others(admin, developer):
    people.also_in(admin, people.organisation("Second"), Role.VIEWER)
    Membership.objects.update(is_exclusive=None)
    migration = import_module("portal.accounts.migrations.0005_one_organisation")
    for _ in range(2):
        with capture_logs() as logged:
            migration.fill(apps, SimpleNamespace(connection=connection))
        assert {line["event"]: line.get("people") for line in logged if line["log_level"] == "warning"} == {
            "people_in_several_organisations": [str(admin.pseudonym)]
        }
    assert own(developer).is_exclusive is True
    assert set(admin.memberships.values_list("is_exclusive", flat=True)) == {None}
