"""Links in emails that were sent before a backup was restored."""

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client

from portal.accounts.models import User
from portal.epochs.models import Epoch
from portal.outbox.queue import enqueue
from tests.accounts.mailing import confirm, deliver, link_in
from tests.support.people import PASSWORD, partner, person

pytestmark = pytest.mark.django_db(transaction=True)

DEAD = "This link does not work"


def reset_email(user):
    Client().post("/accounts/password/reset/", {"email": user.email})
    return deliver()[-1]


def signed_up(email):
    Client().post("/accounts/signup/", {"email": email, "password1": PASSWORD})
    return deliver()[-1]


def opened(email):
    return Client().get(link_in(email), follow=True).text


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_reset_link_from_before_is_void(earlier):
    for _ in range(earlier):
        Epoch.objects.create()
    email = reset_email(partner())
    assert 'name="password1"' in opened(email)
    Epoch.objects.create()
    assert DEAD in opened(email)


def test_a_reset_form_that_was_open_sets_no_password():
    user, client = partner(), Client()
    form = client.get(link_in(reset_email(user)), follow=True)
    Epoch.objects.create()
    client.post(form.request["PATH_INFO"], {"password1": "amber-lantern-81", "password2": "amber-lantern-81"})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_link_of_an_added_account_from_before_is_void():
    with transaction.atomic():
        enqueue("account_added", user=person("added@portal.example").pk)
    [email] = deliver()
    assert 'name="password1"' in opened(email)
    Epoch.objects.create()
    assert DEAD in opened(email)


def test_a_link_that_is_sent_afterwards_works():
    Epoch.objects.create()
    assert 'name="password1"' in opened(reset_email(partner()))
    email = signed_up("new@client.example")
    confirm(Client(), email)
    assert EmailAddress.objects.get(email="new@client.example").verified


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_confirmation_link_from_before_confirms_nothing(earlier):
    for _ in range(earlier):
        Epoch.objects.create()
    email = signed_up("new@client.example")
    Epoch.objects.create()
    assert DEAD in opened(email)
    assert confirm(Client(), email).status_code == 404
    assert not EmailAddress.objects.get(email="new@client.example").verified


def test_a_confirmation_link_from_before_does_not_confirm_who_got_the_number_since():
    """The number of an address that is not in the backup is given away a second time."""
    theirs = signed_up("mallory@other.example")
    number = EmailAddress.objects.get(email="mallory@other.example").pk
    User.objects.filter(email="mallory@other.example").delete()
    Epoch.objects.create()
    signed_up("victim@client.example")
    EmailAddress.objects.filter(email="victim@client.example").update(id=number)
    assert confirm(Client(), theirs).status_code == 404
    assert not EmailAddress.objects.get(email="victim@client.example").verified
