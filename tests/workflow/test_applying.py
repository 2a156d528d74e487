"""Changes of a live client: what takes effect at once, and what a reviewer sees first."""

import json

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import ContactConfirmation, Draft
from registrations.workflow import client, drafting, review
from registrations.workflow.drafting import Announced
from registrations.workflow.refusals import AnnouncedOtherwise, RulesBroken
from tests.support.invariants import check_invariants
from tests.support.registrations import (
    REASON,
    again,
    applied,
    approved,
    change,
    excepted,
    in_days,
    with_exception,
)

pytestmark = pytest.mark.django_db

CONTACTS = {"contacts": ["other@client.example"]}
NAME = {"client_name": "Renamed Client"}


def hand_in(registration, by, *, announced=None, **changes):
    change(registration, by, **changes)
    said = {"announced": announced} if announced else {}
    return drafting.submit(registration.uuid, by=by, **said)


def suspend(registration, by):
    client.suspend(registration.uuid, by=by, reason="The terms of service have gone.")


def statuses(registration):
    return dict(registration.revisions.values_list("number", "status"))


def test_a_change_that_needs_no_review_is_live_as_soon_as_it_is_handed_in(partner, colleague, reviewer):
    registration = approved(partner, reviewer)
    revision = hand_in(registration, colleague, **CONTACTS)
    revision.refresh_from_db()
    assert statuses(registration) == {1: "superseded", 2: "approved"}
    assert (revision.decided_how, revision.decided_by) == ("rules", colleague)
    assert revision.decided_at == revision.submitted_at
    assert revision.contacts == CONTACTS["contacts"]
    assert not Draft.objects.exists()
    check_invariants()


def test_children_findings_and_rules_version_are_kept_with_it(partner, reviewer):
    uris = ["https://client.example/a", "https://client.example/b"]
    registration = approved(partner, reviewer, redirect_uris=uris)
    revision = hand_in(
        registration, partner, redirect_uris=uris[1:], scope=["test:test"], contacts=["me@gmail.com"]
    )
    revision.refresh_from_db()
    assert list(revision.redirect_uris.values_list("uri", "host")) == [(uris[1], "client.example")]
    assert list(revision.requested_scopes.values_list("scope_id", "granted")) == [("test:test", True)]
    assert [finding["field"] for finding in revision.findings] == ["contacts"]
    assert revision.rules_version


def test_a_scope_that_was_not_granted_is_asked_for_anew_and_not_granted_by_the_way(partner, reviewer):
    registration = approved(partner, reviewer)
    live = registration.revisions.get()
    live.requested_scopes.filter(scope_id="users:write").update(granted=False)
    why = {"users:write": "Since May our till adds people by itself."}
    revision = hand_in(registration, partner, **CONTACTS, scope_reasons=why)
    assert revision.status == "under_review"
    assert set(revision.requested_scopes.values_list("granted", flat=True)) == {None}


def test_one_event_names_what_moved_and_one_email_is_ordered(partner, reviewer):
    registration = applied(partner, reviewer)
    event = Event.objects.get(verb="revision.applied")
    added = ContactConfirmation.objects.get(address="other@client.example")
    assert event.moved == ["revision:2", "revision:1", f"contact:{added.uuid}"]
    assert event.actor == str(partner.pseudonym)
    assert event.detail == {"changed": ["contacts"]}
    assert OutboxMessage.objects.filter(kind="applied").count() == 1
    assert Event.objects.filter(verb="revision.submitted", stream=registration.uuid).count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        NAME,
        NAME | CONTACTS,
        {"redirect_uris": ["https://client.example/new"]},
        {"tos_uri": "https://legal.example/tos"},
        {"configuration_uri": "https://client.example/settings"},
    ],
)
def test_everything_else_is_reviewed_as_a_whole(partner, reviewer, changes):
    registration = approved(partner, reviewer)
    revision = hand_in(registration, partner, **changes)
    assert (revision.status, revision.decided_how) == ("under_review", "person")
    assert statuses(registration)[1] == "approved"
    check_invariants()


