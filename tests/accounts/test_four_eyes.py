"""What staff cannot do alone: get into an organisation, or give anybody the rights to do so."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from portal.accounts import four_eyes, invitations
from portal.accounts.models import Invitation, Role, StaffRequest, User
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, Refusal
from tests.accounts.inviting import NEW, token
from tests.accounts.mailing import deliver, link_in
from tests.support import people
from tests.support.people import home, lead, sign_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

PAGE = "/admin/accounts/staffrequest/"


def now():
    return {"signed_in_at": timezone.now()}


@pytest.fixture
def first():
    return lead()


@pytest.fixture
def second():
    return lead("second@portal.example")


@pytest.fixture
def orphan():
    """An organisation whose only member is a viewer."""
    orphan = people.organisation("Orphan Ltd")
    people.viewer(orphan)
    return orphan


@pytest.fixture
def asked(orphan, first):
    return four_eyes.ask_for_admin(orphan, NEW, by=first, **now())


def confirm(asked, by):
    four_eyes.confirm(asked.uuid, by=by, **now())


def test_an_admin_is_invited_when_a_second_superuser_has_confirmed(client, orphan, first, second):
    sign_in(client, first)
    typed = {"organisation": orphan.uuid, "address": " New@Client.example"}
    assert client.post(PAGE, typed).status_code == 302
    [to_second] = deliver()
    assert to_second.to == [second.email]
    assert not Invitation.objects.exists()
    asked = StaffRequest.objects.get()
    assert f"{PAGE}{asked.uuid}/confirm/" not in client.get(PAGE).text
    sign_in(client, second)
    assert f"{PAGE}{asked.uuid}/confirm/" in client.get(PAGE).text
    assert client.post(f"{PAGE}{asked.uuid}/confirm/").status_code == 302
    emails = {email.to[0]: email for email in deliver()}
    assert set(emails) == {NEW, "viewer@client.example", first.email, second.email}
    newcomer = people.person(NEW, full_name="Nora Newcomer")
    sign_in(client, newcomer)
    assert "Pleo invites you" in " ".join(client.get(link_in(emails[NEW])).text.split())
    client.post(link_in(emails[NEW]))
    assert newcomer.memberships.get().role == Role.ADMIN


def test_each_step_leaves_an_event(asked, orphan, first, second):
    confirm(asked, second)
    events = Event.objects.filter(stream=orphan.uuid).order_by("pk").values_list("verb", "actor")
    assert list(events) == [
        ("staff_requested", str(first.pseudonym)),
        ("invitation_sent", str(second.pseudonym)),
        ("staff_request_confirmed", str(second.pseudonym)),
    ]
    assert NEW not in str(list(Event.objects.values()))


def test_nobody_confirms_what_they_asked_for(client, asked, first):
    sign_in(client, first)
    assert client.post(f"{PAGE}{asked.uuid}/confirm/").status_code == 403
    with pytest.raises(NotAllowed):
        confirm(asked, first)
    assert not Invitation.objects.exists()
    with pytest.raises(IntegrityError, match="staff_request_takes_two_people"):
        StaffRequest.objects.update(status="confirmed", confirmed_by=first, ended_at=timezone.now())


@pytest.mark.parametrize("make", [people.reviewer, people.head, people.partner])
def test_only_superusers_ask_and_confirm(client, orphan, asked, make):
    other = make()
    with pytest.raises(NotAllowed):
        confirm(asked, other)
    with pytest.raises(NotAllowed):
        four_eyes.withdraw(asked.uuid, by=other)
    with pytest.raises(NotAllowed):
        four_eyes.ask_for_admin(people.organisation("Second"), NEW, by=other, **now())
    assert StaffRequest.objects.get().status == "open"


def test_an_organisation_with_an_admin_invites_by_itself(client, first, second, asked):
    with pytest.raises(Conflict):
        four_eyes.ask_for_admin(home(people.partner()), NEW, by=first, **now())
    sign_in(client, first)
    typed = {"organisation": home(people.stranger()).uuid, "address": NEW}
    answer = client.post(PAGE, typed)
    assert (answer.status_code, answer.context["form"]["address"].value()) == (422, NEW)
    people.colleague(asked.organisation, "late@client.example", Role.ADMIN)
    with pytest.raises(Conflict):
        confirm(asked, second)
    assert not Invitation.objects.exists()


def test_what_was_withdrawn_is_not_confirmed(asked, first, second):
    four_eyes.withdraw(asked.uuid, by=first)
    with pytest.raises(Conflict):
        confirm(asked, second)
    assert not Invitation.objects.exists()


def test_both_steps_want_a_recent_sign_in(orphan, asked, first, second):
    earlier = timezone.now() - timedelta(minutes=16)
    with pytest.raises(ReauthenticationNeeded):
        four_eyes.confirm(asked.uuid, by=second, signed_in_at=earlier)
    with pytest.raises(ReauthenticationNeeded):
        four_eyes.ask_for_admin(people.organisation("Second"), NEW, by=first, signed_in_at=earlier)
    assert not Invitation.objects.exists()


def test_who_is_no_superuser_any_more_has_asked_for_nothing(asked, first, second):
    User.objects.filter(pk=first.pk).update(is_superuser=False)
    with pytest.raises(Conflict):
        confirm(asked, second)
    assert not Invitation.objects.exists()


def user_form(user, **changed):
    rights = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    return {"full_name": user.full_name} | rights | changed


def change(client, user, **changed):
    return client.post(f"/admin/accounts/user/{user.pk}/change/", user_form(user, **changed))


def test_a_superuser_is_made_by_two(client, first, second):
    clerk = people.staff("clerk@portal.example")
    sign_in(client, first)
    assert change(client, clerk, is_superuser="on").status_code == 302
    assert not User.objects.get(pk=clerk.pk).is_superuser
    deliver()
    asked = StaffRequest.objects.get()
    with pytest.raises(NotAllowed):
        confirm(asked, first)
    confirm(asked, second)
    assert User.objects.get(pk=clerk.pk).is_superuser
    assert {email.to[0] for email in deliver()} == {clerk.email, first.email, second.email}
    assert Event.objects.filter(verb="staff_request_confirmed", stream=clerk.pseudonym).count() == 1


def test_a_new_account_is_no_superuser_either(client, first):
    sign_in(client, first)
    form = {"email": "next@portal.example", "full_name": "", "is_active": "on", "is_staff": "on"}
    assert client.post("/admin/accounts/user/add/", form | {"is_superuser": "on"}).status_code == 302
    added = User.objects.get(email="next@portal.example")
    assert (added.is_staff, added.is_superuser) == (True, False)
    assert StaffRequest.objects.get().person == added


def test_a_superuser_who_was_stopped_does_not_come_back_by_one(client, first):
    stopped = people.staff("stopped@portal.example")
    User.objects.filter(pk=stopped.pk).update(is_superuser=True, is_staff=False)
    stopped.refresh_from_db()
    sign_in(client, first)
    assert change(client, stopped, is_staff="on").status_code == 302
    stopped.refresh_from_db()
    assert (stopped.is_staff, stopped.is_superuser) == (True, False)
    assert StaffRequest.objects.get().person == stopped


def test_superuser_rights_want_a_recent_sign_in(client, first):
    clerk = people.staff("clerk@portal.example")
    sign_in(client, first, minutes_ago=16)
    page = change(client, clerk, is_superuser="on")
    assert (page.status_code, "Enter your password again" in page.text) == (200, True)
    assert not StaffRequest.objects.exists()


def test_the_first_superuser_comes_by_the_command():
    call_command("createsuperuser", "--noinput", email="root@portal.example")
    assert User.objects.get(email="root@portal.example").is_superuser


def test_a_member_of_an_organisation_is_not_made_staff(client, first):
    member = people.partner()
    sign_in(client, first)
    page = change(client, member, is_staff="on")
    assert (page.status_code, "A member of an organisation cannot be Pleo staff." in page.text) == (200, True)
    assert not User.objects.get(pk=member.pk).is_staff


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_add_and_change_no_members(client, first, method):
    member = people.partner()
    membership = member.memberships.get()
    sign_in(client, first)
    added = {"user": people.person(NEW).pk, "organisation": membership.organisation_id, "role": "admin"}
    assert getattr(client, method)("/admin/accounts/membership/add/", added).status_code == 403
    path = f"/admin/accounts/membership/{membership.pk}/change/"
    assert client.post(path, {"role": "viewer"}).status_code == 403
    assert home(member).memberships.get().role == Role.ADMIN


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_does(asked, second):
    third = lead("third@portal.example")
    answers = at_once(*(lambda by=by: confirm(asked, by) for by in (second, third)))
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_joining_and_becoming_staff_at_once_have_one_outcome(client, asked, first, second):
    confirm(asked, second)
    invited, newcomer = Invitation.objects.get(), people.person(NEW)
    sign_in(client, first)
    at_once(
        lambda: invitations.accept(token(invited), by=newcomer),
        lambda: change(client, newcomer, is_staff="on"),
    )
    assert User.objects.get(pk=newcomer.pk).is_staff != newcomer.memberships.exists()
