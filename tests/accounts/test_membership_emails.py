"""Who hears that a membership was added, changed or ended."""

import pytest

from portal.accounts.actions import remove_member
from portal.accounts.models import Membership, Role
from portal.outbox.models import OutboxMessage
from tests.accounts.mailing import deliver
from tests.support.people import colleague, home, lead, partner, person, sign_in, viewer

pytestmark = pytest.mark.django_db

ADMIN = "/admin/accounts/membership/"


def heard(emails):
    """Each reader with the subject."""
    return sorted((email.to[0], email.subject) for email in emails)


@pytest.fixture
def organisation():
    return home(partner())


@pytest.fixture
def desk(client):
    return sign_in(client, lead())


def test_whoever_is_added_by_staff_and_the_admins_hear_of_it(desk, organisation):
    viewer(organisation)
    added = person("new@client.example", full_name="Ada <Lovelace>")
    form = {"user": added.pk, "organisation": organisation.pk, "role": Role.ADMIN}
    assert desk.post(f"{ADMIN}add/", form).status_code == 302
    emails = deliver()
    subject = "Member added: Ada <Lovelace> in Client Ltd"
    assert heard(emails) == [("new@client.example", subject), ("partner@client.example", subject)]
    for email in emails:
        assert "with the role admin" in email.body
        assert "https://testserver/organisation/" in email.body
        assert "Ada &lt;Lovelace&gt;" in email.alternatives[0].content


def test_whoever_has_another_role_and_the_admins_hear_of_it(desk, organisation):
    changed = Membership.objects.get(user=colleague(organisation))
    assert desk.post(f"{ADMIN}{changed.pk}/change/", {"role": Role.VIEWER}).status_code == 302
    subject = "Role changed: colleague@client.example in Client Ltd"
    assert heard(emails := deliver()) == [
        (f"{who}@client.example", subject) for who in ("colleague", "partner")
    ]
    assert "to viewer" in emails[0].body


def test_whoever_is_removed_and_the_admins_hear_of_it(organisation):
    gone = Membership.objects.get(user=colleague(organisation))
    remove_member(gone.pk, by=organisation.members.get(memberships__role=Role.ADMIN))
    subject = "Member removed: colleague@client.example from Client Ltd"
    assert heard(deliver()) == [(f"{who}@client.example", subject) for who in ("colleague", "partner")]


def test_a_membership_that_ended_meanwhile_is_told_once(desk, organisation):
    changed = Membership.objects.get(user=colleague(organisation))
    desk.post(f"{ADMIN}{changed.pk}/change/", {"role": Role.VIEWER})
    remove_member(changed.pk, by=organisation.members.get(memberships__role=Role.ADMIN))
    assert {subject.partition(":")[0] for _, subject in heard(deliver())} == {"Member removed"}


def test_a_form_with_a_mistake_tells_nobody(desk, organisation):
    last = Membership.objects.get(organisation=organisation)
    assert desk.post(f"{ADMIN}{last.pk}/change/", {"role": Role.VIEWER}).status_code == 200
    assert not OutboxMessage.objects.exists()
