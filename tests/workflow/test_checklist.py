"""Ticks of a review: by whom, on what, and what becomes of them."""

from functools import partial

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations.domain.checklist import to_tick
from registrations.models import ChecklistTick
from registrations.workflow import checklist, drafting, review
from registrations.workflow.refusals import StaleVersion
from tests.support import people
from tests.support.just_signed_in import approve
from tests.support.races import at_once
from tests.support.registrations import change, example_values, excepted, submitted, with_exception

ITEM = "policy_names_product"


def tick(registration, by, item=ITEM, seen_version=1):
    return checklist.tick(registration.uuid, by=by, seen_version=seen_version, item=item)


def untick(registration, by, item=ITEM, seen_version=1):
    return checklist.untick(registration.uuid, by=by, seen_version=seen_version, item=item)


def events_of(verb):
    return [(event.moved, event.detail, event.actor) for event in Event.objects.filter(verb=verb)]


def test_a_tick_says_who_and_when_and_leaves_one_event(partner, reviewer):
    registration = submitted(partner)
    ticked = tick(registration, reviewer)
    assert (ticked.item, ticked.ticked_by, ticked.revision.number) == (ITEM, reviewer, 1)
    assert ticked.ticked_at is not None
    assert events_of("checklist.ticked") == [(["revision:1"], {"item": ITEM}, str(reviewer.pseudonym))]


def test_a_colleague_may_take_a_tick_back(partner, reviewer, lead):
    registration = submitted(partner)
    tick(registration, reviewer)
    untick(registration, lead)
    assert not ChecklistTick.objects.exists()
    assert events_of("checklist.unticked") == [(["revision:1"], {"item": ITEM}, str(lead.pseudonym))]


@pytest.mark.parametrize("item", ["moon", "", "name_rules", "logo_is_theirs", "pkce_reason_holds"])
def test_what_is_not_on_the_list_is_not_ticked(partner, reviewer, item):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        tick(registration, reviewer, item)
    with pytest.raises(Conflict):
        untick(registration, reviewer, item)
    assert not ChecklistTick.objects.exists()


def test_nothing_is_ticked_or_taken_back_twice(partner, reviewer, lead):
    registration = submitted(partner)
    tick(registration, reviewer)
    with pytest.raises(Conflict):
        tick(registration, lead)
    assert ChecklistTick.objects.get().ticked_by == reviewer
    untick(registration, reviewer)
    with pytest.raises(Conflict):
        untick(registration, reviewer)


@pytest.mark.parametrize("verb", [tick, untick])
def test_only_reviewers_of_other_organisations_tick(partner, stranger, lead, verb):
    registration = submitted(partner)
    people.home(partner).memberships.create(user=lead, role="viewer")
    for person in (partner, stranger, lead, people.auditor()):
        with pytest.raises(NotAllowed):
            verb(registration, person)
    assert not events_of("checklist.ticked")


@pytest.mark.parametrize("verb", [tick, untick])
def test_only_what_is_under_review_and_was_seen_is_ticked(partner, reviewer, verb):
    registration = submitted(partner)
    tick(registration, reviewer, "name_is_theirs")
    drafting.withdraw(registration.uuid, by=partner)
    with pytest.raises(Conflict):
        verb(registration, reviewer)
    drafting.submit(registration.uuid, by=partner)
    with pytest.raises(StaleVersion):
        verb(registration, reviewer)


def hand_in(registration, partner, number, **changes):
    if number > 1:
        drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, **changes)
    drafting.submit(registration.uuid, by=partner)


def unticked(registration):
    return checklist.unticked(registration.revisions.first())


