"""CPU time of the partner's list, compared with the barest view of the same rows in the same run.

An organisation of twelve clients in several states reads its list, on SQLite. Both views pass the same
middleware and sign-in. The barest one reads the name, status, environment and date of each client with one
statement, and those of its versions with another, and writes a table of them without any page around it.

Goal: at most 2.5 times the barest view, with one version a client and with 50. Exits with 1 if it is missed.
"""

import os
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import django

from bench.stopwatch import microseconds
from tests.packaging.surroundings import production

_folder = tempfile.TemporaryDirectory()
os.environ |= production(Path(_folder.name), DEBUG="true", LOG_LEVEL="ERROR")
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

from portal.accounts.decorators import partner_required  # noqa: E402
from portal.urls import urlpatterns as portal_urls  # noqa: E402
from registrations.models import Registration, Revision  # noqa: E402
from tests.support import people  # noqa: E402
from tests.support.registrations import a_draft, approved, excepted, revealed, submitted  # noqa: E402

MOST_TIMES_BAREST = 2.5
VERSIONS = 50
ROUNDS = 25
TABLE = Template(
    "<table>{% for one in rows %}<tr><td>{{ one.client_name }}<td>{{ one.status }}<td>{{ one.environment }}"
    "<td>{{ one.created_at }}</tr>{% endfor %}</table>"
)


@partner_required
def barest(request):
    mine = Registration.objects.visible_to(request.user).values(
        "pk", "status", "created_at", "draft__data", "draft__updated_at"
    )[:51]
    rows = {row["pk"]: row for row in mine}
    versions = Revision.objects.filter(registration__in=rows, status__in=["under_review", "approved"])
    for one in versions.values("registration_id", "client_name", "environment", "submitted_at"):
        rows[one["registration_id"]] |= one
    return HttpResponse(TABLE.render(Context({"rows": rows.values()})))


urlpatterns = [path("barest/", barest), *portal_urls]


def main():
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    settings.ROOT_URLCONF = sys.modules[__name__]
    partner = people.partner()
    _clients(partner)
    browser = people.sign_in(Client(headers={"host": "portal.example"}), partner)
    print(f"{'ms of CPU for a list of twelve':<32}{'ours':>10}{'barest':>10}{'ratio':>8}")
    worst = _line("one version a client", browser)
    _more_versions()
    worst = max(worst, _line(f"{VERSIONS} versions a client", browser))
    reached = worst <= MOST_TIMES_BAREST
    print(f"Goal (at most {MOST_TIMES_BAREST}×): {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


def _clients(partner):
    """Twelve clients in several states, most of them live and at rest."""
    lead = people.lead()
    for number in range(6):
        revealed(partner, lead, client_name=f"Client {number}")
    approved(partner, lead, client_name="Waiting for its secret")
    excepted(partner, lead, client_name="With an exception")
    for number in range(2):
        submitted(partner, client_name=f"Under review {number}")
        a_draft(partner, client_name=f"Draft {number}")


def _more_versions():
    """As many earlier versions of each live client."""
    for live in Revision.objects.filter(status="approved"):
        pk = live.pk
        Revision.objects.filter(pk=pk).update(number=VERSIONS)
        live.status = "superseded"
        for number in range(1, VERSIONS):
            live.pk, live.uuid, live.number = None, uuid4(), number
            live.save(force_insert=True)
        Registration.objects.filter(pk=live.registration_id).update(revision_count=VERSIONS)


def _line(name, browser):
    """Print one line; return the ratio of our time to that of the barest view."""
    ours, plain = microseconds(
        lambda: browser.get("/registrations/", secure=True),
        lambda: browser.get("/barest/", secure=True),
        calls=4,
        rounds=ROUNDS,
    )
    print(f"{name:<32}{ours / 1000:>10.2f}{plain / 1000:>10.2f}{ours / plain:>7.2f}×")
    return ours / plain


if __name__ == "__main__":
    sys.exit(main())
