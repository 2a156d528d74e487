"""Every kind of page, with something on it."""

import io

from registrations import logo_files
from tests.browser import steps
from tests.browser.pictures import harbour_logo
from tests.support import people
from tests.support.pictures import encoded
from tests.support.registrations import a_draft, approved, revealed, submitted, with_exception

BROKEN = {
    "client_name": "Pleo Connect",
    "contacts": ["someone@"],
    "redirect_uris": ["https://client.example/callback", "https://*.client.example/callback"],
    "scope": [],
}
"""Answers that the rules refuse."""


class Scenery:
    """A partner with registrations in several states, a stranger with none, and a lead."""

    def __init__(self):
        self.partner, self.stranger, self.lead = people.partner(), people.stranger(), people.lead()
        logo = logo_files.keep(logo_files.accept(io.BytesIO(encoded(harbour_logo()))))
        self.broken = a_draft(self.partner, **BROKEN)
        self.ready = a_draft(self.partner, client_name="Ledger Bridge", logo=logo)
        self.waiting = submitted(
            self.partner,
            client_name="Harbour Invoices",
            logo=logo,
            redirect_uris=["https://client.example/callback", "https://oauth.pstmn.io/v1/callback"],
            **with_exception(),
        )
        self.sealed = approved(self.partner, self.lead, client_name="Example Client")
        self.live, _ = revealed(self.partner, self.lead, client_name="Payroll Sync")


def page_of(registration, rest=""):
    return f"/registrations/{registration.uuid}/{rest}"


def review_of(registration):
    return f"/admin/registrations/registration/{registration.uuid}/review/"


def tour(window, **look):
    """Names and pages, each page as it lies open."""
    scenery = Scenery()
    yield from visitor(window(**look))
    yield from newcomer(window(scenery.stranger, **look))
    yield from partner(window(scenery.partner, **look), scenery)
    yield from desk(window(scenery.lead, **look), scenery)


def opened(page, addresses):
    for name, address in addresses.items():
        page.goto(address)
        yield name, page


def visitor(page):
    yield from opened(
        page,
        {
            "home": "/",
            "sign-up": "/accounts/signup/",
            "forgotten-password": "/accounts/password/reset/",
            "not-found": "/registrations/none-such/",
            "rules": "/rules/",
            "login": "/accounts/login/",
        },
    )
    steps.press(page, "Sign in")
    yield "login-with-errors", page


def newcomer(page):
    yield from opened(page, {"empty-list": "/registrations/", "new-form": "/registrations/new/"})


def partner_pages(scenery):
    return {
        "list": "/registrations/",
        "import": "/registrations/import/",
        "organisation": "/organisation/",
        "account": "/accounts/email/",
        "form": page_of(scenery.ready, "edit/"),
        "form-with-errors": page_of(scenery.broken, "edit/?show=all"),
        "check-answers": page_of(scenery.ready, "check/"),
        "check-with-problems": page_of(scenery.broken, "check/"),
        "under-review": page_of(scenery.waiting),
        "live": page_of(scenery.live),
        "credentials-in-use": page_of(scenery.live, "credentials/"),
        "credentials": page_of(scenery.sealed, "credentials/"),
    }


def importing(page):
    """A document that cannot be read, then one that can."""
    for name, document in {"import-with-errors": '{"contacts": 1', "imported": '{"logo_uri": "x"}'}.items():
        page.goto("/registrations/import/")
        page.get_by_label("Document").fill(document)
        steps.press(page, "Import into a new draft")
        yield name, page


def partner(page, scenery):
    yield from importing(page)
    yield from opened(page, partner_pages(scenery))
    steps.press(page, "Reveal the secret once")
    steps.heading(page, "Your client secret")
    yield "revealed", page
    page.reload()
    yield "gone", page


def desk_pages(scenery):
    return {
        "desk": "/admin/",
        "queue": "/admin/registrations/registration/",
        "overview": "/admin/registrations/registration/overview/",
        "review-decided": review_of(scenery.live),
        "review": review_of(scenery.waiting),
    }


def desk(page, scenery):
    yield from opened(page, desk_pages(scenery))
    page.get_by_role("radio", name="Request changes").check()
    steps.press(page, "Send the decision")
    yield "review-with-errors", page
