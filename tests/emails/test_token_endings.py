"""Leads hear of tokens of authorization servers before those end."""

from datetime import timedelta

import pytest

from portal.audit.models import Event
from registrations.domain.api_rights import Right
from registrations.models import ApiToken
from registrations.workflow import api_tokens
from tests.emails.sending import both_hold, delivered, only
from tests.support import people

pytestmark = pytest.mark.django_db

SUBJECT = "The API token of login.example ends on"


def a_token(*, days_left, **more):
    """A token of a year of which so many days are left."""
    token, _ = api_tokens.create(
        "login.example",
        by=None,
        signed_in_at=None,
        **{"environment": "staging", "rights": {Right.READ}, "days": 365} | more,
    )
    passed = timedelta(days=more.get("days", 365) - days_left)
    moved = {"created_at": token.created_at - passed, "expires_at": token.expires_at - passed}
    ApiToken.objects.filter(pk=token.pk).update(**moved)
    return ApiToken.objects.get(pk=token.pk)


def pass_days(token, days):
    token.refresh_from_db()
    for name in ("created_at", "expires_at", "reminded_at"):
        setattr(token, name, getattr(token, name) - timedelta(days=days))
    token.save()


def test_leads_hear_of_it_two_weeks_before_and_two_days_before():
    head, _, _ = people.head(), people.reviewer(), people.partner()
    token = a_token(days_left=13)
    assert api_tokens.remind_due() == 1
    email = only(SUBJECT)
    assert email.to == [head.email]
    assert both_hold(email, f"The API token {token.hint}… of")
    assert both_hold(email, f"{token.expires_at:%H:%M} UTC")
    assert both_hold(email, "https://testserver/admin/registrations/apitoken/")
    for days, count in ((0, 0), (10, 0), (1, 1), (1, 0)):
        pass_days(token, days)
        assert api_tokens.remind_due() == count
    assert len(delivered(SUBJECT)) == 2
    assert Event.objects.filter(verb="token.reminded", stream=token.uuid).count() == 2


@pytest.mark.parametrize("left", [15, 0])
def test_nobody_hears_of_it_long_before_or_after_its_end(left):
    people.head()
    a_token(days_left=left)
    assert api_tokens.remind_due() == 0


def test_a_token_that_was_meant_for_a_week_ends_in_silence():
    people.head()
    a_token(days=7, days_left=5)
    assert api_tokens.remind_due() == 0


def test_where_it_is_replaced_nobody_has_to_hear_of_it():
    people.head()
    a_token(days_left=13)
    a_token(days_left=365, environment="production")
    assert api_tokens.remind_due() == 1
    a_token(days_left=365)
    assert delivered(SUBJECT) == []
    ApiToken.objects.update(reminded_at=None)
    assert api_tokens.remind_due() == 0


def test_what_was_revoked_is_not_announced():
    token = a_token(days_left=13)
    people.head()
    api_tokens.remind_due()
    api_tokens.revoke(token.uuid, by=None)
    assert delivered(SUBJECT) == []
    assert api_tokens.remind_due() == 0
