"""People change, take away and delete their own account."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts import own_account
from portal.accounts.models import Membership, PastMembership, Role, User
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.epochs.models import Epoch
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, Gone, NotAllowed
from tests.accounts.guessing_steps import attempt
from tests.accounts.mailing import deliver, link_in
from tests.support.pages import words
from tests.support.people import PASSWORD, colleague, home, member, partner, person, reviewer, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "nora@new.example"
CHANGE = "/accounts/email/change/"
DEAD = "This link does not work"


@pytest.fixture
def user():
    return partner()


@pytest.fixture
def browser(user):
    return sign_in(Client(), user)


def ask(browser, address=NEW):
    return browser.post(CHANGE, {"email": address})


def change_link(browser):
    """The link in the email to the new address."""
    ask(browser)
    return next(link_in(email) for email in deliver() if email.to == [NEW])


def verbs(user):
    return list(Event.objects.filter(stream=user.pseudonym).order_by("pk").values_list("verb", flat=True))


def test_a_name_is_changed_and_recorded(browser, user):
    assert browser.post("/accounts/name/", {"full_name": " Nora  Newname "}).status_code == 302
    user.refresh_from_db()
    assert user.full_name == "Nora Newname"
    assert verbs(user) == ["person_named"]


@pytest.mark.parametrize("name", ["", "a\u202eb", "x" * 151])
def test_a_name_that_cannot_be_is_refused_beside_its_field(browser, user, name):
    answer = browser.post("/accounts/name/", {"full_name": name})
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text
    assert verbs(user) == []


def test_an_address_changes_when_the_new_one_confirms(browser, user):
    link = change_link(browser)
    user.refresh_from_db()
    assert user.email == "partner@client.example"
    assert NEW in browser.get(link).text
    assert browser.post(link)["Location"] == "/accounts/email/"
    user.refresh_from_db()
    assert user.email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert verbs(user) == ["email_change_asked", "email_changed"]
    assert attempt(NEW, PASSWORD)["Location"] == "/registrations/"
    assert attempt("partner@client.example", PASSWORD).status_code == 200


def test_the_old_address_is_told_twice(browser):
    ask(browser)
    emails = {email.to[0]: email for email in deliver()}
    assert emails["partner@client.example"].subject == "A new email address was asked for"
    browser.post(link_in(emails[NEW]))
    [email] = deliver()
    assert (email.to, email.subject) == (["partner@client.example"], "Your email address was changed")


def test_opening_the_link_changes_nothing(browser, user):
    link = change_link(browser)
    browser.get(link)
    browser.head(link)
    assert User.objects.get().email == user.email


def test_the_link_works_for_nobody_else(browser):
    """It may have gone to a mistyped address, whose owner would take over the account."""
    link = change_link(browser)
    assert Client().post(link)["Location"].startswith("/accounts/login/")
    stranger = sign_in(Client(), partner("stranger@other.example", "Other Inc"))
    assert DEAD in stranger.get(link).text
    assert stranger.post(link).status_code == 410
    assert not User.objects.filter(email=NEW).exists()


def test_the_link_works_once_for_a_day_until_the_password_changes(browser, user):
    link = change_link(browser)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)), pytest.raises(Gone):
        own_account.change_email(link.rstrip("/").rsplit("/", 1)[1], by=user)
    token = link.rstrip("/").rsplit("/", 1)[1]
    Epoch.objects.create()
    with pytest.raises(Gone):
        own_account.change_email(token, by=user)
    token = own_account.email_token(user, NEW)
    user.set_password("amber-lantern-81")
    user.save()
    with pytest.raises(Gone):
        own_account.change_email(token, by=user)
    token = own_account.email_token(user, NEW)
    own_account.change_email(token, by=user)
    with pytest.raises(Gone):
        own_account.change_email(token, by=user)


def test_a_taken_address_is_answered_alike_and_its_owner_told(browser, user):
    stranger = person("stranger@other.example")
    answers = []
    for address in (NEW, stranger.email):
        with CaptureQueriesContext(connection) as made:
            answer = ask(browser, address)
        page = words(browser.get(answer["Location"])).replace(address, "")
        answers.append((answer.status_code, answer["Location"], page, len(made)))
    assert answers[0] == answers[1]
    emails = {email.to[0]: email.subject for email in deliver()}
    assert emails[stranger.email] == "Somebody entered your email address"


def test_an_address_that_was_taken_meanwhile_is_not_changed(browser, user):
    token = change_link(browser).rstrip("/").rsplit("/", 1)[1]
    person(NEW)
    with pytest.raises(Conflict):
        own_account.change_email(token, by=user)
    user.refresh_from_db()
    assert user.email == "partner@client.example"
    assert EmailAddress.objects.filter(user=user, verified=True).count() == 1


def test_changing_the_address_needs_a_recent_sign_in(user):
    old = sign_in(Client(), user, minutes_ago=16)
    asked = f"/accounts/reauthenticate/?next={CHANGE.replace('/', '%2F')}"
    assert old.get(CHANGE)["Location"] == asked
    assert ask(old)["Location"] == asked
    with pytest.raises(ReauthenticationNeeded):
        own_account.ask_for_email_change(NEW, by=user, signed_in_at=None)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("address", ["", "x", "partner@client.example", "Partner@Client.example"])
def test_an_address_that_cannot_be_is_refused_beside_its_field(browser, address):
    answer = ask(browser, address)
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text
    assert not OutboxMessage.objects.exists()


def test_asking_for_address_after_address_comes_to_an_end(browser):
    answers = [ask(browser, f"n{number}@new.example").status_code for number in range(6)]
    assert answers == [302] * 5 + [429]


def test_the_export_holds_what_is_kept_about_the_person(browser, user):
    stranger = person("stranger@other.example")
    browser.post("/accounts/name/", {"full_name": "Nora Newname"})
    sign_in(Client(), stranger).post("/accounts/name/", {"full_name": "Sam Stranger"})
    answer = browser.post("/accounts/export/")
    assert answer["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.content)
    assert (data["person"]["email"], data["person"]["name"]) == (user.email, "Nora Newname")
    assert [one["organisation"] for one in data["memberships"]] == ["Client Ltd"]
    assert len(data["sessions"]) == 1, "nobody else's"
    assert [event["verb"] for event in data["events"]] == ["data_exported", "person_named"]
    assert "Stranger" not in answer.text
    assert browser.get("/accounts/export/").status_code == 405


def test_a_deleted_account_is_erased_and_its_events_stay(user):
    leaver = colleague(home(user))
    browser = sign_in(Client(), leaver)
    browser.post("/accounts/name/", {"full_name": "Lea Leaver"})
    assert browser.post("/accounts/delete/")["Location"] == "/"
    leaver.refresh_from_db()
    assert (leaver.full_name, leaver.is_active, leaver.has_usable_password()) == (
        "Deleted account",
        False,
        False,
    )
    assert leaver.email == f"{leaver.pseudonym}@deleted.invalid"
    assert not EmailAddress.objects.filter(user=leaver).exists()
    assert not Membership.objects.filter(user=leaver).exists()
    assert PastMembership.objects.get(person=leaver).organisation == home(user)
    assert verbs(leaver) == ["person_named", "account_deleted", "sessions_ended"]
    assert Event.objects.get(verb="member_left").stream == home(user).uuid
    assert browser.get("/accounts/email/").status_code == 302


def test_a_deleted_account_opens_nothing_any_more(user):
    leaver = colleague(home(user))
    elsewhere, browser = sign_in(Client(), leaver), sign_in(Client(), leaver)
    browser.post("/accounts/delete/")
    assert elsewhere.get("/organisation/").status_code == 302
    assert attempt("colleague@client.example", PASSWORD).status_code == 200


def test_a_deletion_is_told_to_the_address_and_to_the_admins(user):
    leaver = colleague(home(user))
    sign_in(Client(), leaver).post("/accounts/delete/")
    emails = {email.to[0]: email.subject for email in deliver()}
    assert emails == {
        "colleague@client.example": "Your account is deleted",
        user.email: "A colleague deleted their account",
    }


def test_the_address_of_a_deleted_account_may_be_used_again(user):
    leaver = colleague(home(user))
    sign_in(Client(), leaver).post("/accounts/delete/")
    assert person("colleague@client.example").pk != leaver.pk


def test_the_last_admin_hands_over_first(browser, user):
    answer = browser.post("/accounts/delete/")
    assert answer.status_code == 409
    assert "last admin of Client Ltd" in answer.text
    assert User.objects.get().email == user.email
    member(home(user), "second@client.example", Role.ADMIN)
    assert browser.post("/accounts/delete/").status_code == 302


def test_the_page_says_what_stays(browser):
    page = browser.get("/accounts/delete/").text
    assert "What stays" in page
    assert User.objects.filter(is_active=True).exists()


def test_deleting_needs_a_recent_sign_in(user):
    old = sign_in(Client(), colleague(home(user)), minutes_ago=16)
    assert old.post("/accounts/delete/")["Location"].startswith("/accounts/reauthenticate/")
    with pytest.raises(ReauthenticationNeeded):
        own_account.delete_account(by=user, signed_in_at=timezone.now() - timedelta(minutes=16))
    assert User.objects.filter(is_active=False).count() == 0


def test_staff_do_not_delete_their_own_account():
    with pytest.raises(NotAllowed):
        own_account.delete_account(by=reviewer(), signed_in_at=timezone.now())
