"""The pages about organisations and their people: WCAG 2.2 AA as far as a machine can tell, and their width.

Where PORTAL_SCREENSHOTS names a folder, every page is left there as a picture.
"""

import pytest

from portal.accounts import four_eyes, joining
from portal.accounts.models import JoinRequest, Role
from tests.accounts.inviting import NEW, invite, link
from tests.browser import steps
from tests.browser.looks import save_picture, too_wide, violations
from tests.support import people
from tests.support.people import home
from tests.support.registrations import a_draft

LONG = "Harbour Invoices and Ledgers of the Northern Seas and Sounds International Ltd"


def of(organisation, name):
    return f"/organisation/{organisation.uuid}/{name}/"


def member_pages(admin, developer):
    place, membership = home(admin), developer.memberships.get()
    page = f"/organisation/members/{membership.pk}"
    asked = JoinRequest.objects.get()
    return {
        "members": "/organisation/",
        "invite": of(place, "invite"),
        "role": f"{page}/role/",
        "hand-over": f"{page}/hand-over/",
        "remove": f"{page}/remove/",
        "leave-last-admin": of(place, "leave"),
        "rename": of(place, "rename"),
        "organisation-activity": of(place, "activity"),
        "second-factor-of-members": of(place, "second-factor"),
        "close": of(place, "close"),
        "join-request": f"/organisation/requests/{asked.uuid}/",
    }


def tour(window, **look):
    admin = people.partner(name=LONG)
    developer, founder = people.colleague(home(admin)), people.person("founder@client.example")
    invited, newcomer = invite(admin), people.person(NEW)
    page = window(**look)
    page.goto(link(invited))
    yield "invitation-signed-out", page
    page = window(founder, **look)
    page.goto(link(invited))
    yield "invitation-for-another", page
    page.goto("/organisation/new/")
    yield "founding-with-colleagues", page
    joining.ask_to_join(by=founder)
    page.goto("/organisation/new/")
    yield "founding-asked", page
    page = window(newcomer, **look)
    page.goto("/organisation/new/")
    yield "founding-invited", page
    page.goto(link(invited))
    yield "invitation", page
    steps.send(page, "Accept the invitation")
    yield "invitation-with-errors", page
    page = window(developer, **look)
    page.goto(of(home(admin), "leave"))
    yield "leave", page
    page = window(admin, **look)
    for name, address in member_pages(admin, developer).items():
        page.goto(address)
        yield name, page
    page.goto(of(home(admin), "invite"))
    steps.send(page, "Send the invitation")
    yield "invite-with-errors", page
    page.goto(of(home(admin), "close"))
    steps.send(page, "Close the organisation")
    yield "close-with-errors", page
    a_draft(developer, client_name=LONG)
    page.goto(of(home(admin), "close"))
    yield "close-in-the-way", page
    yield from desk(window, **look)


def desk(window, **look):
    lead, second = people.lead(), people.lead("second@portal.example")
    for place, by in ((people.organisation("Orphan Ltd"), lead), (people.organisation(LONG), second)):
        four_eyes.ask_for_admin(place, NEW, by=by, signed_in_at=by.date_joined)
    page = window(lead, **look)
    page.goto("/admin/accounts/staffrequest/")
    yield "two-people", page
    steps.send(page, "Ask for confirmation")
    yield "two-people-with-errors", page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_about_organisations_shuts_anybody_out(window, width, scheme):
    found = {}
    for name, page in tour(window, width=width, scheme=scheme):
        found[name] = violations(page) + too_wide(page, width)
        save_picture(page, f"{width}-{scheme}-{name}.png", full_page=True)
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) == 24


def test_an_invited_colleague_joins_takes_over_and_the_founder_leaves(window):
    admin, newcomer = people.partner(), people.person(NEW, full_name="Nora Newcomer")
    page = window(admin)
    page.goto("/organisation/")
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Email address").fill(NEW)
    page.get_by_label("Developer: ").check()
    steps.send(page, "Send the invitation")
    theirs = window(newcomer)
    theirs.goto("/organisation/new/")
    theirs.get_by_role("link", name="See the invitation").click()
    steps.send(theirs, "Accept the invitation")
    page.goto(of(home(admin), "leave"))
    page.get_by_role("link", name="Hand over to Nora Newcomer").click()
    steps.send(page, "Hand over")
    page.get_by_role("link", name="Leave the organisation").click()
    steps.send(page, "Leave the organisation")
    steps.heading(page, "Name your organisation")
    assert newcomer.memberships.get().role == Role.ADMIN
    assert not admin.memberships.exists()
