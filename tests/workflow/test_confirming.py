"""Restricted scopes take a second person."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Membership, Role
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations.models import Scope, ScopeConfirmation
from registrations.workflow import drafting, review
from registrations.workflow.client import restrict
from registrations.workflow.refusals import StaleVersion
from registrations.workflow.scopes import confirm_scopes
from tests.support import people
from tests.support.people import home, sign_in
from tests.support.registrations import again, change, submitted

WHY = {"vendors:write": "Our till adds a vendor for each new shop."}


@pytest.fixture
def asked(partner):
    return submitted(partner, scope=["users:read", "vendors:write"], scope_reasons=WHY)


def approve(registration, by, **more):
    return review.approve(registration.uuid, by=by, seen_version=1, **more, signed_in_at=timezone.now())


def confirm(registration, by, seen_version=1):
    return confirm_scopes(registration.uuid, by=by, seen_version=seen_version)


def test_one_confirms_and_another_approves(asked, reviewer, lead):
    confirm(asked, lead)
    event = Event.objects.get(verb="revision.scopes_confirmed")
    assert (event.moved, event.detail) == (["revision:1"], {"scopes": ["vendors:write"]})
    approve(asked, reviewer)
    assert again(asked).status == "active"


def test_nobody_approves_alone(asked, reviewer):
    with pytest.raises(Conflict, match="needs a second person"):
        approve(asked, reviewer)
    confirm(asked, reviewer)
    with pytest.raises(Conflict, match="You confirmed"):
        approve(asked, reviewer)
    revision = asked.revisions.get()
    assert revision.status == "under_review"
    assert set(revision.requested_scopes.values_list("granted", flat=True)) == {None}


def test_what_became_restricted_afterwards_is_not_confirmed(partner, reviewer, lead):
    registration = submitted(partner, scope=["users:write", "vendors:write"], scope_reasons=WHY)
    confirm(registration, lead)
    Scope.objects.filter(name="users:write").update(tier="restricted")
    with pytest.raises(Conflict, match="needs a second person"):
        approve(registration, reviewer)
    confirm(registration, lead)
    approve(registration, reviewer)
    assert ScopeConfirmation.objects.get().scopes == ["users:write", "vendors:write"]


def no_longer_active(person, organisation):
    person.is_active = False
    person.save()


def no_longer_a_reviewer(person, organisation):
    person.groups.clear()


def a_member_by_now(person, organisation):
    Membership.objects.create(user=person, organisation=organisation, role=Role.VIEWER)


@pytest.mark.parametrize("change", [no_longer_active, no_longer_a_reviewer, a_member_by_now])
def test_the_word_of_who_may_not_give_it_any_more_does_not_count(asked, partner, reviewer, change):
    second = people.reviewer("second@portal.example")
    confirm(asked, second)
    change(second, home(partner))
    with pytest.raises(Conflict, match="needs a second person"):
        approve(asked, reviewer)
    confirm(asked, people.reviewer("third@portal.example"))
    approve(asked, reviewer)
    assert again(asked).status == "active"


def test_two_may_confirm_what_each_saw(asked, partner, reviewer, lead):
    """Whoever confirmed may approve once a second person has confirmed as well."""
    confirm(asked, reviewer)
    reviewer.groups.clear()
    confirm(asked, lead)
    assert ScopeConfirmation.objects.count() == 2
    with pytest.raises(Conflict, match="You confirmed"):
        approve(asked, lead)


def test_without_the_restricted_scopes_one_person_is_enough(asked, reviewer):
    assert approve(asked, reviewer, granted=["users:read"]).status == "approved"


def test_a_second_confirmation_and_a_needless_one_are_refused(asked, partner, reviewer, lead):
    confirm(asked, lead)
    plain = submitted(partner, client_name="Plain")
    for registration in (asked, plain):
        with pytest.raises(Conflict):
            confirm(registration, reviewer)
    assert ScopeConfirmation.objects.count() == 1


def test_who_may_not_review_confirms_nothing(asked, partner, stranger, lead):
    Membership.objects.create(user=lead, organisation=home(partner), role=Role.VIEWER)
    for person in (partner, stranger, lead):
        with pytest.raises(NotAllowed):
            confirm(asked, person)
    assert Event.objects.filter(verb="revision.confirm_scopes", outcome="refused").count() == 2
    assert asked.strangers_tries.get().tries == 1


def test_what_was_not_seen_or_is_not_under_review_is_not_confirmed(asked, partner, lead):
    with pytest.raises(StaleVersion):
        confirm(asked, lead, seen_version=2)
    drafting.withdraw(asked.uuid, by=partner)
    with pytest.raises(Conflict):
        confirm(asked, lead)


def test_the_review_page_asks_for_a_second_person(client, asked, reviewer, lead):
    address = reverse("admin:registrations_registration_review", args=[asked.uuid])
    sign_in(client, lead)
    page = client.get(address).text
    assert "needs a second person" in page
    assert "Ask a colleague to confirm them first" in page
    assert client.post(address, {"confirm_scopes": "yes"}).status_code == 422
    assert client.post(address, {"confirm_scopes": "yes", "seen_version": 1}).status_code == 302
    page = client.get(address).text
    assert "Somebody else has to approve" in page
    assert "so somebody else has to approve them" in page
    assert client.post(address, {"confirm_scopes": "yes", "seen_version": 1}).status_code == 409
    answer = client.post(address, {"decision": "approve", "seen_version": 1})
    assert (answer.status_code, "You confirmed the restricted" in answer.text) == (409, True)
    sign_in(client, reviewer)
    assert "so somebody else has to approve them" not in client.get(address).text
    assert client.post(address, {"decision": "approve", "seen_version": 1}).status_code == 302


def name_it(registration, partner, seen_version, **changes):
    """Submit another version that asks for the same scopes."""
    asked = {
        "scope": ["users:read", "vendors:write"],
        "scope_reasons": WHY,
        "client_name": f"V{seen_version}",
    }
    change(registration, partner, **asked | changes)
    drafting.submit(registration.uuid, by=partner)


def test_what_two_people_granted_is_not_asked_again(asked, partner, reviewer, lead):
    confirm(asked, lead)
    approve(asked, reviewer)
    lead.groups.clear()
    lead.is_superuser = False
    lead.save()
    for number in (2, 3):
        name_it(asked, partner, number)
        review.approve(asked.uuid, by=reviewer, seen_version=number, signed_in_at=timezone.now())
    assert ScopeConfirmation.objects.count() == 1


def test_what_was_confirmed_counts_when_it_comes_again_but_not_for_who_said_it(
    asked, partner, reviewer, lead
):
    confirm(asked, lead)
    review.request_changes(asked.uuid, by=reviewer, seen_version=1, note="Name the page.")
    name_it(asked, partner, 2)
    with pytest.raises(Conflict, match="You confirmed"):
        review.approve(asked.uuid, by=lead, seen_version=2, signed_in_at=timezone.now())
    with pytest.raises(Conflict, match="confirmed already"):
        confirm(asked, lead, seen_version=2)
    review.approve(asked.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())


def test_another_reason_is_confirmed_anew(asked, partner, reviewer, lead):
    confirm(asked, lead)
    approve(asked, reviewer)
    name_it(asked, partner, 2, scope_reasons={"vendors:write": "By now our till removes vendors as well."})
    with pytest.raises(Conflict, match="needs a second person"):
        review.approve(asked.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    confirm(asked, lead, seen_version=2)
    review.approve(asked.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())


def test_a_refusal_ends_what_was_confirmed_before(asked, partner, reviewer, lead):
    confirm(asked, lead)
    approve(asked, reviewer, granted=["users:read"])
    name_it(asked, partner, 2)
    both = ["users:read", "vendors:write"]
    with pytest.raises(Conflict, match="needs a second person"):
        review.approve(asked.uuid, by=reviewer, seen_version=2, granted=both, signed_in_at=timezone.now())
    confirm(asked, lead, seen_version=2)
    review.approve(asked.uuid, by=reviewer, seen_version=2, granted=both, signed_in_at=timezone.now())


def test_what_one_person_granted_before_it_was_restricted_needs_two_now(partner, reviewer, lead):
    registration = submitted(partner, scope=["users:read", "users:write"])
    approve(registration, reviewer)
    Scope.objects.filter(name="users:write").update(tier="restricted")
    why = {"users:write": "Our till adds people by itself."}
    name_it(registration, partner, 2, scope=["users:read", "users:write"], scope_reasons=why)
    with pytest.raises(Conflict, match="needs a second person"):
        review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())


def test_another_scope_beside_a_confirmed_one_is_confirmed_by_itself(client, asked, partner, reviewer, lead):
    confirm(asked, lead)
    approve(asked, reviewer)
    Scope.objects.filter(name="users:write").update(tier="restricted")
    more = {"users:write": "Our till adds people by itself."}
    name_it(asked, partner, 2, scope=["users:write", "vendors:write"], scope_reasons={**WHY, **more})
    with pytest.raises(Conflict, match="needs a second person"):
        review.approve(asked.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    sign_in(client, reviewer)
    page = client.get(reverse("admin:registrations_registration_review", args=[asked.uuid])).text
    assert "Granted before by two people" in page
    assert "Not confirmed yet:\n      <code>users:write</code>." in page
    confirm(asked, lead, seen_version=2)
    review.approve(asked.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())


@pytest.fixture
def confirmed_after_refusal(partner, reviewer, lead):
    """A live client whose restricted scope was refused, asked for again and then confirmed."""
    registration = submitted(partner, scope=["users:read", "tags:read", "vendors:write"], scope_reasons=WHY)
    approve(registration, reviewer, granted=["users:read", "tags:read"])
    change(registration, partner, scope=["users:read", "tags:read", "vendors:write"], scope_reasons=WHY)
    drafting.submit(registration.uuid, by=partner)
    confirm(registration, lead, seen_version=2)
    return registration


def test_what_was_confirmed_stays_confirmed_beside_a_restriction(confirmed_after_refusal, partner, reviewer):
    """The restriction repeats an old refusal, which says nothing about what was confirmed since."""
    uuid = confirmed_after_refusal.uuid
    restrict(uuid, by=partner, scope=["tags:read"])
    granted = ["users:read", "vendors:write"]
    decided = review.approve(
        uuid, by=reviewer, seen_version=2, seen_live=3, granted=granted, signed_in_at=timezone.now()
    )
    assert set(decided.scopes()) == set(granted)
