"""A registration from the first page to its secret, and what operators run; ends with 0 if all of it works.

A process of its own runs it, with the settings and the database role of a portal that serves.
"""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from registrations.models import Registration  # noqa: E402
from tests.desk.pages import QUEUE, decide  # noqa: E402
from tests.pages.addresses import at  # noqa: E402
from tests.pages.elements import with_attribute  # noqa: E402
from tests.support import people  # noqa: E402
from tests.support.forms import example_posted  # noqa: E402

COMMANDS = (
    *("worker --once", "export_clients", "requeue", "rotate_sealing_keys --status", "api_token list"),
    *("void_secrets", "after_restore --yes", "after_restore --release-outbox", "worker --once"),
    *("check", "createcachetable", "clearsessions", "migrate --check"),
)
"""What serves, and what operators run with the rights of what serves."""


def signed_in(person):
    """A browser of theirs, in which they typed the password."""
    browser = Client(headers={"Host": "portal.example", "X-Forwarded-Proto": "https"})
    assert browser.get("/").status_code == 200
    browser.post("/accounts/login/", {"login": person.email, "password": people.PASSWORD})
    assert browser.session["_auth_user_id"] == str(person.pk)
    return browser


def main():
    partner, reviewer = people.partner(), people.reviewer()
    browser = signed_in(partner)
    page = browser.post("/registrations/new/", example_posted(then="check"), follow=True)
    registration = Registration.objects.get()
    (version,) = with_attribute(page.text, "name", "draft_version")
    page = browser.post(at(registration, "submit/"), {"draft_version": version.get("value")}, follow=True)
    assert "Under review" in page.text

    assert decide(signed_in(reviewer), registration, "approve", note="")["Location"] == QUEUE

    page = browser.get(at(registration, "credentials/"))
    (form,) = with_attribute(page.text, "data-action", "reveal")
    page = browser.post(form.get("action"))
    assert len(with_attribute(page.text, "data-secret")) == 1
    assert browser.post(form.get("action")).status_code == 410

    for command in COMMANDS:
        call_command(*command.split())


if __name__ == "__main__":
    sys.exit(main())
