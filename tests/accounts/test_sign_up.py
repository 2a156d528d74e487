import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from portal.accounts.models import Organisation, Role, User
from portal.outbox.models import OutboxMessage
from tests.accounts.hashing import CountingHasher
from tests.accounts.mailing import confirm, deliver, link_in
from tests.pages.elements import with_attribute
from tests.support.pages import words
from tests.support.people import PASSWORD, home, partner

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "new@client.example"


def sign_up(client, email=NEW):
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})


def signed_in(client):
    return "_auth_user_id" in client.session


def log_in(client, email=NEW, password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_a_newcomer_gets_from_the_front_page_to_an_empty_form_in_four_pages(client):
    assert '"/accounts/signup/"' in client.get("/").text
    assert 'name="password1"' in client.get("/accounts/signup/").text
    assert sign_up(client)["Location"] == "/accounts/confirm-email/"
    page = client.get("/accounts/confirm-email/").text
    assert "Check your email" in page
    assert '"/accounts/login/?unconfirmed=1"' in page
    assert (
        "We emailed you a link to confirm your address." in client.get("/accounts/login/?unconfirmed=1").text
    )
    [email] = deliver()
    assert email.to == [NEW]
    assert 'name="full_name"' in client.get(link_in(email)).text
    assert confirm(client, email, name="New  Ltd ")["Location"] == "/registrations/"
    assert "Register a client" in client.get("/registrations/").text
    assert client.get("/registrations/new/").status_code == 200
    newcomer = User.objects.get(email=NEW)
    membership = newcomer.memberships.get()
    assert (membership.organisation.name, membership.role) == ("New Ltd", Role.ADMIN)
    assert newcomer.full_name == "Nora Newcomer"


def test_the_page_of_the_link_is_sent_once(client):
    """A second press would meet a link that is used, and a session that is over."""
    sign_up(client)
    [email] = deliver()
    (form,) = with_attribute(client.get(link_in(email)).text, "data-once")
    assert form.get("action").startswith("/accounts/confirm-email/")


def test_names_that_are_refused_confirm_nothing_and_stay_typed(client):
    sign_up(client)
    [email] = deliver()
    page = confirm(client, email, name="Pleo GmbH")
    assert "Leave Pleo out of the name." in page.text
    assert page.context["form"]["full_name"].value() == "Nora Newcomer"
    assert not EmailAddress.objects.get(email=NEW).verified
    assert not User.objects.get().full_name
    assert not signed_in(client)


def test_who_waits_to_be_added_confirms_without_an_organisation(client):
    sign_up(client)
    [email] = deliver()
    assert confirm(client, email, name="", later="1")["Location"] == "/registrations/"
    assert client.get("/registrations/")["Location"] == "/organisation/new/"
    assert User.objects.get().full_name == "Nora Newcomer"
    assert not Organisation.objects.exists()


def test_who_was_added_in_the_meantime_is_asked_for_no_organisation(client):
    sign_up(client)
    [email] = deliver()
    home(partner()).memberships.create(user=User.objects.get(email=NEW), role=Role.DEVELOPER)
    assert 'name="name"' not in client.get(link_in(email)).text
    assert client.post(link_in(email))["Location"] == "/registrations/"
    assert signed_in(client)


def test_the_link_tells_of_colleagues_as_a_confirmed_address_does(client):
    partner()
    sign_up(client)
    [email] = deliver()
    assert "data-colleagues" in client.get(link_in(email)).text
    assert "data-colleagues" not in Client().get(link_in(email)).text


def test_nobody_signs_in_before_the_address_is_confirmed(client):
    sign_up(client)
    assert log_in(client)["Location"] == "/accounts/confirm-email/"
    assert not signed_in(client)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_following_the_link_confirms_nothing(client, method):
    sign_up(client)
    [email] = deliver()
    for _ in range(2):
        getattr(client, method)(link_in(email))
    assert not EmailAddress.objects.get(email=NEW).verified
    assert not signed_in(client)


def test_following_the_link_leaves_somebody_else_signed_in(client):
    sign_up(client)
    [email] = deliver()
    client.force_login(partner())
    client.get(link_in(email))
    assert signed_in(client)


def test_a_used_link_confirms_nothing_again(client):
    sign_up(client)
    [email] = deliver()
    confirm(client, email)
    assert confirm(client, email).status_code == 404
    assert "This link does not work" in client.get(link_in(email)).text


def test_the_outbox_holds_an_id_and_no_key(client):
    sign_up(client)
    message = OutboxMessage.objects.get()
    assert message.kind == "account_confirm"
    assert message.ids == {"email_address": EmailAddress.objects.get(email=NEW).pk}


def test_an_email_ordered_before_the_confirmation_is_not_sent_after_it(client):
    sign_up(client)
    EmailAddress.objects.update(verified=True)
    assert deliver() == []


def test_the_email_has_a_plain_and_an_html_part_with_the_same_link(client):
    sign_up(client)
    [email] = deliver()
    [html] = [part.content for part in email.alternatives if part.mimetype == "text/html"]
    assert link_in(email) in html


def test_a_known_address_is_answered_like_a_new_one(client):
    known = partner()
    answers = []
    for address in (NEW, known.email):
        client.cookies.clear()
        answer = sign_up(client, address)
        page = client.get(answer["Location"])
        answers.append((answer.status_code, answer["Location"], words(page).replace(address, "")))
    assert answers[0] == answers[1]


def test_the_owner_of_a_known_address_gets_an_email_instead(client):
    known = partner()
    sign_up(client, known.email.upper())
    [email] = deliver()
    assert email.to == [known.email]
    assert email.subject == "You already have an account"
    assert User.objects.count() == 1


def test_a_known_address_costs_a_password_hash_too(client, settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.CountingHasher"]
    known = partner()
    counts = []
    for address in (NEW, known.email):
        CountingHasher.used = 0
        sign_up(client, address)
        counts.append(CountingHasher.used)
    assert counts == [1, 1]


def test_an_address_differs_not_by_case(client):
    sign_up(client, "New@Client.Example")
    sign_up(client, "new@client.example")
    assert User.objects.get().email == "new@client.example"


def test_too_many_sign_ups_are_told_when_to_come_back(client):
    answers = [sign_up(client, f"n{number}@client.example") for number in range(25)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_sign_up_that_fails_sends_nothing(client):
    client.post("/accounts/signup/", {"email": NEW, "password1": "too-short"})
    deliver()
    assert (User.objects.count(), mail.outbox) == (0, [])
    assert not Organisation.objects.exists()


def test_an_address_taken_between_check_and_insert_is_answered_like_any_other(client, settings):
    settings.ACCOUNT_FORMS = {"signup": "tests.accounts.rival.OvertakenForm"}
    assert sign_up(client)["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == EmailAddress.objects.count() == 1
    [email] = deliver()
    assert email.subject == "You already have an account"
