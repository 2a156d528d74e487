"""A form of the admin that was saved as it was has changed nothing: no event says so, and no email."""

import pytest
from django.contrib.auth.models import Group

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from registrations.models import Scope
from tests.support.people import home, lead, partner, person, sign_in

pytestmark = pytest.mark.django_db


def a_person():
    row = person("other@portal.example", full_name="Ada")
    return f"accounts/user/{row.pk}", {"full_name": "Ada", "is_active": "on"}


def a_group():
    row = Group.objects.order_by("pk").first()
    return f"auth/group/{row.pk}", {
        "name": row.name,
        "permissions": [one.pk for one in row.permissions.all()],
    }


def an_organisation():
    row = home(partner())
    return f"accounts/organisation/{row.pk}", {"name": row.name, "brand_accepted_because": ""}


def a_scope():
    row = Scope.objects.order_by("pk").first()
    form = {"name": row.name, "description": row.description, "tier": row.tier, "is_offered": "on"}
    return f"registrations/scope/{row.pk}", form


@pytest.mark.parametrize("row", [a_person, a_group, an_organisation, a_scope])
def test_a_form_saved_as_it_was_leaves_no_event_and_no_email(client, row):
    path, form = row()
    sign_in(client, lead())
    assert client.post(f"/admin/{path}/change/", form).status_code == 302
    assert not Event.objects.exists()
    assert not OutboxMessage.objects.exists()
