"""The credentials: one page for every member, one secret for one person, once."""

import json
import re
import shlex
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.utils import timezone

from portal.audit.models import Event
from portal.limits import REVEAL
from portal.sessions.models import StoredSession
from portal.sessions.store import SessionStore
from registrations.client_secrets import verifier_of
from registrations.models import ClientSecret, PkceException
from registrations.workflow import client, drafting, secrets
from tests.pages.addresses import at, secret_at
from tests.pages.elements import buttons, elements, with_attribute
from tests.support.limits import use_up
from tests.support.pages import words
from tests.support.registrations import a_draft, approved, excepted, in_days, reveal, submitted
from tests.support.statements import statements

SECRET = re.compile(r"\b[0-9a-f]{64}\b")


def texts(page, name):
    return [e.words() for e in with_attribute(page.text, name)]


def snippet(page, key):
    (found,) = with_attribute(page.text, "data-snippet", key)
    return found.text


def text_of(page):
    return " ".join(words(page).split())


def still_sealed(secret):
    return ClientSecret.objects.get(pk=secret.pk).status == "sealed"


# --- the page


def test_the_page_reads_the_live_version_once(login, partner, reviewer):
    live = approved(partner, reviewer)
    browser = login(partner)
    with statements() as made:
        assert snippet(browser.get(at(live, "credentials/")), "env")
    assert len(made) <= 6


@pytest.mark.parametrize("make", [a_draft, submitted])
def test_before_the_approval_the_page_explains(login, partner, make):
    page = login(partner).get(at(make(partner), "credentials/"))
    assert page.status_code == 200
    assert "Not issued yet" in page.text
    assert not buttons(page)


def test_a_discarded_draft_has_no_environment_to_name(login, partner):
    registration = a_draft(partner)
    drafting.discard(registration.uuid, by=partner)
    assert "environment" not in words(login(partner).get(at(registration, "credentials/")))


def test_the_page_shows_the_client_id_and_the_endpoints(login, partner, live):
    page = login(partner).get(at(live, "credentials/"))
    assert texts(page, "data-client-id") == [str(live.client_id)]
    assert "https://auth.staging.pleo.io/oauth/token" in page.text
    assert buttons(page) == {"reveal"}
    assert with_attribute(page.text, "href", secret_at(live, live.secrets.get(), "revoke"))
    assert not SECRET.search(page.text)


def test_the_production_client_has_the_production_endpoints(login, partner, reviewer):
    live = approved(partner, reviewer, environment="production")
    assert "https://auth.pleo.io/oauth/token" in login(partner).get(at(live, "credentials/")).text


def test_pkce_is_said_to_be_required_as_long_as_it_is(login, partner, lead, live):
    browser, free = login(partner), excepted(partner, lead, client_name="Excepted Client")
    shown = browser.post(secret_at(free, free.secrets.get(), "reveal"))
    for page in (browser.get(at(free, "credentials/")), shown):
        assert "Not required until" in page.text
    assert "Not required until" not in browser.get(at(live, "credentials/")).text
    PkceException.objects.update(expires_on=in_days(-1))
    assert "Not required until" not in browser.get(at(free, "credentials/")).text


def test_a_viewer_sees_the_states_without_buttons(login, viewer, live):
    page = login(viewer).get(at(live, "credentials/"))
    assert page.status_code == 200
    assert str(live.client_id) in page.text
    assert "Ready to reveal" in page.text
    assert not buttons(page)


def test_a_stranger_finds_no_credentials(login, stranger, live):
    assert login(stranger).get(at(live, "credentials/")).status_code == 404


def test_a_visitor_signs_in_first(live):
    answer = Client().get(at(live, "credentials/"))
    assert answer["Location"] == f"/accounts/login/?next={at(live, 'credentials/')}"


def test_after_the_reveal_a_new_one_can_be_issued(login, partner, live, secret):
    reveal(live, partner)
    page = login(partner).get(at(live, "credentials/"))
    assert buttons(page) == {"leaked", "rotate"}
    assert with_attribute(page.text, "href", secret_at(live, secret, "revoke"))


def test_where_no_secret_works_nothing_is_asked_about_one(login, partner, live, secret):
    secrets.revoke(live.uuid, secret.uuid, by=partner, confirmed="Example Client")
    page = login(partner).get(at(live, "credentials/"))
    (grace,) = with_attribute(page.text, "name", "grace")
    assert (grace.tag, grace.get("type"), grace.get("value")) == ("input", "hidden", "now")
    assert "current secret" not in page.text
    assert not [e for e in elements(page.text) if e.tag == "details"]


