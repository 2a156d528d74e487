"""The second factor: staff reach nothing without one, its secrets are sealed, its changes are told."""

import json
import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from portal.accounts.second_factor_required import OPEN
from portal.audit.models import Event
from portal.sealing import id_of_key, key_id
from portal.sealing_keys import rotation
from portal.sessions.models import StoredSession
from tests.accounts.mailing import deliver
from tests.support import people
from tests.support.people import PASSWORD, sign_in
from tests.support.second_factor import ADD, app_of, code_of, passkey_of, set_up

pytestmark = pytest.mark.django_db
INDEX = "/accounts/second-factor/"
NEEDED = f"{INDEX}needed/"
CODES = f"{INDEX}codes/"
AUTHENTICATE = f"{INDEX}authenticate/"
LOGIN = "/accounts/login/"


def type_password(client, person, then=""):
    address = f"/accounts/login/?next={then}" if then else "/accounts/login/"
    return client.post(address, {"login": person.email, "password": PASSWORD})


def every_page():
    """The address of each page that needs no argument, by the name of its URL."""
    for namespace in ("", "admin:", "registrations:"):
        resolver = get_resolver().namespace_dict[namespace[:-1]][1] if namespace else get_resolver()
        for name in resolver.reverse_dict:
            if isinstance(name, str):
                try:
                    yield f"{namespace}{name}", reverse(f"{namespace}{name}")
                except NoReverseMatch:
                    continue


def test_staff_without_a_second_factor_reach_no_page(client, lead):
    sign_in(client, lead, second_factor=False)
    asked = 0
    for name, address in dict(every_page()).items():
        if name in OPEN or name.startswith("mfa_"):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert (answer.status_code, answer.get("Location")) == (302, NEEDED), (name, answer.status_code)
        asked += 1
    assert asked > 30


