"""The page of one's own sessions, and what ends sessions for good."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from portal.audit.models import Event
from portal.sessions.models import StoredSession, hashed
from tests.support import people
from tests.support.people import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
NEW = "copper-lantern-47-meadow"


def key_hash(client):
    return hashed(client.session.session_key)


def address_of(client):
    row = StoredSession.objects.get(pk=key_hash(client))
    return f"{PAGE}{row.uuid}/end/"


def is_signed_in(client):
    return client.get(PAGE).status_code == 200


def test_the_account_page_leads_to_the_sessions(client, partner):
    assert PAGE in sign_in(client, partner).get("/accounts/email/").content.decode()
    first = sign_in(Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/605"}), partner)
    first.get(PAGE)
    sign_in(Client(), people.stranger()).get(PAGE, headers={"User-Agent": "Edg (Windows)"})
    page = client.get(PAGE, headers={"User-Agent": "X11; Linux; Firefox/140.0"}).content.decode()
    assert "Safari on iPhone" in page
    assert page.index("(this one)") < page.index("Safari on iPhone")
    assert "Edge" not in page


def test_one_session_is_signed_out(client, partner):
    other, third = sign_in(Client(), partner), sign_in(Client(), partner)
    sign_in(client, partner)
    row = StoredSession.objects.get(pk=key_hash(other))
    assert client.post(address_of(other)).url == PAGE
    assert (is_signed_in(client), is_signed_in(other), is_signed_in(third)) == (True, False, True)
    event = Event.objects.get(verb="session_ended")
    assert (event.actor, event.moved) == (str(partner.pseudonym), [f"session:{row.uuid}"])


def test_signing_out_this_one_leads_to_the_sign_in_page(client, partner):
    sign_in(client, partner)
    assert client.post(address_of(client)).url == "/accounts/login/"
    assert not is_signed_in(client)


def test_sign_out_everywhere_ends_this_one_too(client, partner):
    other = sign_in(Client(), partner)
    sign_in(client, partner)
    assert client.post(f"{PAGE}end/").url == "/accounts/login/"
    assert not is_signed_in(client)
    assert not is_signed_in(other)
    assert Event.objects.get(verb="sessions_ended").detail == {"why": "owner", "count": 2}


def test_sessions_of_others_cannot_be_ended(client, partner, stranger):
    theirs = sign_in(Client(), stranger)
    assert sign_in(client, partner).post(address_of(theirs)).status_code == 404
    assert client.post(f"{PAGE}end/").status_code == 302
    assert is_signed_in(theirs)


@pytest.mark.parametrize("all_of_them", [True, False])
def test_an_old_sign_in_is_asked_for_the_password(client, partner, all_of_them):
    other = sign_in(Client(), partner)
    sign_in(client, partner, minutes_ago=16)
    answer = client.post(f"{PAGE}end/" if all_of_them else address_of(other))
    assert answer.url == f"/accounts/reauthenticate/?next={PAGE}"
    assert is_signed_in(other)
    assert not Event.objects.filter(verb__startswith="session").exists()


def test_nothing_is_ended_by_a_link(client, partner):
    sign_in(client, partner)
    assert client.get(address_of(client)).status_code == 405
    assert client.get(f"{PAGE}end/").status_code == 405
    assert is_signed_in(client)


def test_a_new_password_ends_the_other_sessions(client, partner):
    other = sign_in(Client(), partner)
    sign_in(client, partner)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", typed).status_code == 302
    assert is_signed_in(client)
    assert StoredSession.objects.filter(user=partner).count() == 1
    assert not is_signed_in(other)
    assert Event.objects.get(verb="sessions_ended").detail == {"why": "password", "count": 1}


def save_on_the_desk(lead, person, **changed):
    values = {"email": person.email, "full_name": person.full_name}
    values |= {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(person, name)}
    values["groups"] = list(person.groups.values_list("pk", flat=True))
    values = {name: value for name, value in (values | changed).items() if value is not None}
    answer = sign_in(Client(), lead).post(f"/admin/accounts/user/{person.pk}/change/", values)
    assert answer.status_code == 302, answer.content


@pytest.mark.parametrize("lost", ["is_active", "is_staff", "is_superuser", "groups"])
def test_a_right_that_is_taken_away_ends_the_sessions_for_good(client, lead, lost):
    person = people.lead("second@portal.example")
    sign_in(client, person)
    save_on_the_desk(lead, person, **{lost: None})
    assert not StoredSession.objects.filter(user=person).exists()
    event = Event.objects.get(verb="sessions_ended")
    assert (event.actor, event.stream) == (str(lead.pseudonym), person.pseudonym)
    assert event.detail == {"why": "rights", "count": 1}
    person.groups.add(*Group.objects.filter(name="Reviewers"))
    type(person).objects.update(is_active=True, is_staff=True, is_superuser=True)
    assert not is_signed_in(client)


def save_group(lead, called, *, without=(), **changed):
    group = Group.objects.get(name=called)
    left = group.permissions.exclude(codename__in=without)
    values = {"name": group.name, "permissions": list(left.values_list("pk", flat=True))} | changed
    answer = sign_in(Client(), lead).post(f"/admin/auth/group/{group.pk}/change/", values)
    assert answer.status_code == 302, answer.content


def test_a_group_that_loses_a_right_ends_the_sessions_of_who_loses_it(client, lead, reviewer):
    both = people.staff("both@portal.example", "Reviewers", "Leads")
    auditor = people.auditor()
    others = [sign_in(Client(), person) for person in (both, auditor, lead)]
    sign_in(client, reviewer)
    save_group(lead, "Reviewers", without=["review_registration"])
    assert not is_signed_in(client)
    event = Event.objects.get(verb="sessions_ended")
    assert (event.actor, event.stream) == (str(lead.pseudonym), reviewer.pseudonym)
    assert event.detail == {"why": "rights", "count": 1}
    assert all(is_signed_in(other) for other in others)
    save_group(lead, "Leads", without=["review_registration"])
    assert [is_signed_in(other) for other in others] == [False, True, True]


def test_a_right_that_somebody_has_of_their_own_stays(client, lead, reviewer):
    reviewer.user_permissions.add(Permission.objects.get(codename="review_registration"))
    sign_in(client, reviewer)
    save_group(lead, "Reviewers", without=["review_registration"])
    assert is_signed_in(client)


def test_a_group_that_gains_a_right_or_a_name_ends_nothing(client, lead, reviewer):
    sign_in(client, reviewer)
    every = list(Permission.objects.values_list("pk", flat=True))
    save_group(lead, "Reviewers", permissions=every)
    save_group(lead, "Reviewers", name="Deciders")
    assert is_signed_in(client)


def test_a_change_that_takes_no_right_ends_nothing(client, lead, reviewer):
    sign_in(client, reviewer)
    groups = list(Group.objects.filter(name__in=["Reviewers", "Leads"]).values_list("pk", flat=True))
    save_on_the_desk(lead, reviewer, full_name="Robin", groups=groups)
    assert is_signed_in(client)
