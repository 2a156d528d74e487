import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from portal.accounts.models import User
from portal.audit.models import Event
from tests.accounts.mailing import confirm, deliver, link_in
from tests.support.pages import words
from tests.support.people import PASSWORD, partner, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

VICTIM = "victim@client.example"
THEIRS = "stranger-danger-99"
NEXT = "amber-lantern-81"
INSIDE = "/registrations/"


def sign_up(browser, password=PASSWORD):
    return browser.post("/accounts/signup/", {"email": VICTIM, "password1": password})


def log_in(browser, password):
    return browser.post("/accounts/login/", {"login": VICTIM, "password": password})


def choose(browser, page, password=NEXT):
    return browser.post(page, {"password1": password, "password2": password})


def let_the_cooldown_pass(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": None}


@pytest.fixture
def stranger():
    """The browser that signed up with somebody else's address."""
    browser = Client()
    sign_up(browser, THEIRS)
    return browser


@pytest.fixture
def email(stranger):
    [email] = deliver()
    return email


def test_the_browser_that_signed_up_keeps_its_password(client):
    sign_up(client)
    [email] = deliver()
    assert confirm(client, email)["Location"] == INSIDE
    assert User.objects.get().check_password(PASSWORD)
    assert "_auth_user_id" in client.session
    assert not Event.objects.filter(verb="password_ended").exists()


def test_a_confirmation_elsewhere_ends_the_password(email, stranger):
    Client().post(link_in(email))
    assert EmailAddress.objects.get().verified
    assert not User.objects.get().has_usable_password()
    assert log_in(stranger, THEIRS).status_code == 200
    assert "_auth_user_id" not in stranger.session


def test_a_confirmation_elsewhere_leads_to_a_new_password(email, client):
    page = client.post(link_in(email))["Location"]
    assert "Choose a new password" in client.get(page).text
    assert choose(client, page)["Location"] == "/accounts/password/reset/key/done/"
    assert log_in(client, NEXT)["Location"] == "/registrations/"


def test_a_confirmation_elsewhere_is_recorded(email, client):
    choose(client, client.post(link_in(email))["Location"])
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-3:] == ["address_confirmed", "password_ended", "password_changed"]


def test_who_does_not_choose_a_password_at_once_asks_for_an_email(email, client):
    client.post(link_in(email))
    Client().post("/accounts/password/reset/", {"email": VICTIM})
    [reset] = deliver()
    browser = Client()
    page = browser.get(link_in(reset))["Location"]
    choose(browser, page)
    assert log_in(browser, NEXT)["Location"] == "/registrations/"


def test_the_page_to_choose_is_for_the_confirming_browser_alone(email, client, stranger):
    page = client.post(link_in(email))["Location"]
    assert "This link does not work" in choose(stranger, page, THEIRS).text
    assert not User.objects.get().has_usable_password()


def test_a_second_sign_up_does_not_keep_the_first_password(email, client, stranger):
    assert sign_up(client)["Location"] == "/accounts/confirm-email/"
    choose(client, client.post(link_in(email))["Location"])
    assert log_in(stranger, THEIRS).status_code == 200
    assert log_in(client, NEXT)["Location"] == "/registrations/"


def test_a_second_sign_up_in_the_same_browser_forgets_the_first(email, stranger):
    sign_up(stranger)
    assert confirm(stranger, email)["Location"] != INSIDE
    assert "_auth_user_id" not in stranger.session


def test_a_strangers_later_sign_up_leaves_the_owners_password(client, settings):
    let_the_cooldown_pass(settings)
    sign_up(client)
    sign_up(Client(), THEIRS)
    for email in deliver():
        assert email.subject == "Confirm your email address"
    assert confirm(client, email)["Location"] == INSIDE
    assert User.objects.get().check_password(PASSWORD)


def test_signing_in_before_the_confirmation_keeps_the_password_too(email, client):
    log_in(client, THEIRS)
    assert confirm(client, email)["Location"] == INSIDE
    assert User.objects.get().check_password(THEIRS)


def test_a_password_replaced_since_is_not_the_one_that_was_typed(email, stranger):
    user = User.objects.get()
    user.set_password(NEXT)
    user.save()
    assert confirm(stranger, email)["Location"] != INSIDE
    assert "_auth_user_id" not in stranger.session


def test_somebody_else_signed_in_is_signed_out_and_chooses(email, client):
    sign_in(client, partner())
    page = client.post(link_in(email))["Location"]
    assert "Choose a new password" in client.get(page).text
    assert client.get("/organisation/").status_code == 302


def test_following_the_link_elsewhere_leaves_the_password(email, client):
    assert "You choose a new password next" in words(client.get(link_in(email)))
    assert User.objects.get().check_password(THEIRS)
    assert not EmailAddress.objects.get().verified


def test_a_sign_up_for_a_waiting_address_is_answered_like_any_other(client, settings):
    let_the_cooldown_pass(settings)
    answers = []
    for browser in (Client(), Client()):
        answer = sign_up(browser)
        page = browser.get(answer["Location"])
        answers.append((answer.status_code, answer["Location"], words(page)))
    assert answers[0] == answers[1]
    assert [email.subject for email in deliver()] == ["Confirm your email address"] * 2
