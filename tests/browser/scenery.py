"""Every kind of page, with something on it."""

import io

from registrations.logos import storage
from registrations.workflow import comments, drafting
from tests.browser import steps
from tests.browser.pictures import harbour_logo
from tests.domain.documents import FORMATS
from tests.support import people
from tests.support.commenting import asked, sent_back
from tests.support.pictures import encoded
from tests.support.registrations import a_draft, approved, change, revealed, submitted, with_exception

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
        logo = storage.keep(storage.accept(io.BytesIO(encoded(harbour_logo()))))
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
        self.commented_on()
        self.sent_back_with_comments = self.came_back()
        self.live, _ = revealed(self.partner, self.lead, client_name="Payroll Sync")

    def commented_on(self):
        """Under review, with a comment that waits, one that is resolved, and desk notes."""
        asked(self.waiting, self.lead, "Which of your products is this?")
        done = asked(self.waiting, self.lead, "Is this a shared mailbox?", field="contacts")
        comments.resolve(self.waiting.uuid, done.uuid, by=self.lead)
        for field in ("redirect_uris", ""):
            comments.note(self.waiting.uuid, by=self.lead, text="Known from last year.", field=field)
        comments.note(
            self.waiting.uuid, by=people.reviewer(), text="Whose logo is it?", field="logo", tell=[self.lead]
        )

    def came_back(self):
        """With comments to answer, one of them answered before and one in the draft."""
        registration = submitted(self.partner, client_name="Travel Receipts")
        name = asked(registration, self.lead, "Which of your products is this?")
        sent_back(registration, self.lead)
        change(registration, self.partner, answers={str(name.uuid): "The one for accountants."})
        drafting.submit(registration.uuid, by=self.partner)
        again = {"by": self.lead, "seen_version": 2}
        comments.reply(registration.uuid, name.uuid, text="And which edition?", **again)
        scope = asked(registration, self.lead, "What do you write?", field="scope", seen_version=2)
        asked(registration, self.lead, "Who runs it?", field="", seen_version=2)
        sent_back(registration, self.lead, "Nearly there.", seen_version=2)
        return change(registration, self.partner, answers={str(scope.uuid): "Invoices."})


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
    steps.send(page, "Sign in")
    yield "login-with-errors", page


def newcomer(page):
    yield from opened(page, {"empty-list": "/registrations/", "new-form": "/registrations/new/"})


def partner_pages(scenery):
    return {
        "list": "/registrations/",
        "import": "/registrations/import/",
        "organisation": "/organisation/",
        "account": "/accounts/email/",
        "sessions": "/accounts/sessions/",
        "second-factor": "/accounts/second-factor/",
        "authenticator-app": "/accounts/second-factor/app/add/",
        "passkey": "/accounts/second-factor/passkeys/add/",
        "form": page_of(scenery.ready, "edit/"),
        "form-with-errors": page_of(scenery.broken, "edit/?show=all"),
        "form-reviewer-comment": page_of(scenery.sent_back_with_comments, "edit/"),
        "check-with-answers": page_of(scenery.sent_back_with_comments, "check/"),
        "reviewer-comment": page_of(scenery.sent_back_with_comments),
        "check-answers": page_of(scenery.ready, "check/"),
        "discard": page_of(scenery.ready, "discard/confirm/"),
        "check-with-problems": page_of(scenery.broken, "check/"),
        "under-review": page_of(scenery.waiting),
        "submitted": page_of(scenery.waiting, "submitted/"),
        "live": page_of(scenery.live),
        "credentials-in-use": page_of(scenery.live, "credentials/"),
        "credentials": page_of(scenery.sealed, "credentials/"),
    }


def importing(page):
    """A document that cannot be read, then one that can."""
    for name, document in {"import-with-errors": '{"contacts": 1', "imported": FORMATS["keycloak"]}.items():
        page.goto("/registrations/import/")
        page.get_by_label("Document").fill(document)
        steps.send(page, "Import into a new draft")
        yield name, page


def partner(page, scenery):
    yield from importing(page)
    yield from opened(page, partner_pages(scenery))
    steps.send(page, "Reveal the secret")
    steps.heading(page, "Your client secret")
    yield "revealed", page
    page.reload()
    yield "gone", page


def desk_pages(scenery):
    return {
        "desk": "/admin/",
        "queue": "/admin/registrations/registration/",
        "overview": "/admin/registrations/registration/overview/",
        "log": "/admin/audit/event/",
        "log-with-errors": "/admin/audit/event/?since=soon&hint=none",
        "log-empty": "/admin/audit/event/?person=nobody",
        "organisation": f"/admin/registrations/registration/organisations/{scenery.live.organisation.uuid}/",
        "review-decided": review_of(scenery.live),
        "activity": review_of(scenery.live).replace("/review/", "/history/"),
        "snooze": review_of(scenery.waiting).replace("/review/", "/snooze/"),
        "suspend": review_of(scenery.live).replace("/review/", "/suspend/"),
        "close": review_of(scenery.live).replace("/review/", "/close/"),
        "hand-over": review_of(scenery.waiting).replace("/review/", "/reassign/"),
        "mentions": "/admin/registrations/registration/mentions/",
        "mentions-seen": "/admin/registrations/registration/mentions/?show=seen",
        "my-emails": "/admin/registrations/registration/my-emails/",
        "review": review_of(scenery.waiting),
    }


def desk(page, scenery):
    yield from opened(page, desk_pages(scenery))
    for summary in page.locator("details:has(textarea) > summary").all()[:2]:
        summary.click()
    yield "review-writing", page
    with page.expect_event("load"):
        page.locator("details[open] button[name=tell_of]").first.click()
    yield "tell", page
    steps.send(page, "Save and tell")
    yield "tell-with-errors", page
    page.goto(review_of(scenery.waiting))
    for summary in page.locator("details:has(textarea) > summary").all()[:2]:
        summary.click()
    steps.send(page, "Comment to the partner")
    yield "review-with-an-empty-comment", page
    steps.send(page, "Send the decision")
    yield "review-with-errors", page
