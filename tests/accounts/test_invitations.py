"""An invitation is for one address, once, for seven days, and with the role that it names."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.core import signing
from django.db import IntegrityError
from django.utils import timezone

from portal.accounts import invitations
from portal.accounts.models import Invitation, Membership, Role, User
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.epochs.models import Epoch
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from registrations.workflow.jobs import JOBS
from tests.accounts.inviting import NEW, invite, link, token
from tests.accounts.mailing import deliver, link_in
from tests.support import people
from tests.support.just_signed_in import remove_member
from tests.support.pages import words
from tests.support.people import home, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return people.partner()


@pytest.fixture
def newcomer():
    return people.person(NEW, full_name="Nora Newcomer")


def belongs(person):
    return person.memberships.exists()


def post_invitation(client, admin, **given):
    given = {"address": NEW, "role": "developer"} | given
    return client.post(f"/organisation/{home(admin).uuid}/invite/", given)


def test_an_admin_invites_and_the_invited_person_accepts(client, admin, newcomer):
    sign_in(client, admin)
    assert post_invitation(client, admin, address=" New@Client.example ").status_code == 302
    assert NEW in client.get("/organisation/").text
    [email] = deliver()
    assert (email.to, email.subject) == ([NEW], "partner@client.example invites you to join Client Ltd")
    assert "with the role developer" in " ".join(email.body.split())
    sign_in(client, newcomer)
    page = words(client.get(link_in(email)))
    assert "Client Ltd" in page
    assert "<strong>developer</strong>" in page
    assert not belongs(newcomer)
    assert client.post(link_in(email))["Location"] == "/registrations/"
    membership = newcomer.memberships.get()
    assert (membership.organisation, membership.role) == (home(admin), Role.DEVELOPER)
    assert {to for each in deliver() for to in each.to} == {NEW, admin.email}


def test_both_leave_an_event_without_the_address(admin, newcomer):
    invited = invite(admin)
    invitations.accept(token(invited), by=newcomer)
    sent, accepted = Event.objects.filter(stream=home(admin).uuid).order_by("pk")
    name = f"invitation:{invited.uuid}"
    assert (sent.verb, sent.moved, sent.detail) == ("invitation_sent", [name], {"role": "developer"})
    assert (accepted.verb, accepted.actor) == ("invitation_accepted", str(newcomer.pseudonym))
    assert accepted.moved == [name, f"member:{newcomer.pseudonym}"]


def test_the_outbox_holds_an_id_and_no_token(admin):
    invited = invite(admin)
    assert OutboxMessage.objects.get().ids == {"invitation": invited.pk}


@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
def test_only_a_post_accepts(client, admin, newcomer, method):
    sign_in(client, newcomer)
    getattr(client, method)(link(invite(admin)))
    assert not belongs(newcomer)


def test_the_role_of_the_form_counts_for_nothing(client, admin, newcomer):
    sign_in(client, newcomer)
    forged = {"role": "admin", "organisation": "1", "address": newcomer.email}
    client.post(link(invite(admin, role=Role.VIEWER)) + "?role=admin", forged)
    assert newcomer.memberships.get().role == Role.VIEWER


def test_an_invitation_is_used_once(admin, newcomer):
    invited = invite(admin)
    membership = invitations.accept(token(invited), by=newcomer)
    people.colleague(home(admin), "other@client.example", Role.ADMIN)
    remove_member(membership.pk, by=admin)
    with pytest.raises(Gone):
        invitations.accept(token(invited), by=newcomer)
    assert not belongs(newcomer)


def test_an_invitation_ends_after_seven_days(client, admin, newcomer):
    invited = invite(admin)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        sign_in(client, newcomer)
        assert "Accept the invitation" in client.get(link(invited)).text
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        sign_in(client, newcomer)
        page = client.get(link(invited))
        assert "more than seven days old" in page.text
        assert "Accept the invitation" not in page.text
        assert client.post(link(invited)).status_code == 410
    assert not belongs(newcomer)


def test_a_revoked_invitation_lets_nobody_in(client, admin, newcomer):
    invited = invite(admin)
    sign_in(client, admin)
    assert client.post(f"/organisation/invitations/{invited.uuid}/revoke/").status_code == 302
    assert NEW not in client.get("/organisation/").text
    with pytest.raises(Gone):
        invitations.accept(token(invited), by=newcomer)
    assert not belongs(newcomer)
    assert Event.objects.filter(verb="invitation_revoked").count() == 1
    with pytest.raises(Conflict):
        invitations.revoke(invited.uuid, by=admin)


def test_a_revoked_invitation_is_not_even_sent(admin):
    invitations.revoke(invite(admin).uuid, by=admin)
    assert deliver() == []


def test_an_invitation_from_before_a_restore_lets_nobody_in(admin, newcomer):
    invited = invite(admin)
    Epoch.objects.create()
    with pytest.raises(Gone):
        invitations.accept(token(invited), by=newcomer)
    assert invitations.waiting_for(newcomer) == []
    assert invite(admin).works


def test_another_address_learns_nothing_and_gets_nothing(client, admin):
    invited = invite(admin)
    other = people.person("other@client.example")
    sign_in(client, other)
    for answer in (client.get(link(invited)), client.post(link(invited))):
        assert answer.status_code == 403
        assert "This invitation is for another address" in answer.text
        assert "Client Ltd" not in answer.text
        assert NEW not in answer.text
    with pytest.raises(NotAllowed):
        invitations.accept(token(invited), by=other)
    assert not belongs(other)
    assert invited.works


def test_an_address_that_nobody_confirmed_gets_nothing(admin, newcomer):
    newcomer.emailaddress_set.update(verified=False)
    with pytest.raises(NotAllowed):
        invitations.accept(token(invite(admin)), by=newcomer)
    assert not belongs(newcomer)


def test_who_is_signed_out_sees_no_organisation_and_comes_back(client, admin, newcomer):
    invited = invite(admin)
    page = client.get(link(invited))
    assert "Client Ltd" not in page.text
    assert NEW not in page.text
    assert f"/accounts/login/?next={quote(link(invited))}" in page.text
    assert client.post(link(invited))["Location"] == f"/accounts/login/?next={quote(link(invited))}"
    typed = {"login": NEW, "password": people.PASSWORD, "next": link(invited)}
    assert client.post("/accounts/login/", typed)["Location"] == link(invited)
    assert not belongs(newcomer)


@pytest.mark.parametrize("forged", ["x", "x:y:z", signing.Signer(salt="other").sign("x")])
def test_a_forged_token_is_no_page(client, forged):
    assert client.get(f"/invitations/{forged}/").status_code == 404
    sign_in(client, people.person(NEW))
    assert client.post(f"/invitations/{forged}/").status_code == 404


def test_a_token_is_not_the_name_of_the_row(client, admin, newcomer):
    invited = invite(admin)
    sign_in(client, newcomer)
    assert client.post(f"/invitations/{invited.uuid}/").status_code == 404
    assert client.post(f"/invitations/{token(invited)}x/").status_code == 404
    assert not belongs(newcomer)


def test_staff_accept_nothing(client, admin):
    invited = invite(admin)
    clerk = people.person(NEW, is_staff=True, full_name="Clerk")
    sign_in(client, clerk)
    assert "Pleo staff cannot belong" in client.get(link(invited)).text
    assert client.post(link(invited)).status_code == 403
    assert not belongs(clerk)
    assert invited.works


def test_who_belongs_elsewhere_leaves_first(client, admin):
    invited = invite(admin, "stranger@other.example")
    stranger = people.stranger()
    type(stranger).objects.update(full_name="Named")
    sign_in(client, stranger)
    page = client.get(link(invited)).text
    assert "You already belong to an organisation" in page
    assert "Accept the invitation" not in page
    assert client.post(link(invited)).status_code == 409
    assert home(stranger).name == "Other Inc"
    assert invited.works


def test_the_database_knows_one_organisation_a_person(admin):
    second = people.organisation("Second")
    with pytest.raises(IntegrityError, match=r"membership_one_a_person|accounts_membership\.user_id"):
        Membership.objects.create(user=admin, organisation=second, role=Role.ADMIN)


def test_an_invited_person_without_a_name_gives_one(client, admin):
    nameless = people.person(NEW)
    invited = invite(admin)
    sign_in(client, nameless)
    page = client.post(link(invited), {"full_name": ""})
    assert (page.status_code, "Enter your name." in page.text) == (200, True)
    assert not belongs(nameless)
    assert client.post(link(invited), {"full_name": "Nora  Newcomer"}).status_code == 302
    nameless.refresh_from_db()
    assert nameless.full_name == "Nora Newcomer"


@pytest.mark.parametrize("make", [people.colleague, people.viewer])
def test_only_an_admin_invites_and_revokes(client, admin, make):
    invited, other = invite(admin), make(home(admin), "other@client.example")
    sign_in(client, other)
    assert NEW not in client.get("/organisation/").text
    assert post_invitation(client, admin, address="third@client.example").status_code == 403
    assert client.post(f"/organisation/invitations/{invited.uuid}/revoke/").status_code == 403
    with pytest.raises(NotAllowed):
        invitations.revoke(invited.uuid, by=other)
    for person, refusal in ((other, NotAllowed), (people.stranger(), NotFound)):
        given = {"by": person, "signed_in_at": timezone.now()}
        with pytest.raises(refusal):
            invitations.invite(home(admin).uuid, "third@client.example", "viewer", **given)
    assert Invitation.objects.get() == invited


def test_inviting_wants_a_recent_sign_in_and_keeps_what_was_typed(client, admin):
    given = {"by": admin, "signed_in_at": timezone.now() - timedelta(minutes=16)}
    with pytest.raises(ReauthenticationNeeded):
        invitations.invite(home(admin).uuid, NEW, "viewer", **given)
    sign_in(client, admin, minutes_ago=16)
    asked = post_invitation(client, admin, role="viewer")
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=%2Forganisation%2F")
    assert not Invitation.objects.exists()
    back = client.post(asked["Location"], {"password": people.PASSWORD})
    page = client.get(back["Location"])
    assert page.context["form"]["address"].value() == NEW
    assert page.context["form"]["role"].value() == "viewer"
    assert not Invitation.objects.exists()


def test_an_admin_who_is_removed_takes_their_invitations_along(admin):
    second = people.colleague(home(admin), "second@client.example", Role.ADMIN)
    theirs, ours = invite(second, "accomplice@other.example"), invite(admin)
    remove_member(second.memberships.get().pk, by=admin)
    assert (theirs.works, ours.works) == (False, True)
    assert f"invitation:{theirs.uuid}" in Event.objects.get(verb="member_removed").moved


def test_an_admin_who_is_deactivated_lets_nobody_in(admin, newcomer):
    invited = invite(admin)
    User.objects.filter(pk=admin.pk).update(is_active=False)
    with pytest.raises(Gone):
        invitations.accept(token(invited), by=newcomer)
    assert invitations.waiting_for(newcomer) == []


MISTAKES = [
    ({"address": ""}, "Enter the email address of your colleague."),
    ({"address": "nobody"}, "Enter a valid email address."),
    ({"role": ""}, "Choose a role."),
    ({"role": "owner"}, "Select a valid choice."),
    ({"address": "PARTNER@client.example"}, "already belongs to your organisation"),
]


@pytest.mark.parametrize(("typed", "complaint"), MISTAKES)
def test_a_mistake_stands_beside_its_field_and_stays_typed(client, admin, typed, complaint):
    sign_in(client, admin)
    page = post_invitation(client, admin, **typed)
    assert (page.status_code, complaint in page.text) == (200, True)
    assert page.context["form"]["address"].value() == typed.get("address", NEW)
    assert not Invitation.objects.exists()


def test_an_address_is_invited_once_at_a_time(client, admin):
    first = invite(admin)
    sign_in(client, admin)
    assert "You have invited this address already." in post_invitation(client, admin).text
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        again = invite(admin, role=Role.VIEWER)
    assert (first.works, again.works) == (False, True)
    first.refresh_from_db()
    assert first.status == "expired"


def test_an_address_with_an_account_is_answered_like_one_without(client, admin):
    people.stranger()
    people.person("clerk@portal.example", is_staff=True)
    sign_in(client, admin)
    answers = []
    for address in ("stranger@other.example", "clerk@portal.example", "nobody@other.example"):
        answer = post_invitation(client, admin, address=address)
        page = client.get(answer["Location"])
        answers.append((answer.status_code, answer["Location"], words(page).count(address)))
    assert len(set(answers)) == 1
    assert len(deliver()) == 3


def test_an_organisation_invites_twenty_a_day(client, admin):
    sign_in(client, admin)
    answers = [post_invitation(client, admin, address=f"n{n}@other.example").status_code for n in range(21)]
    assert answers == [302] * 20 + [429]


def ended(invitation, status, days):
    """Let the invitation have ended so, so many days ago."""
    then = timezone.now() - timedelta(days=days)
    columns = {} if status == "open" else {"status": status, "ended_at": then}
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=then, **columns)


@pytest.mark.parametrize(
    ("status", "days", "stays"),
    [
        ("open", 91, False),
        ("open", 89, True),
        ("revoked", 91, False),
        ("revoked", 89, True),
        ("expired", 91, False),
        ("accepted", 91, True),
    ],
)
def test_an_address_that_never_joined_is_forgotten(client, admin, status, days, stays):
    ended(invite(admin), status, days)
    assert invitations.forget_ended() == (0 if stays else 1)
    assert Invitation.objects.exists() is stays
    sign_in(client, admin)
    text = client.get(f"/organisation/{home(admin).uuid}/activity/").text
    assert (NEW in text) is stays
    assert "with the role developer" in text


def test_forgetting_stops_when_the_worker_does(admin):
    ended(invite(admin), "revoked", 91)
    assert invitations.forget_ended(lambda: True) == 0
    assert invitations.forget_ended in JOBS
