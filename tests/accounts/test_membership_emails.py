"""Who hears that a membership was added, changed or ended."""

import pytest
from django.utils import timezone

from portal.accounts.memberships import change_role
from portal.accounts.models import Membership, Role, User
from portal.outbox.queue import enqueue
from tests.accounts.mailing import deliver
from tests.support.just_signed_in import remove_member
from tests.support.people import colleague, home, partner, viewer

pytestmark = pytest.mark.django_db


def heard(emails):
    """Each reader with the subject."""
    return sorted((email.to[0], email.subject) for email in emails)


@pytest.fixture
def organisation():
    return home(partner())


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("member_added", "Member added: Ada <Lovelace> in Client Ltd", "with the role viewer"),
        ("member_changed", "Role changed: Ada <Lovelace> in Client Ltd", "to viewer"),
    ],
)
def test_what_an_earlier_release_queued_is_still_sent(organisation, kind, subject, words):
    added = viewer(organisation)
    User.objects.filter(pk=added.pk).update(full_name="Ada <Lovelace>")
    enqueue(kind, membership=added.memberships.get().pk)
    emails = deliver()
    assert heard(emails) == [("partner@client.example", subject), ("viewer@client.example", subject)]
    for email in emails:
        assert words in email.body
        assert "https://testserver/organisation/" in email.body
        assert "Ada &lt;Lovelace&gt;" in email.alternatives[0].content


def test_whoever_is_removed_and_the_admins_hear_of_it(organisation):
    gone = Membership.objects.get(user=colleague(organisation))
    remove_member(gone.pk, by=organisation.members.get(memberships__role=Role.ADMIN))
    subject = "Member removed: colleague@client.example from Client Ltd"
    assert heard(deliver()) == [(f"{who}@client.example", subject) for who in ("colleague", "partner")]


def test_a_membership_that_ended_meanwhile_is_told_once(organisation):
    changed = Membership.objects.get(user=colleague(organisation))
    admin = organisation.members.get(memberships__role=Role.ADMIN)
    change_role(changed.pk, Role.VIEWER, by=admin, signed_in_at=timezone.now())
    remove_member(changed.pk, by=organisation.members.get(memberships__role=Role.ADMIN))
    assert {subject.partition(":")[0] for _, subject in heard(deliver())} == {"Member removed"}
