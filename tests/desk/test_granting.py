"""The reviewer grants or refuses each scope with the decision."""

import pytest
from django.core import mail
from django.urls import reverse

from registrations.workflow import drafting
from tests.pages.elements import elements, with_attribute
from tests.support.people import sign_in
from tests.support.registrations import again, change, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration(partner):
    return submitted(partner)


@pytest.fixture
def desk(client, reviewer):
    return sign_in(client, reviewer)


def address(registration):
    return reverse("admin:registrations_registration_review", args=[registration.uuid])


def decide(desk, registration, **fields):
    return desk.post(address(registration), {"seen_version": 1, "decision": "approve", "note": ""} | fields)


def ticks(page):
    found = [one for one in elements(page) if one.get("name") == "granted" and one.get("type") == "checkbox"]
    return {one.get("value"): "checked" in one.attrs for one in found}


def granted(registration):
    rows = registration.revisions.get().requested_scopes
    return dict(rows.values_list("scope_id", "granted"))


def test_every_scope_is_offered_and_ticked(desk, registration):
    assert ticks(desk.get(address(registration)).text) == dict.fromkeys(
        ["test:test", "users:read", "users:write"], True
    )


def test_only_what_is_ticked_is_granted_and_the_partner_reads_it(client, desk, registration, partner):
    assert decide(desk, registration, granted=["", "users:read"]).status_code == 302
    assert granted(registration) == {"test:test": False, "users:read": True, "users:write": False}
    page = desk.get(address(registration)).text
    assert "Refused." in page
    client.force_login(partner)
    page = " ".join(client.get(reverse("registrations:detail", args=[registration.uuid])).text.split())
    assert "The client works without <code>test:test</code> and <code>users:write</code>. To ask" in page


def test_without_any_field_all_are_granted(desk, registration):
    assert decide(desk, registration).status_code == 302
    assert set(granted(registration).values()) == {True}


def test_no_tick_at_all_is_told_beside_them_and_the_note_is_kept(desk, registration):
    answer = decide(desk, registration, granted=[""], note="Fine otherwise.")
    assert answer.status_code == 422
    assert 'id="id_granted_error"' in answer.text
    assert "Fine otherwise." in answer.text
    assert set(ticks(answer.text).values()) == {False}
    assert again(registration).client_id is None


def test_turning_down_needs_no_tick(desk, registration):
    answer = decide(desk, registration, granted=[""], decision="reject", note="Not with us.")
    assert answer.status_code == 302


def test_a_page_that_comes_back_keeps_the_ticks(desk, registration):
    answer = decide(desk, registration, granted=["", "users:read"], decision="request_changes")
    assert answer.status_code == 422
    assert ticks(answer.text) == {"test:test": False, "users:read": True, "users:write": False}


def test_a_scope_that_nobody_asked_for_is_refused_and_the_ticks_are_kept(desk, registration):
    answer = decide(desk, registration, granted=["", "users:read", "tags:read"])
    assert answer.status_code == 409
    assert ticks(answer.text)["users:write"] is False
    assert again(registration).client_id is None
    assert mail.outbox == []


def test_the_reason_for_a_refusal_is_kept_and_previewed(client, desk, registration):
    why = "Reading people is enough for a till."
    answer = decide(desk, registration, granted=["", "users:read"], refused_because=why, preview="1")
    assert why in answer.text.partition("data-email")[2].partition("</div>")[0]
    assert why in answer.text.partition('id="id_refused_because"')[2].partition("</textarea>")[0]
    assert decide(desk, registration, granted=["", "users:read"], refused_because=why).status_code == 302
    rows = registration.revisions.get().requested_scopes.filter(granted=False)
    assert set(rows.values_list("refused_because", flat=True)) == {why}


def test_a_scope_that_was_refused_starts_empty_and_the_refusal_stands_beside_it(
    desk, registration, partner, reviewer
):
    decide(desk, registration, granted=["", "users:read", "test:test"], refused_because="Reading is enough.")
    asked = {"users:write": "Since May our till adds people by itself."}
    change(registration, partner, scope_reasons=asked)
    drafting.submit(registration.uuid, by=partner)
    page = desk.get(address(registration)).text
    assert ticks(page) == {"test:test": True, "users:read": True, "users:write": False}
    (refusal,) = with_attribute(page, "data-refused", "users:write")
    assert page.count("<bdi>Refused on ") == 2
    said = f"Reading is enough. By {reviewer.get_full_name()}, with revision 1."
    assert said in " ".join(refusal.words().split())
    assert asked["users:write"] in page
    sent = {"seen_version": 2, "decision": "approve", "note": ""}
    assert desk.post(address(registration), sent).status_code == 302
    assert registration.revisions.get(status="approved").scopes() == ("test:test", "users:read")
