"""Guessing gets nowhere, and keeps nobody out."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.guessing import (
    ACCOUNT,
    ACCOUNTS_OF_NETWORK,
    DAY,
    DEVICE,
    NETWORK,
    forget_past_windows,
)
from portal.models import FailedSignIns, GuessCounter
from portal.outbox.models import OutboxMessage
from tests.accounts.guessing_steps import (
    AFAR,
    HOME,
    WRONG,
    attempt,
    forget_session,
    guess,
    known_browser,
)
from tests.accounts.hashing import CountingHasher
from tests.accounts.mailing import deliver
from tests.support.pages import words
from tests.support.people import PASSWORD, colleague, home, partner, person, sign_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

UNKNOWN = "nobody@client.example"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


def slow_down(email, at=AFAR):
    """Guess as often as is free, and once more."""
    for _ in range(ACCOUNT.free + 1):
        assert guess(email, at=at)


def wait(clock, answer):
    clock.shift(int(answer["Retry-After"]))


def test_five_hundred_addresses_get_few_guesses_at_one_account(clock):
    user = partner()
    checked = sum(guess(user.email, at=f"198.51.{number // 250}.{number % 250}") for number in range(500))
    assert checked == ACCOUNT.free + 1


def test_a_hundred_days_of_guessing_are_a_hundred_guesses_a_day(clock):
    user = partner()
    checked = 0
    for _ in range(2 * DAY // 60):
        checked += guess(user.email)
        clock.shift(60)
    assert checked < 2 * 105


def test_who_guesses_is_told_when_to_come_back(clock):
    user = partner()
    slow_down(user.email)
    answer = attempt(user.email)
    assert (answer.status_code, answer["Retry-After"]) == (429, str(ACCOUNT.first))


def test_a_refused_try_does_not_lengthen_the_delay(clock):
    user = partner()
    slow_down(user.email)
    clock.shift(5)
    assert {attempt(user.email)["Retry-After"] for _ in range(5)} == {"10"}
    assert GuessCounter.objects.get(window_ends=NOON.timestamp() + DAY).failures == ACCOUNT.free + 1


def test_the_delay_doubles_up_to_a_quarter_of_an_hour(clock):
    user = partner()
    slow_down(user.email)
    delays = []
    for _ in range(9):
        delays.append(int((refused := attempt(user.email))["Retry-After"]))
        wait(clock, refused)
        assert guess(user.email)
    assert delays == [15, 30, 60, 120, 240, 480, 960, 960, 960]


def test_the_right_password_is_refused_during_the_delay_and_passes_after_it(clock):
    user = partner()
    slow_down(user.email)
    refused = attempt(user.email, PASSWORD, at=HOME)
    assert refused.status_code == 429
    wait(clock, refused)
    assert attempt(user.email, PASSWORD, at=HOME)["Location"] == "/registrations/"


def test_the_owner_signs_in_on_a_known_device_whatever_strangers_do(clock):
    user = partner()
    browser = known_browser(user)
    slow_down(user.email)
    assert attempt(user.email, PASSWORD, client=browser)["Location"] == "/registrations/"


def test_a_known_device_is_not_held_up_by_its_network(clock):
    user = partner()
    browser = known_browser(user, at=AFAR)
    for number in range(ACCOUNTS_OF_NETWORK.free * 3):
        guess(f"n{number}@client.example")
    assert attempt("m@client.example").status_code == 429
    assert attempt(user.email, PASSWORD, client=browser)["Location"] == "/registrations/"


def test_failures_on_a_known_device_are_counted_there_alone(clock):
    user = partner()
    browser = known_browser(user)
    for _ in range(DEVICE.free + 1):
        assert attempt(user.email, client=browser).status_code == 200
    assert (refused := attempt(user.email, PASSWORD, client=browser)).status_code == 429
    assert attempt(user.email, PASSWORD, at=HOME)["Location"] == "/registrations/"
    wait(clock, refused)
    assert attempt(user.email, PASSWORD, client=browser)["Location"] == "/registrations/"


def test_a_right_password_ends_the_count_of_the_device(clock):
    user = partner()
    browser = known_browser(user)
    for _ in range(3):
        for _ in range(DEVICE.free):
            attempt(user.email, client=browser)
        assert attempt(user.email, PASSWORD, client=browser).status_code == 302
        forget_session(browser)


def test_a_copy_of_the_cookie_keeps_its_count_when_the_owner_signs_in(clock):
    user = partner()
    browser = known_browser(user)
    thief = Client(REMOTE_ADDR=AFAR)
    name = settings.KNOWN_DEVICES_COOKIE_NAME
    thief.cookies[name] = browser.cookies[name].value
    for _ in range(DEVICE.free + 1):
        attempt(user.email, client=thief)
    wait(clock, attempt(user.email, client=thief))
    assert attempt(user.email, PASSWORD, client=browser).status_code == 302
    assert attempt(user.email, client=thief).status_code == 200
    assert attempt(user.email, client=thief)["Retry-After"] == "30"


def test_the_owner_signing_in_gives_strangers_no_new_guesses(clock):
    user = partner()
    for _ in range(ACCOUNT.free):
        assert guess(user.email)
    assert attempt(user.email, PASSWORD, at=HOME).status_code == 302
    assert guess(user.email)
    assert not guess(user.email)


def test_an_attacker_who_alternates_with_an_account_of_their_own_gains_nothing(clock):
    own = person("attacker@other.example")
    for number in range(ACCOUNTS_OF_NETWORK.free * 3):
        attempt(own.email, PASSWORD)
        if not guess(f"n{number}@client.example"):
            break
    assert GuessCounter.objects.get(accounts__gt=0).accounts == ACCOUNTS_OF_NETWORK.free + 1


def test_the_slips_of_a_few_leave_the_colleagues_behind_the_same_address(clock):
    """The same four people, who fail 32 times together, are four accounts for their network."""
    user = partner()
    slipping = [colleague(home(user), f"c{number}@client.example").email for number in range(4)]
    for _ in range(8):
        assert all(guess(email) for email in slipping)
        clock.shift(60)
    assert attempt(user.email, PASSWORD)["Location"] == "/registrations/"


def test_sign_ins_that_succeed_are_not_counted_for_the_network(clock):
    user = partner()
    for _ in range(3):
        attempt(user.email, PASSWORD)
    assert not GuessCounter.objects.exclude(failures=0, delayed_until=0).exists()


def test_many_accounts_that_fail_delay_their_network(clock):
    user = partner()
    assert sum(guess(f"n{number}@client.example") for number in range(200)) <= ACCOUNTS_OF_NETWORK.free + 8
    assert attempt(user.email, PASSWORD).status_code == 429
    assert attempt(user.email, PASSWORD, at=HOME).status_code == 302


def test_a_network_that_fails_hundreds_of_times_is_delayed_in_the_end(clock):
    accounts = [f"n{number}@client.example" for number in range(ACCOUNTS_OF_NETWORK.free)]
    for _ in range(15):
        for account in accounts:
            GuessCounter.objects.filter(window_ends=NOON.timestamp() + DAY).update(delayed_until=0)
            guess(account)
    assert GuessCounter.objects.get(window_ends=NOON.timestamp() + 3600).failures == NETWORK.free
    GuessCounter.objects.filter(window_ends=NOON.timestamp() + DAY).update(delayed_until=0)
    assert guess(accounts[0])
    assert attempt("another@client.example").status_code == 429


def test_the_addresses_of_one_network_count_as_one(clock):
    for number in range(ACCOUNTS_OF_NETWORK.free * 3):
        guess(f"n{number}@client.example", at=f"2001:db8:1:2::{number}")
    assert attempt(UNKNOWN, at="2001:db8:1:2:ffff::7").status_code == 429
    assert attempt(UNKNOWN, at="2001:db8:1:3::7").status_code == 200


def test_twenty_guesses_at_once_are_no_more_than_twenty_in_a_row():
    user = partner()
    answers = at_once(*[lambda: guess(user.email)] * 20)
    assert answers.count(True) == ACCOUNT.free + 1
    assert answers.count(False) == 20 - ACCOUNT.free - 1


@pytest.mark.parametrize("guesses", [0, 6], ids=["within the limit", "beyond it"])
def test_known_and_unknown_addresses_are_answered_alike(clock, settings, guesses):
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.CountingHasher"]
    known = partner().email
    answers = []
    for address in (known, UNKNOWN):
        for _ in range(guesses):
            guess(address)
        attempt("first@client.example")
        CountingHasher.used = 0
        with CaptureQueriesContext(connection) as made:
            answer = attempt(address)
        statements = [one["sql"].split()[0] for one in made if not one["sql"].startswith(("BEGIN", "COMMIT"))]
        page = words(answer).replace(address, "")
        answers.append((answer.status_code, page, CountingHasher.used, statements))
    assert answers[0] == answers[1]
    assert answers[0][2] == (0 if guesses else 1)


def test_case_and_blanks_make_no_other_account(clock):
    user = partner()
    for typed in (user.email, user.email.upper(), f" {user.email} ") * 2:
        attempt(typed)
    assert attempt(user.email).status_code == 429


def test_the_cookie_of_a_known_device_ends_with_the_password(clock):
    user = partner()
    browser = known_browser(user)
    user.set_password("amber-lantern-81")
    user.save()
    slow_down(user.email)
    assert attempt(user.email, "amber-lantern-81", client=browser).status_code == 429


def test_who_changes_the_password_stays_on_a_known_device(clock):
    user = partner()
    browser = sign_in(Client(), user)
    form = {"oldpassword": PASSWORD, "password1": "amber-lantern-81", "password2": "amber-lantern-81"}
    browser.post("/accounts/password/change/", form)
    forget_session(browser)
    slow_down(user.email)
    assert attempt(user.email, "amber-lantern-81", client=browser).status_code == 302


def test_the_cookie_of_a_known_device_fits_no_other_account(clock):
    user = partner()
    browser = known_browser(person("attacker@other.example"))
    slow_down(user.email)
    assert attempt(user.email, PASSWORD, client=browser).status_code == 429


def test_colleagues_may_share_a_browser(clock):
    user = partner()
    browser = known_browser(user)
    attempt(colleague(home(user)).email, PASSWORD, client=browser)
    forget_session(browser)
    slow_down(user.email)
    assert attempt(user.email, PASSWORD, client=browser).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "WyJhIiwiYiJd:1w", ":::"])
def test_a_forged_cookie_is_as_good_as_none(clock, cookie):
    user = partner()
    slow_down(user.email)
    browser = Client()
    browser.cookies[settings.KNOWN_DEVICES_COOKIE_NAME] = cookie
    assert attempt(user.email, PASSWORD, client=browser).status_code == 429


def test_the_cookie_says_nothing_of_the_account():
    user = partner()
    cookie = known_browser(user).cookies[settings.KNOWN_DEVICES_COOKIE_NAME]
    assert user.email not in cookie.value
    assert str(user.pseudonym) not in cookie.value


def test_the_owner_is_told_once_a_day_that_guesses_go_on(clock):
    user = partner()
    for _ in range(3 * DAY // 300):
        guess(user.email)
        clock.shift(300)
    emails = deliver()
    assert {email.subject for email in emails} == {"Somebody is guessing your password"}
    assert {address for email in emails for address in email.to} == {user.email}
    assert 2 <= len(emails) <= 3


def test_a_few_slips_are_no_reason_for_an_email(clock):
    slow_down(partner().email)
    assert deliver() == []


def test_for_an_unknown_address_the_same_is_queued_and_nothing_sent(clock):
    for _ in range(DAY // 300):
        guess(UNKNOWN)
        clock.shift(300)
    assert list(OutboxMessage.objects.values_list("kind", flat=True)) == ["account_guessed"]
    assert deliver() == []


def test_whoever_was_told_is_not_forgotten_with_the_window(clock):
    user = partner()
    for _ in range(20):
        guess(user.email)
        clock.shift(960)
    clock.shift(DAY - 20 * 960 + 1)
    assert forget_past_windows() == 1
    assert GuessCounter.objects.get().told_at


def test_past_windows_are_forgotten(clock):
    guess(UNKNOWN)
    clock.shift(DAY - 1)
    assert forget_past_windows() == 1
    clock.shift(1)
    assert forget_past_windows() == 1
    assert not GuessCounter.objects.exists()


def test_the_tables_do_not_say_who_was_tried(clock):
    slow_down(UNKNOWN)
    guess(UNKNOWN)
    stored = f"{list(GuessCounter.objects.values())} {list(FailedSignIns.objects.values())}"
    assert "nobody" not in stored
    assert AFAR not in stored


@pytest.mark.parametrize("where", ["again", "change"])
def test_guesses_of_somebody_signed_in_come_to_an_end(clock, where):
    user = partner()
    browser = sign_in(Client(), user)

    def enter(password):
        if where == "again":
            return browser.post("/accounts/reauthenticate/?next=/organisation/", {"password": password})
        form = {"oldpassword": password, "password1": "amber-lantern-81", "password2": "amber-lantern-81"}
        return browser.post("/accounts/password/change/", form)

    assert [enter(WRONG).status_code for _ in range(6)] == [200] * 6
    refused = enter(PASSWORD)
    assert refused.status_code == 429
    assert attempt(user.email, PASSWORD, at=HOME).status_code == 302
    wait(clock, refused)
    assert enter(PASSWORD).status_code == 302


def test_a_strangers_guesses_leave_the_owners_typing_the_password_again(clock):
    user = partner()
    browser = sign_in(Client(), user, minutes_ago=16)
    slow_down(user.email)
    answer = browser.post("/accounts/reauthenticate/?next=/organisation/", {"password": PASSWORD})
    assert answer["Location"] == "/organisation/"