WHY = {"users:write": "Our till adds people by itself."}
CALLBACKS = ["https://client.example/callback", "https://b.example/callback"]
JUDGED = [
    ("name_is_theirs", {"client_name": "Other"}),
    ("site_shows_product", {"client_name": "Other"}),
    ("site_shows_product", {"client_uri": "https://client.example/other"}),
    ("terms_cover_product", {"tos_uri": "https://client.example/other"}),
    ("policy_names_product", {"policy_uri": "https://client.example/other"}),
    ("contacts_are_theirs", {"contacts": ["other@client.example"]}),
    ("redirect_hosts_are_theirs", {"redirect_uris": CALLBACKS}),
    ("scopes_are_needed", {"scope": ["users:read", "tags:read"]}),
    ("scopes_are_needed", {"scope_reasons": WHY}),
]


@pytest.mark.parametrize(("item", "changes"), JUDGED)
def test_a_tick_counts_for_what_was_judged_and_for_nothing_else(partner, reviewer, item, changes):
    registration = submitted(partner)
    ticked = tick(registration, reviewer, item)
    hand_in(registration, partner, 2, **changes)
    assert item in unticked(registration)
    hand_in(registration, partner, 3, **(example_values() | {"scope_reasons": {}}))
    assert item not in unticked(registration)
    with pytest.raises(Conflict):
        tick(registration, reviewer, item, seen_version=3)
    untick(registration, reviewer, item, seen_version=3)
    assert item in unticked(registration)
    assert not ChecklistTick.objects.filter(pk=ticked.pk).exists()


def test_fewer_entries_were_judged_with_all(partner, reviewer):
    registration = submitted(partner, redirect_uris=CALLBACKS)
    for item in ("redirect_hosts_are_theirs", "scopes_are_needed"):
        tick(registration, reviewer, item)
    hand_in(registration, partner, 2, redirect_uris=CALLBACKS[1:], scope=["users:read"])
    assert not {"redirect_hosts_are_theirs", "scopes_are_needed"} & set(unticked(registration))


def test_a_tick_of_the_release_before_counts_on_its_revision_alone(partner, reviewer):
    registration = submitted(partner)
    tick(registration, reviewer)
    ChecklistTick.objects.update(about=[])
    assert ITEM not in unticked(registration)
    hand_in(registration, partner, 2)
    assert ITEM in unticked(registration)


def test_one_clients_ticks_are_not_anothers(partner, reviewer):
    tick(submitted(partner), reviewer)
    assert ITEM in unticked(submitted(partner))


def test_an_exception_that_is_left_as_it_is_is_not_judged_again(partner, lead, reviewer):
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(client_name="Other"))
    drafting.submit(registration.uuid, by=partner)
    assert "pkce_reason_holds" not in unticked(registration)
    with pytest.raises(Conflict):
        tick(registration, reviewer, "pkce_reason_holds", seen_version=2)
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, pkce_renewal=True)
    drafting.submit(registration.uuid, by=partner)
    assert "pkce_reason_holds" in unticked(registration)


def test_an_approval_names_what_was_not_ticked(partner, reviewer):
    registration = submitted(partner)
    every = [item.code for item in to_tick(registration.revisions.get().metadata())]
    tick(registration, reviewer)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    detail = Event.objects.get(verb="revision.approved").detail
    assert detail["unticked"] == [code for code in every if code != ITEM]


def test_an_approval_of_a_full_list_names_nothing(partner, reviewer):
    registration = submitted(partner)
    for item in to_tick(registration.revisions.get().metadata()):
        tick(registration, reviewer, item.code)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert Event.objects.get(verb="revision.approved").detail["unticked"] == []


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_tick_one_does(partner, reviewer):
    registration = submitted(partner)
    results = at_once(*[partial(tick, registration, reviewer)] * 20)
    assert sum(isinstance(result, Conflict) for result in results) == 19
    assert len(events_of("checklist.ticked")) == ChecklistTick.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_tick_and_an_approval_come_one_after_the_other(partner, reviewer):
    registration = submitted(partner)
    approving = partial(approve, registration.uuid, by=reviewer, seen_version=1)
    ticked, approved = at_once(partial(tick, registration, reviewer), approving)
    assert approved.status == "approved"
    unticked = Event.objects.get(verb="revision.approved").detail["unticked"]
    assert (ITEM in unticked) == isinstance(ticked, Conflict)
