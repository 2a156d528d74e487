import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.outbox.models import OutboxMessage
from tests.accounts.hashing import CountingHasher
from tests.accounts.mailing import deliver, link_in
from tests.support.pages import words
from tests.support.people import PASSWORD, partner, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NEXT = "amber-lantern-81"
UNKNOWN = "nobody@client.example"


def ask(client, email):
    return client.post("/accounts/password/reset/", {"email": email})


def log_in(client, email, password):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_a_forgotten_password_is_replaced_by_mail(client):
    user = partner()
    ask(client, user.email)
    [email] = deliver()
    form = client.get(link_in(email), follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": NEXT, "password2": NEXT})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    assert log_in(client, user.email, NEXT)["Location"] == "/registrations/"


def test_the_reset_link_works_once(client):
    user = partner()
    ask(client, user.email)
    [email] = deliver()
    form = client.get(link_in(email), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEXT, "password2": NEXT})
    assert "This link does not work" in client.get(link_in(email), follow=True).text


def test_following_the_reset_link_leaves_the_password(client):
    user = partner()
    ask(client, user.email)
    client.get(link_in(deliver()[0]), follow=True)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_owner_hears_of_the_new_password(client):
    user = partner()
    sign_in(client, user)
    form = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT}
    assert client.post("/accounts/password/change/", form).status_code == 302
    [email] = deliver()
    assert (email.to, email.subject) == ([user.email], "Your password was changed")


def test_a_new_password_ends_the_other_sessions(client):
    user = partner()
    elsewhere = sign_in(type(client)(), user)
    sign_in(client, user)
    form = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT}
    client.post("/accounts/password/change/", form)
    assert client.get("/organisation/").status_code == 200
    assert elsewhere.get("/organisation/").status_code == 302


def test_a_reset_is_answered_alike_for_known_and_unknown_addresses(client):
    answers = []
    ask(client, "first@client.example")  # the cache counts from here: its first write is another statement
    for address in (partner().email, UNKNOWN):
        client.cookies.clear()
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = ask(client, address)
        page = client.get(answer["Location"])
        answers.append((answer.status_code, answer["Location"], words(page), len(statements)))
    assert answers[0] == answers[1]


def test_an_unknown_address_gets_an_email_that_says_so(client):
    ask(client, UNKNOWN)
    assert OutboxMessage.objects.get().ids == {"address": UNKNOWN}
    [email] = deliver()
    assert (email.to, email.subject) == ([UNKNOWN], "There is no account for this address")


def test_the_outbox_holds_no_reset_token(client):
    user = partner()
    ask(client, user.email)
    assert OutboxMessage.objects.get().ids == {"user": user.pk}


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.CountingHasher"]
    known = partner().email
    answers = []
    for address in (known, UNKNOWN):
        client.cookies.clear()
        CountingHasher.used = 0
        answer = log_in(client, address, "wrong-password-1")
        answers.append((answer.status_code, words(answer).replace(address, ""), CountingHasher.used))
    assert answers[0] == answers[1]


def test_a_deactivated_account_does_not_sign_in_and_its_session_ends(client):
    user = partner()
    sign_in(client, user)
    type(user).objects.update(is_active=False)
    assert client.get("/organisation/")["Location"].startswith("/accounts/login/")
    assert log_in(client, user.email, PASSWORD)["Location"] == "/accounts/inactive/"


def test_signing_out_takes_a_post(client):
    sign_in(client, partner())
    client.get("/accounts/logout/")
    assert client.get("/organisation/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/organisation/").status_code == 302


def test_typing_the_password_again_makes_an_old_sign_in_recent(client):
    user = partner()
    sign_in(client, user, minutes_ago=16)
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong-password-1"})
    assert wrong.status_code == 200
    right = client.post("/accounts/reauthenticate/?next=/organisation/", {"password": PASSWORD})
    assert right["Location"] == "/organisation/"