def test_an_overdue_secret_counts_as_lapsed_before_anybody_booked_it(login, partner, live, secret):
    before = timezone.now() - timedelta(days=8)
    ClientSecret.objects.update(issued_at=before, reveal_until=before + timedelta(days=7))
    page = login(partner).get(at(live, "credentials/"))
    assert buttons(page) == {"rotate"}
    assert "There is no working secret." in page.text
    assert login(partner).post(secret_at(live, secret, "reveal")).status_code == 410


def test_a_suspended_client_can_only_revoke(login, partner, reviewer, live, secret):
    client.suspend(live.uuid, by=reviewer, reason="It was sold.")
    browser = login(partner)
    assert with_attribute(
        browser.get(at(live, "credentials/")).text, "href", secret_at(live, secret, "revoke")
    )
    assert browser.post(secret_at(live, secret, "reveal")).status_code == 409
    assert browser.post(at(live, "secrets/rotate/"), {"grace": "now"}).status_code == 409
    assert still_sealed(secret)


def test_no_secret_is_said_to_work_while_the_client_is_suspended(login, partner, reviewer, live, secret):
    reveal(live, by=partner)
    client.suspend(live.uuid, by=reviewer, reason="It was sold.")
    page = words(login(partner).get(at(live, "credentials/")))
    assert "It does not work while the client is suspended." in page
    assert "This secret works." not in page


# --- the reveal


def test_the_secret_is_shown_in_the_answer_to_the_press(login, partner, live, secret):
    page = login(partner).post(secret_at(live, secret, "reveal"))
    assert page.status_code == 200
    (shown,) = texts(page, "data-secret")
    assert verifier_of(shown) == secret.verifier
    assert SECRET.findall(page.text) == [shown]
    assert texts(page, "data-client-id") == [str(live.client_id)]
    assert page["Cache-Control"] == "no-store"
    assert page["Pragma"] == "no-cache"
    assert page["Referrer-Policy"] == "no-referrer"


def test_a_second_reveal_is_gone_and_knows_the_way_out(login, partner, colleague, live, secret):
    login(partner).post(secret_at(live, secret, "reveal"))
    again_ = login(colleague).post(secret_at(live, secret, "reveal"))
    assert again_.status_code == 410
    assert not SECRET.search(again_.text)
    assert "shown only once. If you do not have it, issue a new one." in text_of(again_)
    assert at(live, "credentials/") in [e.get("href") for e in elements(again_.text)]


def test_a_revoked_secret_is_gone(login, partner, live, secret):
    secrets.revoke(live.uuid, secret.uuid, by=partner, confirmed="Example Client")
    answer = login(partner).post(secret_at(live, secret, "reveal"))
    assert answer.status_code == 410
    assert "This secret was revoked. If you do not have it, issue a new one." in text_of(answer)


def test_the_secret_of_a_closed_client_is_gone_and_there_is_no_new_one(login, partner, live, secret):
    client.close(live.uuid, by=partner)
    answer = login(partner).post(secret_at(live, secret, "reveal"))
    assert answer.status_code == 410
    assert "This secret was revoked. The client is closed." in text_of(answer)


def test_the_session_has_another_key_afterwards_and_holds_no_secret(login, partner, live, secret):
    browser = login(partner)
    before = browser.session.session_key
    shown = texts(browser.post(secret_at(live, secret, "reveal")), "data-secret")[0]
    assert browser.session.session_key != before
    assert not StoredSession.objects.of_key(before).exists()
    assert all(
        shown not in str(SessionStore().decode(row.session_data)) for row in StoredSession.objects.all()
    )
    assert browser.get(at(live, "credentials/")).status_code == 200


@pytest.mark.parametrize("verb", ["reveal", "leaked"])
@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_anything_but_a_press_consumes_nothing(login, partner, stranger, live, secret, verb, method):
    for browser in (login(partner), login(stranger), Client()):
        answer = getattr(browser, method)(secret_at(live, secret, verb))
        assert answer.status_code == 405
        assert not SECRET.search(answer.text)
    assert still_sealed(secret)


def test_opening_the_address_of_a_button_says_so_to_everybody_alike(login, partner, stranger, live, secret):
    opened = [
        browser.get(secret_at(live, secret, "reveal"))
        for browser in (login(partner), login(stranger), Client())
    ]
    assert {(answer.status_code, answer["Allow"]) for answer in opened} == {(405, "POST")}
    assert len({words(answer).partition("<main")[2].partition("</main>")[0] for answer in opened}) == 1
    assert "This address only works through a button" in opened[0].text
    assert with_attribute(opened[0].text, "href", at(live))


def test_a_prefetch_consumes_nothing(login, partner, live, secret):
    answer = login(partner).get(secret_at(live, secret, "reveal"), headers={"sec-purpose": "prefetch"})
    assert answer.status_code == 405
    assert still_sealed(secret)


