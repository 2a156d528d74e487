"""One row that cannot be booked keeps no other waiting."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from portal.audit.models import Event
from registrations.models import ClientSecret, PkceException
from registrations.workflow import pkce, secrets
from tests.support.invariants import check_invariants
from tests.support.registrations import approved, excepted, in_days


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


@pytest.mark.parametrize(("job", "days"), [(pkce.lapse_due, 91), (pkce.remind_due, 70)])
def test_an_exception_that_cannot_be_booked_keeps_no_other_waiting(partner, lead, time_machine, job, days):
    first = excepted(partner, lead, days=90).pkce_exceptions.get()
    excepted(partner, lead, days=90)
    time_machine.move_to(in_days(days))
    with connection.execute_wrapper(Broken(first)):
        assert job() == 1
    assert PkceException.objects.get(pk=first.pk).status == "in_force"
    assert job() == 1
    check_invariants()


def test_a_worker_that_is_told_to_end_lapses_no_further_secret(partner, reviewer, time_machine):
    for _ in range(3):
        approved(partner, reviewer)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    lapsed = ClientSecret.objects.filter(status="lapsed")
    assert secrets.lapse_due(stopped=lambda: lapsed.exists()) == 1
    assert secrets.lapse_due() == 2


@pytest.mark.parametrize(("job", "days"), [(pkce.lapse_due, 91), (pkce.remind_due, 70)])
def test_a_worker_that_is_told_to_end_books_no_further_exception(partner, lead, time_machine, job, days):
    for _ in range(3):
        excepted(partner, lead, days=90)
    time_machine.move_to(in_days(days))
    booked = Event.objects.filter(verb__in=["pkce.lapsed", "pkce.reminded"])
    assert job(stopped=lambda: booked.exists()) == 1
    assert job() == 2