def test_a_page_that_moves_on_a_shared_host_is_reviewed(partner, reviewer):
    registration = approved(partner, reviewer, tos_uri="https://sites.google.com/view/a")
    revision = hand_in(registration, partner, tos_uri="https://sites.google.com/view/b")
    assert revision.status == "under_review"
    assert registration.revisions.get(status="approved").tos_uri == "https://sites.google.com/view/a"


def test_while_suspended_everything_is_reviewed(partner, reviewer):
    registration = approved(partner, reviewer)
    suspend(registration, reviewer)
    assert hand_in(registration, partner, **CONTACTS).status == "under_review"
    assert again(registration).status == "suspended"
    check_invariants()


def test_nothing_applies_past_a_change_under_review(partner, reviewer):
    registration = approved(partner, reviewer)
    hand_in(registration, partner, **NAME)
    with pytest.raises(Conflict):
        drafting.submit(registration.uuid, by=partner)
    assert statuses(registration) == {1: "approved", 2: "under_review"}


def test_what_the_rules_reject_does_not_apply(partner, reviewer):
    registration = approved(partner, reviewer)
    with pytest.raises(RulesBroken):
        hand_in(registration, partner, contacts=["nobody"])
    assert statuses(registration) == {1: "approved"}
    assert again(registration).draft


def test_a_question_to_a_reviewer_is_for_a_reviewer(partner, reviewer):
    registration = approved(partner, reviewer)
    asked = {"rule": "C-07", "value": "john@mailinator.com", "reason": "It is the only one we have."}
    revision = hand_in(registration, partner, contacts=[asked["value"]], review_asked=[asked])
    assert revision.status == "under_review"


def test_an_answer_given_before_needs_no_second_one(partner, reviewer):
    registration = approved(partner, reviewer)
    asked = {"rule": "C-07", "value": "john@mailinator.com", "reason": "It is the only one we have."}
    contacts = [asked["value"]]
    hand_in(registration, partner, contacts=contacts, review_asked=[asked])
    review.override(
        registration.uuid, by=reviewer, seen_version=2, rule="C-07", value=asked["value"], reason="Fine."
    )
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    revision = hand_in(registration, partner, contacts=contacts, scope=["test:test"], review_asked=[asked])
    assert revision.status == "approved"


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_only_those_who_may_edit_put_a_change_into_effect(partner, reviewer, who, request):
    registration = approved(partner, reviewer)
    change(registration, partner, **CONTACTS)
    with pytest.raises((NotAllowed, NotFound)):
        drafting.submit(registration.uuid, by=request.getfixturevalue(who))
    assert statuses(registration) == {1: "approved"}


# --- Nothing to hand in --------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"scope": ["users:write", "test:test", "users:read"]}])
def test_a_draft_that_says_what_is_live_is_not_handed_in(partner, reviewer, changes):
    registration = approved(partner, reviewer)
    with pytest.raises(Conflict, match="the same as the live version"):
        hand_in(registration, partner, **changes)
    assert statuses(registration) == {1: "approved"}


def test_the_order_of_addresses_is_no_change(partner, reviewer):
    uris = ["https://client.example/a", "https://client.example/b"]
    registration = approved(partner, reviewer, redirect_uris=uris)
    with pytest.raises(Conflict):
        hand_in(registration, partner, redirect_uris=uris[::-1])


# --- What was announced --------------------------------------------------------------------


def test_what_was_announced_happens(partner, reviewer):
    registration = approved(partner, reviewer)
    assert hand_in(registration, partner, announced=Announced("apply", 1), **CONTACTS).status == "approved"
    assert hand_in(registration, partner, announced=Announced("review", 2), **NAME).status == "under_review"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (CONTACTS, Announced("review", 1)),
        (NAME, Announced("apply", 1)),
        (NAME, Announced("review", 0)),
        (CONTACTS, Announced("apply", 2)),
    ],
)
def test_nothing_happens_but_what_was_announced(partner, reviewer, changes, said):
    registration = approved(partner, reviewer)
    with pytest.raises(AnnouncedOtherwise):
        hand_in(registration, partner, announced=said, **changes)
    assert statuses(registration) == {1: "approved"}
    assert again(registration).draft


