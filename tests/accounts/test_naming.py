"""An organisation is renamed by its admins, and everybody who needs to know reads of it."""

import pytest
from django.urls import reverse

from portal.accounts.actions import rename_organisation
from portal.accounts.models import FormerName
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, NotFound
from tests.accounts.inviting import NEW, invite
from tests.support import people
from tests.support.pages import words
from tests.support.people import home, sign_in

DESK = "admin:registrations_registration_organisation"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return people.partner()


def address(admin, name="rename"):
    return f"/organisation/{home(admin).uuid}/{name}/"


def test_an_admin_renames_the_organisation(client, admin):
    sign_in(client, admin)
    assert 'value="Client Ltd"' in client.get(address(admin)).text
    assert client.post(address(admin), {"name": " Acme  ApS"}).status_code == 302
    assert home(admin).name == "Acme ApS"
    former = FormerName.objects.get()
    assert (former.name, former.organisation, former.changed_by) == ("Client Ltd", home(admin), admin)
    event = Event.objects.get(verb="organisation_renamed")
    assert (event.stream, event.detail) == (home(admin).uuid, {})


@pytest.mark.parametrize("name", ["", "A", "Pleo GmbH", "Acme <b>", "Acme\u202e", "x" * 81, "Client Ltd"])
def test_a_name_that_a_rule_rejects_stays_typed(client, admin, name):
    sign_in(client, admin)
    page = client.post(address(admin), {"name": name})
    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert page.context["form"]["name"].value() == name
    with pytest.raises(Conflict):
        rename_organisation(home(admin).uuid, name, by=admin)
    assert home(admin).name == "Client Ltd"


@pytest.mark.parametrize("make", [people.colleague, people.viewer])
def test_only_an_admin_renames(client, admin, make):
    other = make(home(admin))
    sign_in(client, other)
    for method in (client.get, client.post):
        assert method(address(admin), {"name": "Acme ApS"}).status_code == 403
    with pytest.raises(NotAllowed):
        rename_organisation(home(admin).uuid, "Acme ApS", by=other)
    with pytest.raises(NotFound):
        rename_organisation(home(admin).uuid, "Acme ApS", by=people.stranger())
    assert home(admin).name == "Client Ltd"


def test_the_desk_sees_former_names(client, admin):
    rename_organisation(home(admin).uuid, "Acme ApS", by=admin)
    sign_in(client, people.lead())
    path = f"/admin/accounts/organisation/{home(admin).pk}/change/"
    assert client.post(path, {"name": "Acme A/S"}).status_code == 302
    page = words(client.get(reverse(DESK, args=[home(admin).uuid])))
    assert "Client Ltd" in page
    assert "Acme ApS" in page


def test_members_read_what_happened(client, admin):
    invite(admin)
    rename_organisation(home(admin).uuid, "Acme ApS", by=admin)
    sign_in(client, admin)
    page = words(client.get(address(admin, "activity")))
    assert "You renamed the organisation." in page
    assert f"You invited {NEW} with the role developer." in page
    sign_in(client, people.viewer(home(admin)))
    page = words(client.get(address(admin, "activity")))
    assert "partner@client.example invited somebody with the role developer." in page
    assert NEW not in page


def test_what_staff_did_is_done_by_pleo(client, admin):
    sign_in(client, people.lead())
    client.post(f"/admin/accounts/organisation/{home(admin).pk}/change/", {"name": "Acme A/S"})
    sign_in(client, admin)
    page = words(client.get(address(admin, "activity")))
    assert "Pleo changed the name" in page
    assert "lead@portal.example" not in page


def test_nobody_reads_the_activity_of_another_organisation(client, admin):
    sign_in(client, people.stranger())
    assert client.get(address(admin, "activity")).status_code == 404