def test_a_strangers_press_cannot_be_told_from_nothing(login, partner, stranger, live, secret):
    browser = login(stranger)
    answer = browser.post(secret_at(live, secret, "reveal"))
    ghost = browser.post(
        "/registrations/6f9619ff-8b86-4011-b42d-00c04fc964ff/secrets/6f9619ff-8b86-4011-b42d-00c04fc964ff/reveal/"
    )
    assert (answer.status_code, words(answer)) == (404, words(ghost))
    assert still_sealed(secret)


def test_a_secret_is_not_found_under_another_registration(login, partner, reviewer, live, secret):
    other = approved(partner, reviewer)
    assert login(partner).post(secret_at(other, secret, "reveal")).status_code == 404
    assert still_sealed(secret)


def test_a_viewers_press_is_refused_and_leaves_a_trace(login, viewer, live, secret):
    assert login(viewer).post(secret_at(live, secret, "reveal")).status_code == 403
    assert still_sealed(secret)
    assert Event.objects.get(verb="secret.reveal").outcome == "refused"


def test_a_removed_member_is_refused_at_the_next_press(login, partner, colleague, live, secret):
    browser = login(colleague)
    colleague.memberships.all().delete()
    assert browser.post(secret_at(live, secret, "reveal")).status_code == 302
    assert still_sealed(secret)


def test_a_visitors_press_leads_to_the_sign_in(live, secret):
    answer = Client().post(secret_at(live, secret, "reveal"))
    assert answer["Location"] == f"/accounts/login/?next={at(live)}"
    assert still_sealed(secret)


def test_an_old_sign_in_has_to_be_confirmed_first(login, partner, live, secret):
    answer = login(partner, minutes_ago=16).post(secret_at(live, secret, "reveal"))
    way_back = quote(at(live, "credentials/"), safe="")
    assert answer["Location"] == f"/accounts/reauthenticate/?next={way_back}"
    assert still_sealed(secret)


def test_a_sign_in_of_fourteen_minutes_is_recent(login, partner, live, secret):
    assert login(partner, minutes_ago=14).post(secret_at(live, secret, "reveal")).status_code == 200


def test_a_session_that_knows_of_no_sign_in_is_not_recent(partner, live, secret):
    browser = Client()
    browser.force_login(partner)
    session = browser.session
    session.pop("account_authentication_methods", None)
    session.save()
    assert browser.post(secret_at(live, secret, "reveal")).status_code == 302
    assert still_sealed(secret)


def test_the_wrong_sealing_key_burns_nothing(login, partner, live, secret, settings):
    right = settings.PORTAL_FERNET_KEYS
    browser = login(partner)
    settings.PORTAL_FERNET_KEYS = [Fernet.generate_key().decode()]
    answer = browser.post(secret_at(live, secret, "reveal"))
    assert answer.status_code == 503
    assert "Nothing was lost" in answer.text
    assert still_sealed(secret)
    assert browser.get(at(live, "credentials/")).status_code == 200
    settings.PORTAL_FERNET_KEYS = right
    assert browser.post(secret_at(live, secret, "reveal")).status_code == 200


def test_reveals_are_limited_for_account_and_secret(login, partner, colleague, live, secret):
    use_up(REVEAL, f"{partner.pk} {secret.uuid}")
    assert login(partner).post(secret_at(live, secret, "reveal")).status_code == 429
    assert still_sealed(secret)
    assert login(colleague).post(secret_at(live, secret, "reveal")).status_code == 200


# --- a new secret, and the end of one


# --- the first requests


def test_the_first_requests_are_the_clients_own(login, partner, reviewer):
    own = "https://till.client.example/back?shop=$1&name=O'Neil"
    uris = [own, "https://client.example/other"]
    registration = approved(partner, reviewer, redirect_uris=uris, scope=["users:read", "users:write"])
    browser = login(partner)
    shown = browser.post(secret_at(registration, registration.secrets.get(), "reveal"))
    for page in (shown, browser.get(at(registration, "credentials/"))):
        authorization = snippet(page, "authorize")
        address = urlsplit(authorization)
        asked = dict(parse_qsl(address.query))
        assert address.netloc == "auth.staging.pleo.io"
        assert (asked["client_id"], asked["redirect_uri"]) == (str(registration.client_id), own)
        assert asked["scope"] == "users:read users:write"
        assert shlex.split(snippet(page, "curl"))[-1] == f"redirect_uri={own}"
        env = snippet(page, "env").replace("<your client secret>", "hidden")
        variables = dict(line.split("=", 1) for line in shlex.split(env))
        assert (variables["REDIRECT_URI"], variables["SCOPE"]) == (own, "users:read users:write")
        assert page.text.count("&lt;your client secret&gt;") == 3
        document = json.loads(snippet(page, "json"))
        assert (document["client_id"], document["client_secret_expires_at"]) == (
            str(registration.client_id),
            0,
        )
        assert (document["client_secret"], document["redirect_uris"]) == ("<your client secret>", uris)
        postman = {one["key"]: one["value"] for one in json.loads(snippet(page, "postman"))["auth"]["oauth2"]}
        assert (postman["redirect_uri"], postman["clientSecret"]) == (own, "<your client secret>")


