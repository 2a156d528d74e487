"""Issue a new secret, or stop one."""

import pytest
from django.utils import timezone

from portal.kept_forms.models import KeptForm
from registrations.workflow import client, pkce, secrets
from tests.pages.addresses import at, secret_at
from tests.pages.elements import buttons, elements, with_attribute
from tests.support.pages import words as markup_words
from tests.support.people import PASSWORD
from tests.support.registrations import again, excepted, reveal


def words(page):
    """What can be read on the page, in one line."""
    return " ".join(markup_words(page).split())


def test_a_new_secret_replaces_the_one_in_use(login, partner, live, secret):
    reveal(live, partner)
    page = login(partner).post(at(live, "secrets/rotate/"), {"grace": "now"}, follow=True)
    assert page.request["PATH_INFO"] == at(live, "credentials/")
    assert buttons(page) == {"reveal"}
    assert sorted(live.secrets.values_list("status", flat=True)) == ["revoked", "sealed"]


def test_no_new_secret_while_one_waits(login, partner, live):
    assert login(partner).post(at(live, "secrets/rotate/"), {"grace": "now"}).status_code == 409
    assert live.secrets.count() == 1


@pytest.mark.parametrize("grace", ["", "never", "\x00", "9" * 9999])
def test_an_unknown_grace_changes_nothing(login, partner, live, grace):
    reveal(live, partner)
    assert login(partner).post(at(live, "secrets/rotate/"), {"grace": grace}).status_code == 409
    assert live.secrets.get().status == "active"


def test_revoking_stops_it_and_offers_a_new_one(login, partner, live, secret):
    address = secret_at(live, secret, "revoke")
    page = login(partner).post(address, {"reason": "Not needed."}, follow=True)
    assert "was revoked" in page.text
    assert "Not needed." in page.text
    assert buttons(page) == {"rotate"}
    for answer in (login(partner).post(address), login(partner).get(address)):
        assert answer.status_code == 410
        assert at(live, "credentials/") in [e.get("href") for e in elements(answer.text)]


def test_the_page_to_revoke_says_what_that_does(login, partner, live, secret):
    browser, address = login(partner), secret_at(live, secret, "revoke")
    assert "Nobody has seen this secret" in words(browser.get(address))
    reveal(live, partner)
    assert "This is your last working secret" in words(browser.get(address))
    secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    assert "The old secret works on" in words(browser.get(secret_at(live, live.secrets.first(), "revoke")))
    reveal(live, partner)
    page = browser.get(address)
    assert "The other secret works on" in words(page)
    assert not with_attribute(page.text, "name", "confirmed")


def test_the_last_working_secret_needs_the_name_of_the_client(login, partner, live, secret):
    reveal(live, partner)
    browser, address = login(partner), secret_at(live, secret, "revoke")
    for name in ("", "Another Client"):
        answer = browser.post(address, {"reason": "Not needed.", "confirmed": name})
        assert answer.status_code == 422
        assert "Enter the name of the client." in answer.text
        assert "Not needed.</textarea>" in answer.text
    assert live.secrets.get().status == "active"
    assert browser.post(address, {"confirmed": "Example Client"}).status_code == 302
    assert live.secrets.get().status == "revoked"


def test_a_text_that_cannot_be_stored_is_refused_beside_it(login, partner, live, secret):
    answer = login(partner).post(secret_at(live, secret, "revoke"), {"reason": "a\x07b"})
    assert (answer.status_code, live.secrets.get().status) == (422, "sealed")
    assert with_attribute(answer.text, "id", "id_reason_error")


