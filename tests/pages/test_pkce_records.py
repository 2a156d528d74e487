"""A record says that a PKCE exception is requested only while one is in force or waits for a decision."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registrations.models import Draft, PkceException
from registrations.workflow import drafting, pkce
from tests.pages.elements import elements
from tests.support.people import sign_in
from tests.support.registrations import REASON, change, excepted, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db
SAYS = "Not supported, needs an exception"


def revoke(registration, by):
    exception = registration.pkce_exceptions.get()
    pkce.revoke(registration.uuid, exception.uuid, by=by, reason="The library has learnt it.")


def run_out(registration, by):
    PkceException.objects.update(expires_on=in_days(-1))


@pytest.fixture(params=[revoke, run_out])
def over(request, partner, lead):
    registration = excepted(partner, lead)
    request.param(registration, lead)
    return registration


def partner_page(client, partner, registration):
    client.force_login(partner)
    return client.get(reverse("registrations:detail", args=[registration.uuid])).text


def desk_page(client, lead, registration):
    sign_in(client, lead)
    return client.get(reverse("admin:registrations_registration_review", args=[registration.uuid])).text


def shown_on_desk(page):
    found = [one for one in elements(page) if one.get("data-shows") == "pkce_support"]
    return " ".join(found[0].words().split()) if found else ""


def document(client, partner, registration):
    client.force_login(partner)
    return client.get(reverse("registrations:metadata", args=[registration.uuid])).json()


def test_while_it_is_in_force_every_record_says_so(client, partner, lead):
    registration = excepted(partner, lead)
    assert SAYS in partner_page(client, partner, registration)
    assert "Exception requested" in shown_on_desk(desk_page(client, lead, registration))
    assert document(client, partner, registration)["pkce_required"] is False


def test_once_it_is_over_no_record_says_so(client, partner, lead, over):
    page = partner_page(client, partner, over)
    assert SAYS not in page
    assert REASON not in page
    assert "Supported" in shown_on_desk(desk_page(client, lead, over))
    found = document(client, partner, over)
    assert (found["pkce_required"], "pkce_support" in found) == (True, False)
    form = client.get(reverse("registrations:edit", args=[over.uuid])).text
    assert REASON not in form


def test_a_new_request_is_a_difference_on_both_sides(client, partner, lead, over):
    change(over, partner, **with_exception())
    drafting.submit(over.uuid, by=partner)
    assert SAYS in partner_page(client, partner, over)
    page = desk_page(client, lead, over)
    assert [one for one in elements(page) if one.get("data-changed") == "pkce_support"]


def test_a_version_that_left_it_as_it_is_says_nothing_once_it_is_over(client, partner, lead):
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(client_name="New Name"))
    drafting.submit(registration.uuid, by=partner)
    revoke(registration, lead)
    assert SAYS not in partner_page(client, partner, registration)
    assert "Supported" in shown_on_desk(desk_page(client, lead, registration))


def test_a_first_request_is_shown_as_it_was_submitted(client, partner, lead):
    registration = submitted(partner, **with_exception())
    assert SAYS in partner_page(client, partner, registration)
    assert "Exception requested" in shown_on_desk(desk_page(client, lead, registration))


@pytest.mark.parametrize("ending", [revoke, run_out])
def test_a_draft_that_left_it_as_it_is_requests_nothing_once_it_is_over(client, partner, lead, ending):
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(client_name="New Name"))
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=3))
    ending(registration, lead)
    assert SAYS not in partner_page(client, partner, registration)
    for page in ("edit", "check"):
        assert REASON not in client.get(reverse(f"registrations:{page}", args=[registration.uuid])).text
    assert "so PKCE is required" in partner_page(client, partner, registration)
    revision = drafting.submit(registration.uuid, by=partner)
    assert (revision.client_name, revision.pkce_support) == ("New Name", "supported")
    assert not registration.pkce_exceptions.filter(status="requested").exists()


@pytest.mark.parametrize(
    "changes", [{"pkce_renewal": True}, {"pkce_justification": f"{REASON} Still."}], ids=["box", "words"]
)
def test_a_draft_that_asked_for_it_anew_still_does(partner, lead, changes):
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(**changes))
    revoke(registration, lead)
    drafting.submit(registration.uuid, by=partner)
    assert registration.pkce_exceptions.filter(status="requested").exists()


def test_the_same_words_in_a_draft_after_the_end_are_a_request(partner, lead, over):
    change(over, partner, **with_exception())
    drafting.submit(over.uuid, by=partner)
    assert over.pkce_exceptions.filter(status="requested").exists()
