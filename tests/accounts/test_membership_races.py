"""Whatever admins do to each other at the same moment, one of them stays."""

import pytest
from django.utils import timezone

from portal.accounts import memberships
from portal.accounts.models import Membership, Role
from tests.support.people import colleague, home, partner
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

VERBS = {
    "role": lambda pk, by: memberships.change_role(pk, "viewer", by=by, signed_in_at=timezone.now()),
    "remove": lambda pk, by: memberships.remove_member(pk, by=by, signed_in_at=timezone.now()),
    "leave": lambda pk, by: memberships.leave(home(by).uuid, by=by, signed_in_at=timezone.now()),
}


@pytest.mark.parametrize("others", VERBS)
@pytest.mark.parametrize("firsts", VERBS)
def test_two_admins_leave_one(firsts, others):
    first = partner()
    second = colleague(home(first), "second@client.example", Role.ADMIN)
    of_first, of_second = first.memberships.get().pk, second.memberships.get().pk
    at_once(lambda: VERBS[firsts](of_second, first), lambda: VERBS[others](of_first, second))
    assert Membership.objects.filter(role=Role.ADMIN).count() >= 1