def test_one_press_replaces_a_leaked_secret_and_ends_the_exception(login, partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    secret, browser = registration.secrets.get(), login(partner)
    page = browser.get(at(registration, "credentials/"))
    assert "The PKCE exception ends as well" in words(page)
    assert "It leaked: revoke and issue a new one" in words(page)
    page = browser.post(secret_at(registration, secret, "leaked"), follow=True)
    assert "A new client secret is ready to reveal." in page.text
    assert buttons(page) == {"reveal"}
    assert sorted(registration.secrets.values_list("status", flat=True)) == ["revoked", "sealed"]
    assert registration.pkce_exceptions.get().status == "revoked"
    assert "PKCE is required again." in browser.get(at(registration)).text
    assert browser.post(secret_at(registration, secret, "leaked")).status_code == 410


def test_a_leaked_secret_of_a_suspended_client_is_only_revoked(login, partner, reviewer, live, secret):
    reveal(live, partner)
    client.suspend(live.uuid, by=reviewer, reason="It was sold.")
    browser = login(partner, minutes_ago=600)
    assert "It leaked: revoke it" in words(browser.get(at(live, "credentials/")))
    page = browser.post(secret_at(live, secret, "leaked"), follow=True)
    assert "It no longer works." in page.text
    assert live.secrets.get().status == "revoked"


def test_revoking_is_not_held_up_by_the_password(login, partner, live, secret):
    answer = login(partner, minutes_ago=600).post(secret_at(live, secret, "revoke"), {})
    assert (answer["Location"], live.secrets.get().status) == (at(live, "credentials/"), "revoked")


def test_rotating_needs_a_recent_sign_in_and_remembers_the_choice(login, partner, live):
    reveal(live, partner)
    browser = login(partner, minutes_ago=16)
    answer = browser.post(at(live, "secrets/rotate/"), {"grace": "7d"})
    assert live.secrets.count() == 1
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    back = browser.post(answer["Location"], {"password": PASSWORD})["Location"]
    page = browser.get(back)
    assert back.endswith("#rotate")
    assert chosen(page) == "7d"
    assert [e for e in elements(page.text) if e.tag == "details" and "open" in e.attrs]
    (kept,) = [e.get("value") for e in with_attribute(page.text, "name", "kept")]
    assert browser.post(at(live, "secrets/rotate/"), {"grace": "7d", "kept": kept}).status_code == 302
    assert sorted(live.secrets.values_list("status", flat=True)) == ["retiring", "sealed"]
    assert not KeptForm.objects.exists()


def chosen(page):
    """The grace that is chosen on the page."""
    radios = [e for e in with_attribute(page.text, "name", "grace") if e.get("type") == "radio"]
    (value,) = [e.get("value") for e in radios if "checked" in e.attrs]
    return value


def test_the_choices_say_what_happens_when(login, partner, live):
    reveal(live, partner)
    browser = login(partner)
    page = browser.get(at(live, "credentials/"))
    assert [e.get("value") for e in with_attribute(page.text, "name", "grace")] == ["24h", "7d", "now"]
    assert chosen(page) == "24h"
    assert "works until you reveal the new one, and for 24 hours after that" in words(page)
    assert "The current secret stops working at once." in words(page)
    browser.post(at(live, "secrets/rotate/"), {"grace": "24h"})
    reveal(live, partner)
    page = browser.get(at(live, "credentials/"))
    assert [e.get("value") for e in with_attribute(page.text, "name", "grace")] == ["now"]
    assert "only one can" in words(page)
    refused = browser.post(at(live, "secrets/rotate/"), {"grace": "24h"})
    assert refused.status_code == 409
    assert at(live, "credentials/") in [e.get("href") for e in elements(refused.text)]


def test_an_old_secret_without_a_newer_one_can_be_kept_until_its_end(login, partner, live):
    reveal(live, partner)
    secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    reveal(live, partner)
    new = live.secrets.get(status="active")
    secrets.revoke(live.uuid, new.uuid, by=partner)
    browser, old = login(partner), live.secrets.get(status="retiring")
    page = browser.get(at(live, "credentials/"))
    assert f"Only an old secret works now, until {moment(old.expires_at)}." in read(page)
    assert "current" not in read(page).partition("Issue a new secret")[2]
    assert "The old secret works until its end" in read(page)
    assert "The old secret stops working at once." in read(page)
    assert [e.get("value") for e in with_attribute(page.text, "name", "grace")] == ["24h", "now"]
    browser.post(at(live, "secrets/rotate/"), {"grace": chosen(page)})
    assert sorted(live.secrets.values_list("status", flat=True)) == ["retiring", "revoked", "sealed"]
    assert live.secrets.get(status="retiring").expires_at == old.expires_at


def test_pages_name_the_end_of_an_old_secret_that_counts_down(login, partner, reviewer, live):
    """Revoking the secret in use, or the one issued then, brings no older one back for good."""
    reveal(live, partner)
    secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    reveal(live, partner)
    browser, active = login(partner), live.secrets.get(status="active")
    ends = moment(live.secrets.get(status="retiring").expires_at)
    assert f"The other secret works until {ends}." in read(browser.get(secret_at(live, active, "revoke")))
    new = secrets.replace_leaked(live.uuid, active.uuid, by=partner)
    page = read(browser.get(at(live, "credentials/")))
    assert f"destroyed, and you need a new one. The old secret works until {ends} in any case." in page
    assert f"It works until {ends}." in page
    page = read(browser.get(secret_at(live, new, "revoke")))
    assert f"The old secret works until {ends} in any case." in page
    client.suspend(live.uuid, by=reviewer, reason="It was sold.")
    page = read(browser.get(secret_at(live, new, "revoke")))
    assert f"The old secret expires on {ends} in any case." in page
    assert "works until" not in read(browser.get(at(live, "credentials/")))


@pytest.mark.parametrize("grace", ["24h", "7d"])
def test_a_grace_chosen_before_the_password_still_keeps_an_old_secret(login, partner, live, grace):
    reveal(live, partner)
    secrets.rotate(live.uuid, by=partner, grace="7d", signed_in_at=timezone.now())
    reveal(live, partner)
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    browser = login(partner, minutes_ago=16)
    answer = browser.post(at(live, "secrets/rotate/"), {"grace": grace})
    page = browser.get(browser.post(answer["Location"], {"password": PASSWORD})["Location"])
    assert chosen(page) == grace


@pytest.mark.parametrize("early", [False, True])
def test_the_page_is_right_before_a_lapse_in_mid_rotation_is_recorded(
    login, partner, live, time_machine, early
):
    """Whether its week is over, or staff ended unrevealed secrets, as they do when a key leaked."""
    reveal(live, partner)
    new = secrets.rotate(live.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    if early:
        live.secrets.sealed().update(reveal_until=timezone.now())
    else:
        time_machine.move_to(new.reveal_until)
    page = login(partner).get(at(live, "credentials/"))
    assert page.status_code == 200
    assert "This secret works." in words(page)
    assert "An older secret" not in words(page)
    assert [e.get("value") for e in with_attribute(page.text, "name", "grace")] == ["24h", "7d", "now"]


def read(page):
    """What a person reads on the page, without markup."""
    (body,) = [one for one in elements(page.text) if one.tag == "body"]
    return body.words()


def moment(when):
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def test_a_revoked_exception_shows_why_and_one_that_runs_how_to_leave_it(login, partner, lead):
    registration = excepted(partner, lead)
    browser = login(partner)
    assert "choose “Supported” under PKCE support" in browser.get(at(registration)).text
    exception = registration.pkce_exceptions.get()
    pkce.revoke(registration.uuid, exception.uuid, by=lead, reason="Use <your> new library.")
    assert "Use &lt;your&gt; new library." in browser.get(at(registration)).text


@pytest.mark.parametrize(("person", "status"), [("viewer", 403), ("stranger", 404)])
def test_others_neither_revoke_nor_rotate(login, request, partner, live, secret, person, status):
    browser = login(request.getfixturevalue(person))
    assert browser.get(secret_at(live, secret, "revoke")).status_code == status
    for verb in ("revoke", "leaked"):
        assert browser.post(secret_at(live, secret, verb)).status_code == status
    assert browser.post(at(live, "secrets/rotate/"), {"grace": "now"}).status_code == status
    secret.refresh_from_db()
    assert secret.status == "sealed"
    assert again(live).secrets.count() == 1
