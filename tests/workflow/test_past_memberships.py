"""A membership that ended lets nobody in, and keeps its person from deciding for twelve months."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from portal.accounts import memberships
from portal.accounts.models import Membership, PastMembership, Role, User
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.queries import work
from registrations.workflow import review
from tests.support import people
from tests.support.just_signed_in import approve, remove_member
from tests.support.people import home, sign_in
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return people.partner()


@pytest.fixture
def former(partner):
    """A reviewer who left the partner's organisation ten days before they became one."""
    person = people.colleague(home(partner), "former@portal.example")
    with time_machine.travel(timezone.now() - timedelta(days=10), tick=False):
        Membership.objects.filter(user=person).update(joined_at=timezone.now() - timedelta(days=90))
        remove_member(person.memberships.get().pk, by=partner)
    colleague = people.reviewer("other@portal.example")
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person = User.objects.get(pk=person.pk)
    person.groups.set(colleague.groups.all())
    return person


def test_a_membership_that_ends_moves_to_a_table_of_its_own(partner):
    developer = people.colleague(home(partner))
    joined_at = developer.memberships.get().joined_at
    memberships.leave(home(partner).uuid, by=developer, signed_in_at=timezone.now())
    past = PastMembership.objects.get()
    assert (past.person, past.organisation, past.role) == (developer, home(partner), Role.DEVELOPER)
    assert (past.joined_at, past.ended_at >= joined_at) == (joined_at, True)
    assert not Membership.objects.filter(user=developer).exists()


def test_nothing_ends_before_it_began(partner):
    now = timezone.now()
    with pytest.raises(IntegrityError, match="past_membership_ended_after_it_began"):
        PastMembership.objects.create(
            person=partner,
            organisation=home(partner),
            role="admin",
            joined_at=now,
            ended_at=now - timedelta(1),
        )


def test_who_left_decides_on_nothing_of_it(partner, former):
    registration = submitted(partner)
    verbs = {
        "approve": lambda: approve(registration.uuid, by=former, seen_version=1),
        "reject": lambda: review.reject(registration.uuid, by=former, seen_version=1, note="No."),
        "changes": lambda: review.request_changes(registration.uuid, by=former, seen_version=1, note="Why?"),
    }
    for verb in verbs.values():
        with pytest.raises(NotAllowed, match="You belonged to this organisation until"):
            verb()
    assert registration.revisions.get().status == "under_review"


def test_after_twelve_months_they_may_decide_again(partner, former):
    registration = submitted(partner)
    assert not permissions.can_review(former, registration)
    assert not permissions.can_decide_pkce(former, registration)
    assert former not in permissions.reviewers_of(registration)
    with time_machine.travel(timezone.now() + timedelta(days=356)):
        assert permissions.can_review(former, registration)
        assert former in permissions.reviewers_of(registration)


def test_somebody_elses_organisation_is_no_matter(former):
    assert permissions.can_review(former, submitted(people.stranger()))


def test_the_page_says_why_and_offers_no_decision(client, partner, former):
    registration = submitted(partner)
    sign_in(client, former)
    page = client.get(f"/admin/registrations/registration/{registration.uuid}/review/")
    assert page.status_code == 200
    assert "You belonged to Client Ltd within the last twelve months" in page.text
    assert 'value="approve"' not in page.text


def test_they_are_not_led_to_its_registrations(partner, former):
    revision = submitted(partner).revisions.get()
    assert revision not in work.oldest_unclaimed(former)
    assert revision in work.oldest_unclaimed(people.reviewer())


def test_who_left_gets_back_into_nothing(client, partner, former):
    registration = submitted(partner)
    sign_in(client, former)
    assert client.get(f"/registrations/{registration.uuid}/").status_code == 404
    assert permissions.role_in(former, home(partner).pk) is None
