"""What people read of the authorization server's reports, on the partner's pages and on the desk."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from registrations.domain.api_rights import Right
from registrations.queries.served import State
from registrations.queries.usage import UNUSED_AFTER
from registrations.workflow import client, served, usage
from registrations.workflow.usage import Use
from tests.api.calling import a_token
from tests.desk.pages import review_path
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.people import head, partner, reviewer, sign_in
from tests.support.registrations import approved, revealed

pytestmark = pytest.mark.django_db


def state(registration):
    registration.refresh_from_db()
    return State(registration.revisions.live().get().number, registration.record_updated_at)


def apply(registration):
    served.book("staging", registration.client_id, state(registration))


def exactly(moment):
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def words(page):
    """What stands on the page."""
    return next(one.words() for one in elements(page.text) if one.tag == "main")


def pages(registration, member, staff):
    """What the partner's page, the review page and the desk's client page say, one after the other."""
    partners = sign_in(Client(), member).get(at(registration))
    desk = sign_in(Client(), staff)
    review = desk.get(review_path(registration))
    of_client = desk.get(f"{review_path(registration).removesuffix('review/')}client/")
    found = [with_attribute(page.text, "data-delivery") for page in (partners, review, of_client)]
    return [" ".join(one.words() for one in shown) for shown in found]


def test_people_read_whether_the_live_version_is_in_force(time_machine):
    member, staff = partner(), reviewer()
    registration = approved(member, staff)
    approved_at = registration.revisions.get().decided_at
    assert pages(registration, member, staff) == [""] * 3
    a_token(Right.APPLIED, environment="production")
    assert pages(registration, member, staff) == [""] * 3
    a_token(Right.APPLIED)
    assert pages(registration, member, staff) == [f"Approved {exactly(approved_at)}, not yet applied"] * 3

    since = timezone.now() + timedelta(minutes=1)
    time_machine.move_to(since)
    apply(registration)
    assert pages(registration, member, staff) == [f"In force since {exactly(since)}"] * 3
    time_machine.move_to(since + timedelta(minutes=2))
    client.suspend(registration.uuid, by=staff, reason="Its owner asked for it.", internal_note="")
    changed = state(registration).updated_at
    assert pages(registration, member, staff) == [f"Changed {exactly(changed)}, not yet applied"] * 3
    apply(registration)
    assert pages(registration, member, staff) == ["The authorization server has applied this"] * 3
    client.close(registration.uuid, by=member)
    changed = state(registration).updated_at
    assert pages(registration, member, staff) == [f"Changed {exactly(changed)}, not yet applied"] * 3
    served.book_inventory("staging", {})
    assert pages(registration, member, staff) == [""] * 3  # it may be missing there, now that it is closed


def test_the_desk_lists_late_changes_and_how_the_last_inventory_differed(time_machine):
    staff, other = reviewer(), uuid4()
    registration = approved(partner(), staff, client_name="Late Client")
    lead, page = sign_in(Client(), head()), "/admin/registrations/apitoken/"
    a_token(Right.APPLIED)
    assert "data-late" not in lead.get("/admin/").text
    time_machine.move_to(timezone.now() + served.LATE + timedelta(seconds=1))
    served.alert_due()
    assert "data-late" not in sign_in(Client(), staff).get("/admin/").text
    for address in ("/admin/", page):
        (late,) = with_attribute(lead.get(address).text, "data-late")
        assert "Late Client" in late.words()
    served.book_inventory("staging", {other: state(registration)})
    shown = words(lead.get(page))
    assert f"Missing: 1 Late Client client id {registration.client_id}" in shown
    assert f"Unknown to the portal: 1 {other}" in shown
    served.book_inventory("staging", {registration.client_id: state(registration)})
    served.alert_due()
    shown = lead.get(page).text
    assert "The server had every client as the portal has it." in shown
    assert "data-late" not in shown


def test_people_read_when_clients_and_secrets_were_last_used(time_machine):
    member, staff = partner(), reviewer()
    registration, _ = revealed(member, staff)
    secret, now = registration.secrets.get(), timezone.now()
    credentials = at(registration, "credentials/")
    organisation = f"/admin/registrations/registration/organisations/{registration.organisation.uuid}/"

    def shown():
        desk = sign_in(Client(), staff)
        pages = (
            sign_in(Client(), member).get(credentials),
            desk.get(f"{review_path(registration).removesuffix('review/')}client/"),
        )
        return *(words(page) for page in pages), desk.get(organisation).text

    partners, of_client, of_organisation = shown()
    assert "Last used" not in partners + of_client
    usage.book("staging", [])
    partners, of_client, _ = shown()
    assert "Not reported" in partners
    assert "Never used since" in of_client
    usage.book("staging", [Use(registration.client_id, secret.uuid, now)])
    partners, of_client, of_organisation = shown()
    assert f"Does not expire {exactly(now)}" in partners
    assert f"Last used {exactly(now)}." in of_client
    assert "Unused for 90 days" not in of_client + of_organisation
    time_machine.move_to(now + UNUSED_AFTER)
    _, of_client, of_organisation = shown()
    assert "Unused for 90 days" not in of_client + of_organisation  # the server has fallen silent
    usage.book("staging", [])
    _, of_client, of_organisation = shown()
    assert "Unused for 90 days" in of_client
    assert "Unused for 90 days" in of_organisation