def test_a_suspension_in_between_does_not_send_it_to_review_silently(partner, reviewer):
    registration = approved(partner, reviewer)
    change(registration, partner, **CONTACTS)
    suspend(registration, reviewer)
    with pytest.raises(AnnouncedOtherwise):
        drafting.submit(registration.uuid, by=partner, announced=Announced("apply", 1))


# --- PKCE exceptions -----------------------------------------------------------------------


def test_an_exception_in_force_stays_when_the_record_still_asks(partner, lead):
    registration = excepted(partner, lead)
    revision = hand_in(registration, partner, **with_exception(**CONTACTS))
    assert revision.status == "approved"
    assert registration.pkce_exceptions.get().status == "in_force"


@pytest.mark.parametrize(
    "changes",
    [
        {"pkce_support": "supported", "pkce_justification": ""},
        with_exception(pkce_justification=REASON + " Still."),
        with_exception(pkce_controls="Bound to the session."),
        with_exception(pkce_wished_end=in_days(200).isoformat()),
    ],
)
def test_what_is_said_about_pkce_is_reviewed(partner, lead, changes):
    registration = excepted(partner, lead)
    assert hand_in(registration, partner, **changes).status == "under_review"


def test_after_the_exception_a_record_that_asks_no_more_has_not_changed_in_that(partner, lead):
    registration = excepted(partner, lead, days=10)
    with time_machine.travel(timezone.now() + (in_days(12) - in_days(0)), tick=False):
        revision = hand_in(registration, partner, **CONTACTS)
    assert revision.status == "approved"
    assert revision.pkce_support == "supported"
    assert registration.pkce_exceptions.get().status == "lapsed"
    assert not OutboxMessage.objects.filter(kind="pkce_lapsed").exists()
    check_invariants()


def test_after_the_exception_asking_again_is_a_request_to_review(partner, lead):
    registration = excepted(partner, lead, days=10)
    with time_machine.travel(timezone.now() + (in_days(12) - in_days(0)), tick=False):
        revision = hand_in(registration, partner, **with_exception())
    assert revision.status == "under_review"
    assert revision.pkce_exception.status == "requested"


# --- What was turned down ------------------------------------------------------------------


def exported(capsys):
    call_command("export_clients")
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", [review.request_changes, review.reject, "withdraw"])
def test_a_change_that_was_turned_down_leaves_the_live_record_as_it_was(partner, reviewer, capsys, verb):
    registration = approved(partner, reviewer)
    before = exported(capsys)
    assert json.loads(before.splitlines()[0])
    hand_in(registration, partner, **NAME)
    assert exported(capsys) == before
    if verb == "withdraw":
        drafting.withdraw(registration.uuid, by=partner)
    else:
        verb(registration.uuid, by=reviewer, seen_version=2, note="Keep the name.")
    assert exported(capsys) == before
    assert hand_in(registration, partner, client_name="Better Name").status == "under_review"
    assert exported(capsys) == before
    review.approve(registration.uuid, by=reviewer, seen_version=3, signed_in_at=timezone.now())
    assert "Better Name" in exported(capsys)
    check_invariants()


def test_what_was_turned_down_may_shrink_to_what_applies_at_once(partner, reviewer):
    registration = approved(partner, reviewer)
    hand_in(registration, partner, **NAME)
    review.reject(registration.uuid, by=reviewer, seen_version=2, note="Keep the name.")
    assert hand_in(registration, partner, client_name="Example Client", **CONTACTS).status == "approved"
    assert statuses(registration) == {1: "superseded", 2: "rejected", 3: "approved"}
    check_invariants()
