"""What the account pages say when something is wrong, in the words of the rest of the portal."""

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter

from tests.support.people import PASSWORD, partner, sign_in
from tests.support.second_factor import app_of

pytestmark = pytest.mark.django_db
FACTOR = "/accounts/second-factor/"
WRONG = {
    "address": "The email address or the password is wrong.",
    "password": "The email address or the password is wrong.",
    "password again": "This password is wrong.",
    "password to change": "This is not your current password.",
    "code": "This code is wrong, has expired or was used already.",
    "address not confirmed": "Confirm your email address first: open the link that we emailed you.",
    "no factor": "Set up an app or a passkey first.",
}
OF_THE_LIBRARY = [
    str(words)
    for adapter in (DefaultAccountAdapter, DefaultMFAAdapter)
    for words in adapter.error_messages.values()
]


def answer(client, what):
    person = partner()
    match what:
        case "address":
            return client.post("/accounts/login/", {"login": "nobody@client.example", "password": PASSWORD})
        case "password":
            return client.post("/accounts/login/", {"login": person.email, "password": "wrong"})
    sign_in(client, person)
    match what:
        case "password again":
            return client.post("/accounts/reauthenticate/", {"password": "wrong"})
        case "password to change":
            return client.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": PASSWORD})
        case "code":
            app_of(person)
            return client.post(f"{FACTOR}reauthenticate/", {"code": "000000"})
        case "address not confirmed":
            EmailAddress.objects.create(user=person, email="second@client.example")
            return client.get(f"{FACTOR}app/add/", follow=True)
    return client.post(f"{FACTOR}codes/new/", follow=True)


@pytest.mark.parametrize("what", WRONG)
def test_a_page_says_plainly_what_is_wrong(client, what):
    page = answer(client, what).text
    assert WRONG[what] in page
    assert not [words for words in OF_THE_LIBRARY if words in page]
