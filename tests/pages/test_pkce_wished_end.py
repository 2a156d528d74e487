"""Partners can say until when they need the PKCE exception (rule P-09)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from registrations.models import Draft
from registrations.rules.pkce import end_after
from registrations.workflow import drafting, pkce, review
from registrations.workflow.refusals import RulesBroken
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, change, excepted, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db
WISH = in_days(100).isoformat()


@pytest.fixture
def mine(client, partner):
    client.force_login(partner)
    return client


def wishing(wish=WISH, **changes):
    return with_exception(pkce_wished_end=str(wish), **changes)


def saved(mine, registration, wish):
    values = example_posted(draft_version=1, then="check", **wishing(wish))
    return mine.post(reverse("registrations:edit", args=[registration.uuid]), values, follow=True).text


def field(page):
    (found,) = with_attribute(page, "id", "id_pkce_wished_end")
    return found


def findings(page):
    return [one.words() for one in with_attribute(page, "data-rule", "P-09") if one.tag == "li"]


def test_the_field_is_of_a_day_and_names_the_first_and_the_last(mine, partner):
    page = mine.get(reverse("registrations:edit", args=[a_draft(partner).uuid])).text
    today = timezone.now().date()
    assert field(page).get("type") == "date"
    assert field(page).get("min") == str(today + timedelta(days=1))
    assert field(page).get("max") == str(end_after(12, today=today))


@pytest.mark.parametrize("wish", ["31 March", "2027-02-30", in_days(0), in_days(-1), in_days(367)])
def test_a_day_that_cannot_be_is_said_beside_the_field_and_kept(mine, partner, wish):
    registration = a_draft(partner)
    page = saved(mine, registration, wish)
    assert findings(page)
    assert field(page).get("value") == str(wish)
    assert field(page).get("aria-invalid") == "true"
    assert Draft.objects.get().data["pkce_wished_end"] == str(wish)


def test_what_is_no_day_is_kept_in_a_field_for_text(mine, partner):
    assert field(saved(mine, a_draft(partner), "31 March")).get("type") == "text"


@pytest.mark.parametrize("wish", ["", in_days(1), in_days(365)])
def test_none_and_the_first_and_the_last_day_are_fine(mine, partner, wish):
    assert not findings(saved(mine, a_draft(partner), wish))


def test_it_is_stored_with_what_was_submitted_and_shown_in_words(mine, partner):
    registration = submitted(partner, **wishing())
    assert registration.revisions.get().pkce_wished_end == in_days(100)
    page = mine.get(reverse("registrations:detail", args=[registration.uuid])).text
    day = in_days(100)
    assert f"{day.day} {day:%B %Y}" in " ".join(one.words() for one in elements(page) if one.tag == "dd")


def test_without_an_exception_it_is_left_out(partner):
    registration = submitted(partner, pkce_wished_end=WISH)
    assert registration.revisions.get().pkce_wished_end is None


def test_a_wish_alone_requests_a_renewal(partner, lead):
    registration = excepted(partner, lead)
    change(registration, partner, **wishing())
    assert drafting.submit(registration.uuid, by=partner).status == "under_review"
    statuses = registration.pkce_exceptions.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["in_force", "requested"]


def granted_as_wished(partner, lead):
    registration = submitted(partner, **wishing())
    pkce.grant(
        registration.uuid, by=lead, seen_version=1, expires_on=in_days(100), signed_in_at=timezone.now()
    )
    review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    return registration


def test_a_wish_that_was_answered_is_not_part_of_the_next_draft(mine, partner, lead):
    registration = granted_as_wished(partner, lead)
    page = mine.get(reverse("registrations:edit", args=[registration.uuid])).text
    assert not field(page).get("value")


def test_a_wish_that_was_answered_holds_no_other_change_up(partner, lead):
    registration = granted_as_wished(partner, lead)
    change(registration, partner, **with_exception(contacts=["other@client.example"]))
    revision = drafting.submit(registration.uuid, by=partner)
    assert (revision.status, revision.decided_how) == ("approved", "rules")
    assert registration.pkce_exceptions.get().status == "in_force"


def test_a_draft_whose_wish_has_passed_is_not_submitted(partner):
    registration = a_draft(partner, **wishing(in_days(3)))
    with time_machine.travel(in_days(4), tick=False), pytest.raises(RulesBroken, match="after today"):
        drafting.submit(registration.uuid, by=partner)
