from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.accounts.models import Membership, Role
from portal.refusals import Refusal
from tests.support.just_signed_in import remove_member
from tests.support.people import home, member, partner

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_admins_who_remove_each_other_leave_one():
    first = partner()
    second = member(home(first), "second@client.example", Role.ADMIN)
    start = Barrier(2)

    def remove(pair):
        by, leaving = pair
        start.wait()
        try:
            remove_member(leaving.memberships.get().pk, by=by)
        except (Refusal, Membership.DoesNotExist):
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(remove, [(first, second), (second, first)]))
    assert Membership.objects.filter(role=Role.ADMIN).count() == 1
