"""The pages of one's own account that the tour of all pages does not reach: how they look, and a lost factor.

Where PORTAL_SCREENSHOTS names a folder, every page is left there as a picture.
"""

import pytest
from allauth.mfa.models import Authenticator

from portal.accounts import own_account
from registrations.models import ContactConfirmation
from registrations.workflow import contacts
from tests.browser import steps
from tests.browser.looks import save_picture, too_wide, violations
from tests.support import people
from tests.support.registrations import submitted
from tests.support.second_factor import app_of, passkey_of

LONG = "Maximiliane-Alexandra von Hohenstein-Wittelsbach zu Sayn und Berleburg"
ACCOUNT = {
    "name": "name/",
    "emails": "notifications/",
    "change-email": "email/change/",
    "delete-account": "delete/",
    "factors": "second-factor/",
    "remove-app": "second-factor/app/remove/",
    "new-codes": "second-factor/codes/new/",
    "sign-in-link": "login/link/",
    "sign-in-link-sent": "login/link/sent/",
    "bad-sign-in-link": "login/link/1-none/",
}


def signed_in_pages(page):
    for name, address in ACCOUNT.items():
        page.goto(f"/accounts/{address}")
        yield name, page
    page.goto("/accounts/email/change/")
    steps.send(page, "Email me a link")
    yield "change-email-with-errors", page


def tour(window, **look):
    person = people.partner("nora.newcomer@accounting.harbour-invoices.client.example")
    person.full_name = LONG
    person.save()
    page = window(person, **look)
    app_of(person)
    passkey = passkey_of(person, name="The laptop that stands in the kitchen, behind the bread")
    yield from signed_in_pages(page)
    passkey.delete()  # nobody could sign in with it
    token = own_account.email_token(person, "nora@new.example")
    page.goto(f"/accounts/email/change/{token}/")
    yield "confirm-new-email", page
    yield from lost(window, person, **look)
    yield from contact(window, person, **look)


def lost(window, person, **look):
    page = window(**look)
    steps.sign_in(page, person.email)
    yield "code", page
    page.get_by_role("link", name="You lost your second factor?").click()
    yield "report", page
    steps.send(page, "Ask to take it off")
    yield "reported", page
    first, second = people.lead(), people.lead("second@portal.example")
    page = window(first, **look)
    page.goto("/accounts/lost-factors/")
    page.get_by_label("How you know that it is them").fill("We spoke on the phone, and she knew the clients.")
    steps.send(page, "Take it off")
    page = window(second, **look)
    page.goto("/accounts/lost-factors/")
    yield "decide", page
    steps.send(page, "Take it off")
    yield "decide-with-errors", page


def contact(window, person, **look):
    submitted(person)
    row = ContactConfirmation.objects.get()
    page = window(**look)
    for name, answer in (("asked", None), ("confirmed", contacts.confirm), ("refused", contacts.refuse)):
        if answer:
            answer(row.token)
        page.goto(f"/contacts/{row.token}/")
        yield f"contact-{name}", page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_of_an_account_shuts_anybody_out(window, width, scheme):
    found = {}
    for name, page in tour(window, width=width, scheme=scheme):
        found[name] = violations(page) + too_wide(page, width)
        save_picture(page, f"{width}-{scheme}-account-{name}.png", full_page=True)
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) == len(ACCOUNT) + 10


@pytest.mark.parametrize("javascript", [True, False])
def test_a_colleague_takes_a_lost_factor_off_and_its_owner_signs_in(window, javascript):
    admin = people.partner()
    loser = people.colleague(people.home(admin))
    app_of(loser)
    page = window(javascript=javascript)
    steps.sign_in(page, loser.email)
    page.get_by_role("link", name="You lost your second factor?").click()
    steps.send(page, "Ask to take it off")
    steps.heading(page, "Your request is on its way")
    theirs = window(admin, javascript=javascript)
    theirs.goto("/accounts/lost-factors/")
    theirs.get_by_label("How you know that it is them").fill("We spoke on the phone.")
    steps.send(theirs, "Take it off")
    assert not Authenticator.objects.filter(user=loser).exists()
    steps.sign_in(page, loser.email)
    steps.heading(page, "Registrations")
