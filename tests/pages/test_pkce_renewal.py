"""The form asks whether a PKCE exception is renewed, only where a change adds what it does not cover."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registrations.models import Draft, RedirectUri
from registrations.workflow import drafting, review
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import again, change, excepted, with_exception

pytestmark = pytest.mark.django_db
MORE = {"redirect_uris": ["https://client.example/callback", "https://client.example/other"]}


@pytest.fixture
def mine(client, partner):
    client.force_login(partner)
    return client


@pytest.fixture
def registration(partner, lead):
    return excepted(partner, lead)


def address(page, registration):
    return reverse(f"registrations:{page}", args=[registration.uuid])


def save(mine, registration, **changes):
    draft = getattr(again(registration), "draft", None)
    values = example_posted(draft_version=draft.version if draft else 0, then="check", **changes)
    return mine.post(address("edit", registration), values, follow=True).text


def boxes(page):
    return [one for one in elements(page) if one.get("name") == "pkce_renewal"]


@pytest.mark.parametrize("changes", [{}, with_exception(client_name="New Name"), with_exception(contacts=[])])
def test_it_is_not_asked_where_nothing_is_added(mine, registration, changes):
    page = save(mine, registration, **changes) if changes else mine.get(address("edit", registration)).text
    assert boxes(page) == []
    assert not with_attribute(page, "data-rule", "P-08")


def test_it_is_not_asked_about_what_is_live_already(mine, registration, partner, lead):
    change(registration, partner, **with_exception(client_name="New Name"))
    live = drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=lead, seen_version=2, signed_in_at=timezone.now())
    RedirectUri.objects.create(revision=live, position=1, uri=MORE["redirect_uris"][1], host="client.example")
    page = save(mine, registration, **with_exception(**MORE), contacts="team@client.example")
    assert not with_attribute(page, "data-rule", "P-08")


def test_it_is_asked_beside_the_choice_and_the_tick_goes_to_the_reviewers(mine, registration):
    page = save(mine, registration, **with_exception(**MORE))
    (finding,) = [one for one in with_attribute(page, "data-rule", "P-08") if one.tag == "li"]
    assert finding.get("data-field") == "pkce_support"
    assert "https://client.example/other" in finding.words()
    (box,) = boxes(page)
    assert "checked" not in box.attrs
    assert mine.post(address("submit", registration)).status_code == 422
    page = save(mine, registration, **with_exception(**MORE), pkce_renewal="on")
    assert "You request a renewal of the PKCE exception." in page
    assert Draft.objects.get().data["pkce_renewal"] is True
    (box,) = boxes(mine.get(address("edit", registration)).text)
    assert "checked" in box.attrs
    assert mine.post(address("submit", registration)).status_code == 302
    assert registration.pkce_exceptions.filter(status="requested").count() == 1


def test_supported_answers_it_too(mine, registration):
    page = save(mine, registration, **MORE)
    assert boxes(page) == []
    assert mine.post(address("submit", registration)).status_code == 302
    assert not registration.pkce_exceptions.filter(status="requested").exists()


def test_the_live_check_says_it_too(mine, registration):
    values = example_posted(**with_exception(**MORE)) | {"registration": str(registration.uuid)}
    answer = mine.post(reverse("registrations:live_check"), values, headers={"Accept": "application/json"})
    assert [one["rule"] for one in answer.json()["findings"]] == ["P-08"]
    values["pkce_renewal"] = "on"
    answer = mine.post(reverse("registrations:live_check"), values, headers={"Accept": "application/json"})
    assert answer.json()["findings"] == []


def test_a_draft_after_the_renewal_does_not_ask_for_the_next(mine, registration, partner):
    save(mine, registration, **with_exception(**MORE), pkce_renewal="on")
    drafting.submit(registration.uuid, by=partner)
    drafting.withdraw(registration.uuid, by=partner)
    assert boxes(mine.get(address("edit", registration)).text)
    drafting.discard(registration.uuid, by=partner)
    assert boxes(mine.get(address("edit", registration)).text) == []
