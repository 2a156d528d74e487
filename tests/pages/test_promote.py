"""From a client that is live in staging to a draft for production with the same answers."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from registrations.models import Registration
from registrations.workflow import drafting, promoting, review
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.registrations import a_logo, approved, example_values, submitted

pytestmark = pytest.mark.django_db

WHY = "Our till adds an account for each new shop."
ANSWERS = {
    "redirect_uris": [
        "https://client.example/callback",
        "http://localhost:8000/callback",
        "https://oauth.pstmn.io/v1/callback",
    ],
    "scope": ["users:read", "vendors:read"],
    "scope_reasons": {"vendors:read": WHY},
}


def test_the_draft_has_the_answers_and_the_page_says_what_it_leaves_out(login, partner, reviewer):
    staging = approved(partner, reviewer, logo=a_logo("a" * 64), **ANSWERS)
    browser = login(partner)
    page = browser.get(at(staging))
    (key,) = (one.get("value") for one in with_attribute(page.text, "name") if one.get("name") == "start_key")
    form = browser.post(at(staging, "promote/"), {"start_key": key}, follow=True)
    started = Registration.objects.exclude(pk=staging.pk).get()
    assert form.redirect_chain == [(at(started, "edit/"), 302)]
    expected = example_values(
        **ANSWERS | {"environment": "production", "redirect_uris": ["https://client.example/callback"]}
    )
    assert {name: started.draft.data[name] for name in expected} == expected
    assert started.draft.logo_id == "a" * 64
    assert "http://localhost:8000/callback, https://oauth.pstmn.io/v1/callback" in form.text
    assert (
        "You started the registration with the answers of a staging client." in browser.get(at(started)).text
    )
    browser.post(at(staging, "promote/"), {"start_key": key})
    assert browser.post(at(staging, "promote/")).status_code == 409
    assert Registration.objects.count() == 2
    assert Event.objects.get(verb="registration.promoted").detail["from"] == str(staging.uuid)
    drafting.submit(started.uuid, by=partner)


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_only_staging_leads_to_production(login, partner, viewer, reviewer, environment):
    client = approved(partner, reviewer, environment=environment)
    offered = "Register for production" in login(partner).get(at(client)).text
    answer = login(partner).post(at(client, "promote/"))
    assert (offered, answer.status_code) == ((True, 302) if environment == "staging" else (False, 409))
    assert "Register for production" not in login(viewer).get(at(client)).text


def test_the_page_leads_to_the_registration_for_production_until_that_is_closed(
    login, partner, viewer, reviewer
):
    staging, other = approved(partner, reviewer), approved(partner, reviewer)
    started, _, _ = promoting.promote(staging.uuid, by=partner)
    for member in (partner, viewer):
        page = login(member).get(at(staging)).text
        assert (f'href="{at(started)}"' in page, "Register for production" in page) == (True, False)
    assert at(started) not in login(partner).get(at(other)).text
    drafting.discard(started.uuid, by=partner)
    page = login(partner).get(at(staging)).text
    assert (at(started) in page, "Register for production" in page) == (False, True)
    assert promoting.promote(staging.uuid, by=partner).registration != started


def test_the_form_names_the_scopes_that_were_refused_in_staging(login, partner, reviewer):
    staging = submitted(partner, **ANSWERS)
    decision = {"granted": ["users:read"], "refused_because": "Your client shows no vendors."}
    review.approve(staging.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now(), **decision)
    form = login(partner).post(at(staging, "promote/"), follow=True)
    draft = Registration.objects.exclude(pk=staging.pk).get().draft
    assert draft.data["scope"] == ["users:read"]
    assert "Not asked for, because Pleo refused these scopes in staging: vendors:read." in form.text
