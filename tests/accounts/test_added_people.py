"""Staff add a person, who gets an email and chooses their own password."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from tests.accounts.mailing import deliver, link_in
from tests.support.people import lead, sign_in

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/user/add/"
NEXT = "amber-lantern-81"
ADDRESS = "next@portal.example"


@pytest.fixture
def desk(client):
    return sign_in(client, lead())


def add(desk, **changed):
    return desk.post(ADD, {"email": ADDRESS, "full_name": "Next", "is_active": "on"} | changed, follow=True)


def choose(browser, link):
    form = browser.get(link, follow=True)
    return browser.post(form.request["PATH_INFO"], {"password1": NEXT, "password2": NEXT})


def log_in(browser):
    return browser.post("/accounts/login/", {"login": ADDRESS, "password": NEXT})


def test_an_added_person_chooses_a_password_and_comes_in(desk):
    page = add(desk, is_staff="on", password="typed-by-lead-1", password1="typed-by-lead-1")
    assert "They get an email with a link to choose a password." in page.text
    assert not User.objects.get(email=ADDRESS).has_usable_password()
    assert OutboxMessage.objects.get().ids == {"user": User.objects.get(email=ADDRESS).pk}
    [email] = deliver()
    assert (email.to, email.subject) == ([ADDRESS], "Choose a password for your new account")
    assert "Pleo created an account with next@portal.example for you" in email.body
    browser = type(desk)()
    assert choose(browser, link_in(email))["Location"] == "/accounts/password/reset/key/done/"
    assert log_in(browser)["Location"] == "/admin/"
    assert [each.subject for each in deliver()] == ["Your password was changed"]


def test_the_link_proves_the_address_and_the_log_says_so(desk):
    add(desk)
    choose(type(desk)(), link_in(deliver()[0]))
    added = User.objects.get(email=ADDRESS)
    assert added.has_verified_address()
    assert EmailAddress.objects.get(user=added).primary
    events = Event.objects.filter(stream=added.pseudonym).order_by("pk").values_list("verb", "actor")
    lead_, own = str(User.objects.get(is_superuser=True).pseudonym), str(added.pseudonym)
    assert list(events) == [("user_added", lead_), ("password_changed", own), ("address_confirmed", own)]


def test_a_link_that_is_too_old_leads_to_a_new_one(desk):
    add(desk)
    link, browser = link_in(deliver()[0]), type(desk)()
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        page = browser.get(link, follow=True)
        assert "This link does not work" in page.text
        assert 'href="/accounts/password/reset/"' in page.text
        browser.post("/accounts/password/reset/", {"email": ADDRESS})
        [email] = deliver()
        assert "Your account has no password yet." in email.body
        assert "Your current password" not in email.body
        assert choose(browser, link_in(email)).status_code == 302
        assert log_in(browser)["Location"] == "/registrations/"


def test_the_link_works_once(desk):
    add(desk)
    link = link_in(deliver()[0])
    choose(type(desk)(), link)
    assert "This link does not work" in type(desk)().get(link, follow=True).text


def test_an_email_that_comes_late_says_what_is_so(desk):
    add(desk)
    added = User.objects.get(email=ADDRESS)
    added.set_password(NEXT)
    added.save()
    [email] = deliver()
    assert "It has a password already." in email.body
    assert "It has a password already." in email.alternatives[0].content


def test_nobody_is_invited_to_an_account_that_is_not_active(desk):
    assert "They get no email, because the account is not active." in add(desk, is_active="").text
    assert not OutboxMessage.objects.exists()


def test_an_account_deactivated_meanwhile_gets_no_email(desk):
    add(desk)
    User.objects.filter(email=ADDRESS).update(is_active=False)
    assert deliver() == []


def test_a_refused_form_tells_nobody(desk):
    add(desk, full_name="Ann\u202e")
    assert not OutboxMessage.objects.exists()
    assert not Event.objects.filter(verb="user_added").exists()
