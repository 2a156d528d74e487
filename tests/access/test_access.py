"""Every address, every kind of person, GET and POST, against the table in docs/access.md."""

import pytest
from django.apps import apps
from django.urls import get_resolver, reverse
from django.utils import timezone

from portal.accounts.invitations import invite
from portal.accounts.models import JoinRequest, Membership
from tests.access.tables import rows_of
from tests.support import people
from tests.support.registrations import approved

pytestmark = pytest.mark.django_db

PEOPLE = ("nobody", "stranger", "viewer", "developer", "admin", "clerk", "reviewer", "lead")

GUARDED = rows_of("access.md", "Guarded addresses")
GROUPS = rows_of("access.md", "Groups of the desk")
OPEN = rows_of("access.md", "Open addresses")


def names(resolver=None, spaces=()):
    """The name of every address of the site; without a name its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            space = (entry.namespace,) if entry.namespace else ()
            yield from names(entry, spaces + space)
        else:
            yield ":".join([*spaces, entry.name or "-"])


def covered(name, listed):
    """A row that ends with * speaks for every name that begins so."""
    return any(name == row or (row.endswith("*") and name.startswith(row[:-1])) for row in listed)


def test_every_address_is_in_the_table():
    listed = [row[0] for row in GUARDED + OPEN]
    assert sorted({name for name in names() if not covered(name, listed)}) == []


def test_every_row_is_an_address():
    known = set(names())
    assert [row[0] for row in GUARDED + OPEN if not any(covered(name, [row[0]]) for name in known)] == []


@pytest.fixture
def world():
    """One live registration with a sealed secret, and everybody who may knock."""
    partner, stranger = people.partner(), people.stranger()
    home, reviewer = people.home(partner), people.reviewer()
    everybody = {
        "nobody": None,
        "stranger": stranger,
        "viewer": people.viewer(home),
        "developer": people.colleague(home),
        "admin": partner,
        "clerk": people.person("clerk@portal.example", is_staff=True),
        "reviewer": reviewer,
        "lead": people.lead(),
        "auditor": people.auditor(),
        "head": people.head(),
    }
    registration = approved(partner, reviewer)
    membership = Membership.objects.get(user=everybody["viewer"])
    asked = JoinRequest.objects.create(organisation=home, person=people.person("founder@client.example"))
    invited = invite(home.uuid, "new@client.example", "viewer", by=partner, signed_in_at=timezone.now())
    return everybody, {
        "uuid": registration.uuid,
        "organisation_uuid": home.uuid,
        "secret_uuid": registration.secrets.get().uuid,
        "contact_uuid": home.contacts.get().uuid,
        "pk": membership.pk,
        "invitation_uuid": invited.uuid,
        "request_uuid": asked.uuid,
        "app_label": "registrations",
        "registration_pk": registration.pk,
    }


def address_of(name, ids):
    if name == "admin:view_on_site":
        return reverse(name, args=[1, 1])
    if name == "admin:registrations_registration_change":
        return reverse(name, args=[ids["registration_pk"]])
    kwargs = {key: some_row_of(name) if key == "object_id" else ids[key] for key in parts_of(name)}
    return reverse(name, kwargs=kwargs)


def some_row_of(name):
    """An id that exists: an admin asks what there is before it asks who may see it."""
    label, model, _ = name.removeprefix("admin:").split("_", 2)
    return apps.get_model(label, model)._default_manager.order_by("pk").first().pk


def parts_of(name):
    *spaces, last = name.split(":")
    resolver = get_resolver()
    for space in spaces:
        _, resolver = resolver.namespace_dict[space]
    return resolver.reverse_dict.getlist(last)[0][0][0][1]


SIGN_IN = ("/accounts/login/", "/admin/login/")


def answer(response):
    """In the words of the table."""
    if response.status_code == 302 and response["Location"].startswith(SIGN_IN):
        return "sign in"
    return str(response.status_code) if response.status_code in (403, 404, 405) else "yes"


def measured(client, method, name, world, persons=PEOPLE):
    everybody, ids = world
    answers = []
    for person in persons:
        client.logout()
        if everybody[person]:
            people.sign_in(client, everybody[person])
        # A complete body, so that a refusal is about the person and not about what is missing.
        body = {"grace": "now"} if method == "POST" else {}
        answers.append(answer(getattr(client, method.lower())(address_of(name, ids), body)))
    return answers


@pytest.mark.parametrize("row", GUARDED, ids=lambda row: " ".join(row[:2]))
def test_address_answers_each_person_as_the_table_says(row, world, client):
    name, methods, *expected = row
    for method in methods.split(", "):
        answers = dict(zip(PEOPLE, measured(client, method, name, world), strict=True))
        assert answers == dict(zip(PEOPLE, expected, strict=True)), method


def group_row_addresses(name):
    """Every address that the row speaks for."""
    own = {row[0] for row in GROUPS}
    return [
        each for each in sorted(set(names())) if covered(each, [name]) and (each == name or each not in own)
    ]


@pytest.mark.parametrize("row", GROUPS, ids=lambda row: " ".join(row[:2]))
def test_each_group_of_the_desk_opens_what_the_table_says(row, world, client):
    name, methods, *expected = row
    addresses = group_row_addresses(name)
    assert addresses
    for address in addresses:
        for method in methods.split(", "):
            assert measured(client, method, address, world, ("auditor", "head")) == expected, (
                address,
                method,
            )