def test_a_script_is_told_so_in_json(client, reviewer):
    sign_in(client, reviewer, second_factor=False)
    answer = client.get("/registrations/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["second_factor"]) == (403, NEEDED)


@pytest.mark.parametrize("address", ["/accounts/logout/", INDEX, ADD, f"{INDEX}passkeys/add/"])
def test_what_staff_need_to_set_one_up_or_leave_is_open(client, reviewer, address):
    assert sign_in(client, reviewer, second_factor=False).get(address).status_code == 200


def test_partners_and_the_setting_ask_for_none(client, partner, reviewer, settings):
    assert sign_in(client, partner).get("/registrations/").status_code == 200
    settings.PORTAL_STAFF_SECOND_FACTOR = "optional"
    assert sign_in(client, reviewer, second_factor=False).get("/admin/").status_code == 200


def test_it_costs_no_statement(client, reviewer, settings):
    sign_in(client, reviewer).get("/admin/")
    with CaptureQueriesContext(connection) as required:
        client.get("/admin/")
    settings.PORTAL_STAFF_SECOND_FACTOR = "optional"
    with CaptureQueriesContext(connection) as optional:
        client.get("/admin/")
    assert len(required) == len(optional)


def test_the_first_day_of_staff_goes_on_to_the_page_that_was_asked_for(client, reviewer):
    page = "/admin/registrations/registration/?order=newest"
    other = sign_in(Client(), reviewer)
    assert type_password(client, reviewer, "/admin/registrations/registration/%3Forder=newest").url == page
    assert client.get(page).url == NEEDED
    assert client.get(NEEDED).url == INDEX
    answer, _ = set_up(client)
    assert answer.url == CODES
    assert f'href="{page}"' in client.get(CODES).content.decode()
    assert client.get(page).status_code == 200
    assert other.get("/admin/").status_code == 302
    event = Event.objects.get(verb="factor_added")
    assert (event.actor, event.detail) == (str(reviewer.pseudonym), {"kind": "totp"})
    (email,) = deliver()
    assert email.to == [reviewer.email]
    assert "an authenticator app was set up" in email.body


def test_a_wrong_first_code_sets_nothing_up(client, partner):
    sign_in(client, partner)
    page = client.post(ADD, {"code": "000000"})
    assert "wrong" in page.content.decode()
    assert not Authenticator.objects.exists()
    assert not Event.objects.filter(verb="factor_added").exists()


def test_signing_in_takes_the_code_and_each_only_once(reviewer):
    app_of(reviewer)
    browser, code = Client(), code_of()
    assert type_password(browser, reviewer, "/admin/").url == AUTHENTICATE
    assert browser.get("/admin/").url.startswith("/admin/login/")
    assert browser.post(AUTHENTICATE, {"code": code}).url == "/admin/"
    assert browser.get("/admin/").status_code == 200
    again = Client()
    type_password(again, reviewer)
    assert again.post(AUTHENTICATE, {"code": code}).status_code == 200
    assert again.get("/admin/").status_code == 302


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_a_code_is_used_up_for_as_long_as_it_is_accepted(reviewer, time_machine, between):
    """That is while the app shows it, and half a minute before and after."""
    app_of(reviewer)
    time_machine.move_to("2026-05-01 12:00:01Z", tick=False)
    code = code_of(step=1)
    for second, expected in ((1, 302), (31, 200), (59, 200), (89, 200)):
        time_machine.move_to(datetime(2026, 5, 1, 12, second // 60, second % 60, tzinfo=UTC), tick=False)
        browser = Client()
        type_password(browser, reviewer)
        shown = code if expected == 302 else f"{code[:3]}{between}{code[3:]}"
        assert browser.post(AUTHENTICATE, {"code": shown}).status_code == expected, second


def test_a_recovery_code_signs_in_once(client, partner):
    sign_in(client, partner)
    set_up(client)
    code = re.findall(r"<code>(\d{8})</code>", client.get(CODES).content.decode())[0]
    assert code in client.get(f"{CODES}download/").content.decode()
    for expected in (302, 200):
        browser = Client()
        type_password(browser, partner)
        assert browser.post(AUTHENTICATE, {"code": code}).status_code == expected


def test_codes_cannot_be_guessed(partner):
    app_of(partner)
    browser = Client()
    type_password(browser, partner)
    for _ in range(10):
        assert browser.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
    answer = browser.post(AUTHENTICATE, {"code": code_of()})
    assert answer.status_code == 429
    assert answer["Retry-After"]


def test_no_secret_is_in_the_database(client, partner):
    sign_in(client, partner)
    _, secret = set_up(client)
    pending = sign_in(Client(), people.stranger())
    shown = re.search(r"<code>([A-Z2-7]+)</code>", pending.get(ADD).content.decode()).group(1)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert shown not in json.dumps(dict(pending.session.items()))


def test_a_secret_that_is_copied_to_somebody_else_does_not_open(partner, stranger):
    mine = app_of(partner)
    Authenticator.objects.create(user=stranger, type="totp", data=mine.data)
    Authenticator.objects.filter(pk=mine.pk).delete()
    browser = Client()
    type_password(browser, stranger)
    assert browser.post(AUTHENTICATE, {"code": code_of()}).status_code == 503
    Authenticator.objects.create(user=partner, type="totp", data=mine.data)
    assert browser.post(AUTHENTICATE, {"code": code_of()}).status_code == 503


def test_a_new_sealing_key_covers_them(client, partner, settings):
    sign_in(client, partner)
    set_up(client)
    passkey_of(partner)
    old, new = settings.PORTAL_FERNET_KEYS[0], Fernet.generate_key().decode()
    settings.PORTAL_FERNET_KEYS = [new, old]
    done = rotation.rotate(lambda *_: None)
    assert (done.resealed, done.left, done.unopened) == (2, 0, [])
    app, codes = (Authenticator.objects.get(type=one).data for one in ("totp", "recovery_codes"))
    assert {id_of_key(app["secret"]), id_of_key(codes["seed"])} == {key_id(new)}
    assert codes["used_mask"] == 0
    settings.PORTAL_FERNET_KEYS = [new]
    assert len(re.findall(r"<code>\d{8}</code>", client.get(CODES).content.decode())) == 10


def test_staff_keep_one_factor_and_partners_need_none(client, partner, reviewer):
    for person, refused in ((partner, False), (reviewer, True)):
        app_of(person)
        answer = sign_in(client, person).post(f"{INDEX}app/remove/")
        assert answer.status_code == (409 if refused else 302)
        assert Authenticator.objects.filter(user=person).exists() is refused
    passkey = passkey_of(reviewer)
    assert client.post(f"{INDEX}app/remove/").status_code == 302
    assert client.post(f"{INDEX}passkeys/{passkey.pk}/remove/").status_code == 409
    assert [event.detail["kind"] for event in Event.objects.filter(verb="factor_removed")] == ["totp"] * 2
    assert [email.subject for email in deliver()] == ["The second factor of your account was changed"] * 2


def test_a_change_ends_the_other_sessions(client, partner):
    app_of(partner)
    other = sign_in(Client(), partner)
    sign_in(client, partner)
    assert client.post(f"{CODES}new/").url == CODES
    assert Event.objects.get(verb="factor_replaced").detail == {"kind": "recovery_codes"}
    assert Event.objects.get(verb="sessions_ended").detail == {"why": "factor", "count": 1}
    assert StoredSession.objects.filter(user=partner).count() == 1
    assert other.get("/accounts/email/").status_code == 302
    assert client.get("/accounts/email/").status_code == 200


@pytest.mark.parametrize(
    "address", [ADD, f"{INDEX}passkeys/add/", f"{INDEX}app/remove/", f"{CODES}new/", CODES]
)
def test_an_old_sign_in_is_asked_who_it_is(client, partner, address):
    set_up(sign_in(client, partner))
    if address == ADD:
        Authenticator.objects.all().delete()
    sign_in(client, partner, minutes_ago=16)
    assert client.get(address).url.startswith("/accounts/reauthenticate/?next=")
    answer = client.post(f"/accounts/reauthenticate/?next={address}", {"password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, address)
    assert client.get(address).status_code == 200


def test_a_code_counts_like_the_password(client, reviewer):
    app_of(reviewer)
    sign_in(client, reviewer, minutes_ago=16)
    assert "Use a code" in client.get("/accounts/reauthenticate/").content.decode()
    client.post(f"{INDEX}reauthenticate/", {"code": code_of()})
    assert client.get(f"{CODES}new/").status_code == 200


def test_staff_who_have_one_but_not_in_this_session_prove_it(client, reviewer):
    app_of(reviewer)
    sign_in(client, reviewer, second_factor=False)
    assert client.get("/admin/?a=b").url == NEEDED
    page = client.get(NEEDED).url
    assert page == f"{INDEX}reauthenticate/?next=%2Fadmin%2F%3Fa%3Db"
    assert client.post(page, {"code": code_of()}).url == "/admin/?a=b"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "[]",
        "1",
        "null",
        '"x"',
        "{}",
        '{"id": 1}',
        '{"response": []}',
        '{"response": {"userHandle": 7}}',
    ]
    + ['{"id": "AA", "type": "public-key", "rawId": "AA", "response": {"userHandle": "AA"}}']
    + [
        '{"id": "AA", "type": "public-key", "rawId": "AA", "response": {"clientDataJSON": "AA", '
        '"authenticatorData": "AA", "signature": "AA", "userHandle": null}}'
    ],
)
def test_an_unreadable_passkey_is_a_wrong_one(client, partner, credential):
    options = client.get(f"{INDEX}passkeys/login/", headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    answer = client.post(f"{INDEX}passkeys/login/", {"credential": credential})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    sign_in(client, partner)
    assert client.get(f"{INDEX}passkeys/add/").status_code == 200
    answer = client.post(f"{INDEX}passkeys/add/", {"name": "x", "credential": credential})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_a_factor_that_was_taken_off_meanwhile_is_asked_for_no_more(client, partner):
    app_of(partner)
    type_password(client, partner)
    Authenticator.objects.all().delete()
    answer = client.get(AUTHENTICATE, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(LOGIN, 302)])
    assert client.get("/registrations/")["Location"].startswith(LOGIN)


def test_who_is_asked_for_a_code_can_sign_in_as_somebody_else(client, partner, stranger):
    app_of(partner)
    type_password(client, partner)
    assert client.get(LOGIN)["Location"] == AUTHENTICATE
    assert client.post("/accounts/logout/", {"next": LOGIN})["Location"] == LOGIN
    assert type_password(client, stranger)["Location"] == "/registrations/"
