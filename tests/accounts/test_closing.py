"""An admin closes an organisation: nothing of it lets anybody in any more, and its history stays."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.accounts import four_eyes, invitations, joining
from portal.accounts.actions import create_organisation, organisation_named
from portal.accounts.models import Invitation, JoinRequest, Membership, Organisation, PastMembership, Role
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.refusals import Conflict, Gone, NotAllowed, NotFound, Refusal
from registrations.models import Registration
from registrations.workflow import client as clients
from registrations.workflow import drafting, organisations
from tests.accounts.inviting import NEW, invite, token
from tests.accounts.mailing import deliver
from tests.support import people
from tests.support.people import home, sign_in
from tests.support.races import at_once
from tests.support.registrations import a_draft, approved, submitted

pytestmark = pytest.mark.django_db
SURE = {"sure": "on"}


@pytest.fixture
def admin():
    return people.partner()


@pytest.fixture
def place(admin):
    return home(admin)


def close(place, by):
    organisations.close(place.uuid, by=by, signed_in_at=timezone.now())


def page(place):
    return f"/organisation/{place.uuid}/close/"


def test_an_admin_closes_it_on_the_page(client, admin, place):
    viewer = people.viewer(place)
    sign_in(client, admin)
    assert page(place) in client.get("/organisation/").text
    assert "You and all other members lose access" in client.get(page(place)).text
    assert client.post(page(place), SURE).url == "/organisation/new/"
    assert "Client Ltd is closed." in client.get("/organisation/new/").text
    place.refresh_from_db()
    assert place.closed_at
    assert not Membership.objects.exists()
    past = PastMembership.objects.filter(organisation=place, ended_at=place.closed_at)
    assert {one.person: one.role for one in past} == {admin: "admin", viewer: "viewer"}
    assert sign_in(client, viewer).get("/registrations/").url == "/organisation/new/"


def test_all_who_belonged_to_it_get_one_email(admin, place):
    earlier = people.colleague(place, "earlier@client.example")
    people.viewer(place)
    Membership.objects.filter(user=earlier).delete()
    PastMembership.objects.create(
        person=earlier, organisation=place, role="developer", joined_at=timezone.now() - timedelta(days=9)
    )
    close(place, admin)
    emails = deliver()
    assert sorted(email.to[0] for email in emails) == ["partner@client.example", "viewer@client.example"]
    assert {email.subject for email in emails} == {"Closed: Client Ltd"}


def test_one_event_names_what_it_moved(admin, place):
    viewer, invited = people.viewer(place), invite(admin)
    asker = people.person("asker@client.example")
    joining.ask_to_join(by=asker)
    asked = JoinRequest.objects.get()
    deliver()
    close(place, admin)
    event = Event.objects.get(verb="organisation_closed")
    assert (event.stream, event.actor) == (place.uuid, str(admin.pseudonym))
    assert event.moved == [
        f"member:{admin.pseudonym}",
        f"member:{viewer.pseudonym}",
        f"invitation:{invited.uuid}",
        f"join_request:{asked.uuid}",
    ]
    assert not Event.objects.filter(verb__in=("member_left", "member_removed")).exists()
    invited.refresh_from_db()
    asked.refresh_from_db()
    assert (invited.status, asked.status, asked.decided_by) == ("revoked", "refused", admin)
    refused = [email for email in deliver() if email.to == [asker.email]]
    assert [("Client Ltd" in email.subject + email.body) for email in refused] == [False]


@pytest.mark.parametrize("posted", [{}, {"sure": ""}])
def test_without_the_tick_nothing_happens(client, admin, place, posted):
    answer = sign_in(client, admin).post(page(place), posted)
    assert (answer.status_code, "Tick the box to close the organisation." in answer.text) == (422, True)
    assert admin.memberships.exists()


def test_an_old_sign_in_is_asked_for_the_password(client, admin, place):
    sign_in(client, admin, minutes_ago=16)
    assert client.post(page(place), SURE).url.startswith("/accounts/reauthenticate/?next=")
    with pytest.raises(ReauthenticationNeeded):
        organisations.close(place.uuid, by=admin, signed_in_at=timezone.now() - timedelta(minutes=16))
    assert admin.memberships.exists()


def test_only_an_admin_of_it_closes_it(admin, place):
    for by, refused in (
        (people.colleague(place), NotAllowed),
        (people.viewer(place), NotAllowed),
        (people.stranger(), NotFound),
        (people.lead(), NotFound),
    ):
        with pytest.raises(refused):
            close(place, by)
    assert Organisation.objects.filter(closed_at=None).count() == 2


@pytest.mark.parametrize("make", [a_draft, submitted, lambda by: approved(by, people.reviewer())])
def test_what_is_not_closed_stands_in_the_way_and_is_linked(client, admin, place, make):
    registration = make(admin)
    sign_in(client, admin)
    for answer, status in ((client.get(page(place)), 200), (client.post(page(place), SURE), 409)):
        assert answer.status_code == status
        assert f'href="/registrations/{registration.uuid}/"' in answer.text
        assert 'name="sure"' not in answer.text
    with pytest.raises(Conflict):
        close(place, admin)
    assert admin.memberships.exists()


def test_closed_and_discarded_registrations_and_those_of_others_do_not(admin, place):
    closed, other = submitted(admin), submitted(people.stranger())
    clients.close(closed.uuid, by=admin)
    drafting.discard(a_draft(admin).uuid, by=admin)
    close(place, admin)
    assert Registration.objects.filter(organisation=place).count() == 2
    assert other.organisation.memberships.exists()


def test_the_last_admin_reads_how_to_get_out(client, admin, place):
    viewer = people.viewer(place)
    text = sign_in(client, admin).get(f"/organisation/{place.uuid}/leave/").text
    membership = viewer.memberships.get().pk
    for address in (
        f"/organisation/members/{membership}/hand-over/",
        f"/organisation/members/{membership}/role/",
        f"/organisation/{place.uuid}/invite/",
        page(place),
    ):
        assert f'href="{address}"' in text


def test_nobody_gets_into_it_any_more(admin, place):
    invited, newcomer = invite(admin), people.person(NEW)
    close(place, admin)
    with pytest.raises(Gone):
        invitations.accept(token(invited), by=newcomer)
    with pytest.raises(NotFound):
        invite_again(place, admin)
    with pytest.raises(Conflict):
        joining.ask_to_join(by=newcomer)
    assert not Membership.objects.exists()


def invite_again(place, by):
    invitations.invite(place.uuid, "b@client.example", Role.ADMIN, by=by, signed_in_at=timezone.now())


def test_staff_invite_nobody_into_it(client, admin, place):
    lead, now = people.lead(), {"signed_in_at": timezone.now()}
    orphan = people.organisation("Orphan Ltd")
    asked = four_eyes.ask_for_admin(orphan, NEW, by=lead, **now)
    Organisation.objects.filter(pk=orphan.pk).update(closed_at=timezone.now())
    close(place, admin)
    with pytest.raises(Conflict, match="closed"):
        four_eyes.ask_for_admin(place, NEW, by=lead, **now)
    with pytest.raises(Conflict, match="closed"):
        four_eyes.confirm(asked.uuid, by=people.lead("second@portal.example"), **now)
    assert not Invitation.objects.exists()
    assert str(place.uuid) not in sign_in(client, lead).get("/admin/accounts/staffrequest/").text


def test_the_same_name_is_free_again_and_looks_alike(admin, place):
    close(place, admin)
    again = create_organisation("Client Ltd", by=admin)
    assert list(again.looking_alike()) == [place]
    named, is_new = organisation_named("Client Ltd")
    assert (named, is_new) == (again, False)


def test_a_command_makes_a_new_one_of_the_name(admin, place):
    close(place, admin)
    named, is_new = organisation_named("Client Ltd")
    assert (is_new, named == place) == (True, False)


def test_the_desk_sees_when_it_was_closed(client, admin, place):
    close(place, admin)
    other = people.partner("other@other.example", "CLIENT ApS")
    sign_in(client, people.lead())
    desk = client.get(reverse("admin:registrations_registration_organisation", args=[place.uuid])).text
    assert "Closed on" in desk
    assert "Nobody belongs to this organisation." in desk
    review = reverse("admin:registrations_registration_review", args=[submitted(other).uuid])
    assert "Client Ltd (closed)" in client.get(review).text


def test_a_sole_admin_can_delete_the_account_afterwards(client, admin, place):
    sign_in(client, admin)
    assert f"/organisation/{place.uuid}/leave/" in client.post("/accounts/delete/").text
    close(place, admin)
    assert client.post("/accounts/delete/").url == "/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(5))
def test_closing_and_starting_a_registration_at_once_have_one_outcome(_):
    admin = people.partner()
    place, developer = home(admin), people.colleague(home(admin))
    at_once(lambda: close(place, admin), lambda: drafting.start(place.uuid, by=developer, data={}))
    is_closed = Organisation.objects.get(pk=place.pk).closed_at is not None
    assert Registration.objects.exists() is not is_closed
    assert developer.memberships.exists() is not is_closed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(3))
def test_closing_and_joining_at_once_leave_nobody_inside(_):
    admin = people.partner()
    place, newcomer = home(admin), people.person(NEW)
    invited, asker = invite(admin), people.person("asker@client.example")
    answers = at_once(
        lambda: close(place, admin),
        lambda: invitations.accept(token(invited), by=newcomer),
        lambda: joining.ask_to_join(by=asker),
    )
    assert all(answer is None or isinstance(answer, Membership | Refusal) for answer in answers)
    assert Organisation.objects.get(pk=place.pk).closed_at
    assert not Membership.objects.exists()
    assert not JoinRequest.objects.filter(status="open").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_close_it_at_once_one_does():
    admin = people.partner()
    second = people.colleague(home(admin), "second@client.example", Role.ADMIN)
    place = home(admin)
    answers = at_once(*(lambda by=by: close(place, by) for by in (admin, second)))
    assert sorted(isinstance(answer, NotFound) for answer in answers) == [False, True]
    assert Event.objects.filter(verb="organisation_closed").count() == 1
