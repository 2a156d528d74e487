"""Whatever happens at the same moment, an invitation lets in one person, once."""

import pytest
from django.test import Client

from portal.accounts import invitations
from portal.accounts.models import Membership, Role
from portal.audit.models import Event
from portal.refusals import Refusal
from tests.accounts.inviting import NEW, invite, link, token
from tests.support import people
from tests.support.just_signed_in import remove_member
from tests.support.people import home, sign_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_twenty_who_accept_at_once_one_gets_in():
    invited = invite(people.partner())
    newcomer = people.person(NEW, full_name="Nora Newcomer")
    browsers = [sign_in(Client(), newcomer) for _ in range(20)]
    answers = at_once(*(lambda one=one: one.post(link(invited)).status_code for one in browsers))
    assert sorted(answers)[:1] == [302]
    assert set(sorted(answers)[1:]) <= {409, 410}
    assert newcomer.memberships.count() == 1
    assert Event.objects.filter(verb="invitation_accepted").count() == 1


def test_two_invitations_at_once_make_one_membership():
    first, second = invite(people.partner()), invite(people.stranger())
    newcomer = people.person(NEW)
    accepts = [lambda one=one: invitations.accept(token(one), by=newcomer) for one in (first, second)]
    answers = at_once(*accepts)
    assert sum(isinstance(answer, Membership) for answer in answers) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    assert newcomer.memberships.count() == 1


@pytest.mark.parametrize("_", range(5))
def test_accepting_and_revoking_at_once_have_one_outcome(_):
    admin, newcomer = people.partner(), people.person(NEW)
    invited = invite(admin)
    at_once(
        lambda: invitations.accept(token(invited), by=newcomer),
        lambda: invitations.revoke(invited.uuid, by=admin),
    )
    invited.refresh_from_db()
    assert newcomer.memberships.exists() == (invited.status == "accepted")
    done = Event.objects.filter(verb__in=("invitation_accepted", "invitation_revoked"))
    assert done.count() == 1


def test_removing_the_admin_who_invited_and_accepting_at_once_is_no_deadlock():
    admin, newcomer = people.partner(), people.person(NEW)
    second = people.colleague(home(admin), "second@client.example", Role.ADMIN)
    invited, leaves = invite(second), second.memberships.get().pk
    answers = at_once(
        lambda: invitations.accept(token(invited), by=newcomer),
        lambda: remove_member(leaves, by=admin),
    )
    assert all(answer is None or isinstance(answer, Membership | Refusal) for answer in answers)
    invited.refresh_from_db()
    assert newcomer.memberships.exists() == (invited.status == "accepted")
