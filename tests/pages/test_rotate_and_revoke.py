"""Issue a new secret, or stop one."""

import pytest

from registrations.workflow import pkce
from tests.pages.addresses import at, secret_at
from tests.pages.elements import buttons, elements
from tests.support.registrations import again, excepted, reveal


def test_a_new_secret_replaces_the_one_in_use(login, partner, live, secret):
    reveal(live, partner)
    page = login(partner).post(at(live, "secrets/rotate/"), {"grace": "now"}, follow=True)
    assert page.request["PATH_INFO"] == at(live, "credentials/")
    assert buttons(page) == {"reveal", "revoke"}
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
    page = login(partner).post(
        secret_at(live, secret, "revoke"), {"confirmed": "Example Client"}, follow=True
    )
    assert "was revoked" in page.text
    assert buttons(page) == {"rotate"}
    too_late = login(partner).post(secret_at(live, secret, "revoke"))
    assert too_late.status_code == 410
    assert at(live) in [e.get("href") for e in elements(too_late.text)]


def test_a_leak_ends_the_exception_and_is_said_before(login, partner, lead):
    registration = excepted(partner, lead)
    secret = registration.secrets.get()
    browser = login(partner)
    assert 'name="leaked"' not in browser.get(at(registration, "credentials/")).text
    reveal(registration, partner)
    assert "This also ends the PKCE exception" in browser.get(at(registration, "credentials/")).text
    browser.post(secret_at(registration, secret, "revoke"), {"leaked": "on", "confirmed": "Example Client"})
    assert registration.pkce_exceptions.get().status == "revoked"
    page = browser.get(at(registration)).text
    assert "PKCE is required again." in page
    assert "A client secret was reported leaked." in page


def test_without_the_tick_the_exception_stays(login, partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    login(partner).post(secret_at(registration, registration.secrets.get(), "revoke"))
    assert registration.pkce_exceptions.get().status == "in_force"


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
    assert browser.post(secret_at(live, secret, "revoke")).status_code == status
    assert browser.post(at(live, "secrets/rotate/"), {"grace": "now"}).status_code == status
    secret.refresh_from_db()
    assert secret.status == "sealed"
    assert again(live).secrets.count() == 1


def test_replacing_the_one_in_use_is_told_and_asks_nothing_else(login, partner, live):
    reveal(live, partner)
    page = login(partner).get(at(live, "credentials/"))
    (grace,) = [e for e in elements(page.text) if e.get("name") == "grace"]
    assert (grace.get("type"), grace.get("value")) == ("hidden", "now")
    assert "The current secret stops working at once." in page.text
