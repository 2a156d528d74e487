"""One row that cannot be booked keeps no other waiting."""

from datetime import timedelta

from django.db import IntegrityError, connection
from django.utils import timezone

from registrations.models import ClientSecret
from registrations.workflow import secrets
from tests.support.invariants import check_invariants
from tests.support.registrations import approved


class Broken:
    """A database that refuses every change of one row."""

    def __init__(self, row):
        self.table, self.pk = row._meta.db_table, row.pk

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(f'UPDATE "{self.table}"') and self.pk in params:
            raise IntegrityError("refused")
        return execute(sql, params, many, context)


def test_a_secret_that_cannot_be_booked_keeps_no_other_waiting(partner, reviewer, time_machine):
    first = approved(partner, reviewer).secrets.get()
    approved(partner, reviewer)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    with connection.execute_wrapper(Broken(first)):
        assert secrets.lapse_due() == 1
    assert list(ClientSecret.objects.order_by("pk").values_list("status", flat=True)) == ["sealed", "lapsed"]
    assert secrets.lapse_due() == 1
    check_invariants()
