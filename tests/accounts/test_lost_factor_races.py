"""Whatever happens at the same moment, a lost factor is taken off by as many people as it takes."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from portal.accounts.models import Role
from portal.audit.models import Event
from portal.lost_factors import resetting
from portal.lost_factors.models import FactorReset
from portal.refusals import Conflict, NotFound
from tests.support import people
from tests.support.people import home
from tests.support.races import at_once
from tests.support.second_factor import app_of

pytestmark = pytest.mark.django_db(transaction=True)


def reported(person):
    """The person's request. What staff wait for is over."""
    app_of(person)
    resetting.report(person)
    over = timezone.now() - timedelta(hours=1)
    FactorReset.objects.update(requested_at=over - timedelta(days=3), not_before=over)
    return FactorReset.objects.get(user=person)


def agree(asked, by):
    return resetting.agree(asked.uuid, by=by, reason=f"I met them: {by.pk}.", signed_in_at=timezone.now())


def has_factor(person):
    return Authenticator.objects.filter(user=person).exists()


def two_leads():
    return people.lead(), people.lead("second@portal.example")


@pytest.mark.parametrize("_", range(3))
def test_two_of_staff_who_agree_at_once_are_two(_):
    person, leads = people.partner(), two_leads()
    asked = reported(person)
    answers = at_once(*(lambda by=by: agree(asked, by) for by in leads))
    assert sorted(answers) == [False, True]
    asked.refresh_from_db()
    assert {asked.first_by, asked.second_by} == set(leads)
    for by, reason in ((asked.first_by, asked.first_reason), (asked.second_by, asked.second_reason)):
        assert reason == f"I met them: {by.pk}."
    assert not has_factor(person)
    verbs = Event.objects.filter(verb__startswith="factor_reset").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["factor_reset_agreed", "factor_reset"]


@pytest.mark.parametrize("_", range(3))
def test_one_of_staff_who_agrees_twice_at_once_is_one(_):
    person, lead = people.partner(), people.lead()
    asked = reported(person)
    answers = at_once(*(lambda: agree(asked, lead) for _ in range(2)))
    assert answers.count(False) == 1
    assert [type(answer) for answer in answers if answer is not False] == [Conflict]
    assert has_factor(person)
    assert Event.objects.filter(verb="factor_reset_agreed").count() == 1


@pytest.mark.parametrize("_", range(3))
def test_two_admins_who_agree_at_once_take_it_off_once(_):
    first = people.partner()
    second = people.colleague(home(first), "second@client.example", Role.ADMIN)
    person = people.viewer(home(first))
    asked = reported(person)
    answers = at_once(*(lambda by=by: agree(asked, by) for by in (first, second)))
    assert answers.count(True) == 1
    assert [type(answer) for answer in answers if answer is not True] == [NotFound]
    assert not has_factor(person)
    assert Event.objects.filter(verb="factor_reset").count() == 1


@pytest.mark.parametrize("_", range(5))
def test_agreeing_and_refusing_at_once_have_one_outcome(_):
    person = people.partner()
    first, second = two_leads()
    asked = reported(person)
    agree(asked, first)
    answers = at_once(lambda: agree(asked, second), lambda: resetting.refuse(asked.uuid, by=person))
    asked.refresh_from_db()
    if asked.refused_at:
        assert [type(answers[0]), answers[1]] == [NotFound, None]
    else:
        assert [answers[0], type(answers[1])] == [True, NotFound]
    assert has_factor(person) is (asked.done_at is None)
    assert (asked.done_at is None) is not (asked.refused_at is None)
    assert Event.objects.filter(verb__in=("factor_reset", "factor_reset_refused")).count() == 1


def test_reporting_twice_at_once_makes_one_request():
    person = people.partner()
    app_of(person)
    assert at_once(*(lambda: resetting.report(person) for _ in range(4))) == [None] * 4
    assert FactorReset.objects.open().count() == 1
    assert Event.objects.filter(verb="factor_lost").count() == 1