def test_the_document_says_when_an_old_secret_ends_that_is_the_only_one(login, partner, live):
    def said():
        page = login(partner).get(at(live, "credentials/"))
        return json.loads(snippet(page, "json"))["client_secret_expires_at"]

    def rotated():
        secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=timezone.now())

    reveal(live, partner)
    rotated()
    reveal(live, partner)
    assert said() == 0
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    assert said() == int(live.secrets.get(status="retiring").expires_at.timestamp())
    rotated()
    assert said() == 0


def test_another_redirect_uri_can_be_chosen(login, partner, reviewer):
    uris = ["https://client.example/callback", "https://client.example/other?a=b"]
    registration, browser = approved(partner, reviewer, redirect_uris=uris), login(partner)
    for chosen, uri in (("", uris[0]), ("1", uris[1]), ("2", uris[0]), ("x", uris[0])):
        page = browser.get(at(registration, "credentials/"), {"redirect_uri": chosen})
        assert shlex.split(snippet(page, "curl"))[-1] == f"redirect_uri={uri}"


def test_the_page_that_reveals_offers_nothing_that_leads_away(login, partner, reviewer):
    uris = ["https://client.example/callback", "https://client.example/other"]
    registration = approved(partner, reviewer, redirect_uris=uris)
    page = login(partner).post(secret_at(registration, registration.secrets.get(), "reveal"))
    assert with_attribute(page.text, "name", "redirect_uri")
    assert not [e for e in elements(page.text) if e.tag == "form" and e.get("method") == "get"]


def test_the_table_says_who_made_and_saw_each_secret(login, partner, colleague, live):
    reveal(live, colleague)
    secrets.rotate(live.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    newest, first = texts(login(partner).get(at(live, "credentials/")), "data-secret-row")
    assert ("by you" in newest, "Never" in newest, "Not seen" in newest) == (True, True, True)
    assert first.startswith(live.secrets.earliest("pk").hint)
    assert "by Pleo, with the approval" in first
    assert f"by {colleague.get_full_name()}" in first
    assert ("Revoked" in first, "by you" in first) == (True, True)


def test_the_table_counts_down_to_the_end_of_an_old_secret(login, partner, live):
    reveal(live, partner)
    secrets.rotate(live.uuid, by=partner, grace="7d", signed_in_at=timezone.now())
    browser = login(partner)
    waiting, old = texts(browser.get(at(live, "credentials/")), "data-secret-row")
    assert "6 days left" in waiting
    assert "7 days after the new one is revealed" in old
    reveal(live, partner)
    page = browser.get(at(live, "credentials/"))
    new, old = texts(page, "data-secret-row")
    assert ("Does not expire" in new, "6 days left" in old) == (True, True)
    (ends,) = with_attribute(page.text, "data-until")
    expires_at = live.secrets.get(status="retiring").expires_at
    assert ends.get("data-until") == expires_at.isoformat()
    live.secrets.filter(status="retiring").update(expires_at=timezone.now() + timedelta(minutes=90))
    assert "89 minutes left" in texts(browser.get(at(live, "credentials/")), "data-secret-row")[1]


def test_the_page_that_reveals_says_until_when_the_old_one_works(login, partner, live):
    reveal(live, partner)
    secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    shown = login(partner).post(secret_at(live, live.secrets.get(status="sealed"), "reveal"))
    assert "keeps working until" in words(shown)
    primary = [e for e in elements(shown.text) if "btn-primary" in (e.get("class") or "")]
    assert [e.words() for e in primary] == ["I have stored it"]


def test_staff_are_pleo_to_partners(login, partner, reviewer, live, secret):
    reveal(live, partner)
    secrets.revoke_at_desk(live.uuid, secret.uuid, by=reviewer, reason="It was on <a> forum.", leaked=True)
    page = login(partner).get(at(live, "credentials/"))
    (row,) = texts(page, "data-secret-row")
    assert "by Pleo, because it leaked" in row
    assert "It was on <a> forum." in row
    assert reviewer.get_full_name() not in page.text


def test_the_first_requests_ask_for_no_refused_scope(login, partner, reviewer, live):
    live.revisions.get().requested_scopes.filter(scope="users:write").update(granted=False)
    authorization = snippet(login(partner).get(at(live, "credentials/")), "authorize")
    assert "users%3Awrite" not in authorization
    assert "users%3Aread" in authorization


def test_a_closed_client_has_no_first_requests(login, partner, live):
    client.close(live.uuid, by=partner)
    page = login(partner).get(at(live, "credentials/"))
    assert not with_attribute(page.text, "data-snippet")
