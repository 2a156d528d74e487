"""Whoever is invited and has no account yet is offered the invitation, not a second organisation."""

import pytest
from django.test import Client

from portal.accounts.models import Organisation, User
from tests.accounts.inviting import NEW, invite, link
from tests.accounts.mailing import deliver, link_in
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invited():
    invitation = invite(people.partner())
    deliver()
    return invitation


def sign_up(client):
    client.post("/accounts/signup/", {"email": NEW, "password1": people.PASSWORD})
    [email] = deliver()
    return link_in(email)


def test_confirming_leads_to_the_invitation_and_founds_nothing(client, invited):
    confirmation = sign_up(client)
    page = client.get(confirmation).text
    assert 'name="name"' not in page
    assert "You see the invitation next." in page
    founding = {"full_name": "Nora Newcomer", "name": "Client Limited"}
    assert client.post(confirmation, founding)["Location"] == link(invited)
    assert Organisation.objects.count() == 1
    assert client.post(link(invited), {"full_name": "Nora Newcomer"})["Location"] == "/registrations/"
    newcomer = User.objects.get(email=NEW)
    assert (newcomer.organisations.get(), newcomer.full_name) == (invited.organisation, "Nora Newcomer")


def test_a_link_opened_in_another_browser_leads_there_after_the_password(client, invited):
    confirmation, other = sign_up(client), Client()
    chosen = other.post(confirmation, follow=True)
    other.post(
        chosen.request["PATH_INFO"], {"password1": "amber-lantern-81", "password2": "amber-lantern-81"}
    )
    other.post("/accounts/login/", {"login": NEW, "password": "amber-lantern-81"})
    page = other.get("/registrations/", follow=True)
    assert page.redirect_chain == [("/organisation/new/", 302)]
    assert f'href="{link(invited)}"' in page.text


def test_who_is_invited_may_still_found_their_own(client, invited):
    client.post(sign_up(client))
    assert client.post("/organisation/new/", {"full_name": "Nora", "name": "New Ltd"}).status_code == 302
    assert User.objects.get(email=NEW).organisations.get().name == "New Ltd"


def test_an_unconfirmed_address_is_shown_no_invitation(client, invited):
    impostor = people.person(NEW)
    impostor.emailaddress_set.update(verified=False)
    client.force_login(impostor)
    assert "data-invitation" not in client.get("/organisation/new/").text
