"""An approval grants what the reviewer ticked, and the live client is that."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict
from registrations.domain.draft_data import draft_data_from
from registrations.models import RequestedScope, Scope
from registrations.queries.documents import live_documents
from registrations.workflow import client, drafting, review
from registrations.workflow.refusals import RulesBroken
from tests.support.registrations import again, change, example_values, in_days, submitted

ALL = ["test:test", "users:read", "users:write"]
LESS = ["test:test", "users:read"]
WHY = "Since May our till adds people by itself."


@pytest.fixture
def narrowed(partner, reviewer):
    """A live client that was granted less than it asked for."""
    registration = submitted(partner)
    review.approve(registration.uuid, by=reviewer, seen_version=1, granted=LESS, signed_in_at=timezone.now())
    return again(registration)


def live(registration):
    return registration.revisions.get(status="approved")


def test_what_is_granted_is_live_and_what_is_refused_stays_on_record(narrowed):
    assert dict(live(narrowed).requested_scopes.values_list("scope_id", "granted")) == {
        "test:test": True,
        "users:read": True,
        "users:write": False,
    }
    (document,) = live_documents(today=in_days(0))
    assert document["scope"] == "test:test users:read"
    event = Event.objects.get(verb="revision.approved")
    assert (event.detail["granted"], event.detail["refused"]) == (LESS, ["users:write"])


def test_why_scopes_are_refused_is_kept_with_them_and_mailed(partner, reviewer):
    registration = submitted(partner)
    why = "Reading people is enough for a till."
    review.approve(
        registration.uuid,
        by=reviewer,
        seen_version=1,
        granted=LESS,
        refused_because=f" {why} ",
        signed_in_at=timezone.now(),
    )
    assert dict(live(registration).requested_scopes.values_list("scope_id", "refused_because")) == {
        "test:test": "",
        "users:read": "",
        "users:write": why,
    }
    call_command("worker", "--once")
    (email,) = [one for one in mail.outbox if one.subject.startswith("Approved")]
    for body in (email.body, email.alternatives[0].content):
        assert why in body


def test_all_are_granted_where_nobody_chose(partner, reviewer):
    registration = submitted(partner)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    detail = Event.objects.get(verb="revision.approved").detail
    assert (detail["granted"], detail["refused"]) == (ALL, [])


@pytest.mark.parametrize("granted", [[], ["tags:read"], [*ALL, "tags:read"]])
def test_nothing_and_what_was_not_asked_for_cannot_be_granted(partner, reviewer, granted):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        review.approve(
            registration.uuid, by=reviewer, seen_version=1, granted=granted, signed_in_at=timezone.now()
        )
    assert again(registration).client_id is None
    assert set(registration.revisions.get().requested_scopes.values_list("granted", flat=True)) == {None}


def test_a_draft_from_live_does_not_ask_again_for_what_was_refused(narrowed):
    assert draft_data_from(live(narrowed).metadata())["scope"] == LESS


def test_leaving_a_refused_scope_out_is_no_change(narrowed, partner):
    change(narrowed, partner, **example_values(scope=LESS))
    with pytest.raises(Conflict, match="the same as the live version"):
        drafting.submit(narrowed.uuid, by=partner)


def ask_again(registration, partner, **changes):
    change(registration, partner, **{"scope": ALL, "scope_reasons": {"users:write": WHY}} | changes)
    return drafting.submit(registration.uuid, by=partner)


def approve(registration, by, seen_version=2, **more):
    return review.approve(
        registration.uuid, by=by, seen_version=seen_version, **more, signed_in_at=timezone.now()
    )


def test_asking_again_for_a_refused_scope_takes_a_reason_and_a_review(narrowed, partner):
    with pytest.raises(RulesBroken) as broken:
        ask_again(narrowed, partner, scope_reasons={})
    (finding,) = broken.value.findings
    assert (finding.rule, finding.field, finding.index) == ("S-07", "scope", ALL.index("users:write"))
    assert finding.message.startswith("Refused on ")
    assert ask_again(narrowed, partner).status == "under_review"


def test_a_refused_scope_is_not_granted_where_nobody_chose(narrowed, partner, reviewer):
    ask_again(narrowed, partner)
    approve(narrowed, reviewer)
    assert live(narrowed).scopes() == tuple(LESS)
    with pytest.raises(RulesBroken):
        ask_again(narrowed, partner, scope_reasons={})


def test_a_refused_scope_is_granted_to_who_names_it_and_is_refused_no_more(narrowed, partner, reviewer):
    ask_again(narrowed, partner)
    approve(narrowed, reviewer, granted=ALL)
    assert live(narrowed).scopes() == tuple(ALL)
    change(narrowed, partner, scope=LESS)
    drafting.submit(narrowed.uuid, by=partner)
    assert ask_again(narrowed, partner, scope_reasons={}).status == "under_review"
    approve(narrowed, reviewer, seen_version=4)
    assert live(narrowed).scopes() == tuple(ALL)


def test_a_refusal_outlasts_versions_that_do_not_ask(narrowed, partner, reviewer):
    change(narrowed, partner, scope=LESS, client_name="New Name")
    drafting.submit(narrowed.uuid, by=partner)
    approve(narrowed, reviewer)
    change(narrowed, partner, scope=LESS, client_name="New Name", contacts=["other@client.example"])
    assert drafting.submit(narrowed.uuid, by=partner).status == "approved"
    with pytest.raises(RulesBroken):
        ask_again(narrowed, partner, scope_reasons={})
    ask_again(narrowed, partner)
    approve(narrowed, reviewer, seen_version=4)
    assert live(narrowed).scopes() == tuple(LESS)


def test_a_request_that_came_back_still_asks_again(narrowed, partner, reviewer):
    ask_again(narrowed, partner)
    review.request_changes(narrowed.uuid, by=reviewer, seen_version=2, note="Name the page.")
    drafting.submit(narrowed.uuid, by=partner)
    drafting.withdraw(narrowed.uuid, by=partner)
    drafting.submit(narrowed.uuid, by=partner)
    approve(narrowed, reviewer, seen_version=4)
    assert live(narrowed).scopes() == tuple(LESS)


def test_asking_for_nothing_but_what_was_refused_needs_a_choice(narrowed, partner, reviewer):
    ask_again(narrowed, partner, scope=["users:write"])
    with pytest.raises(Conflict, match="Grant at least one scope"):
        approve(narrowed, reviewer)
    approve(narrowed, reviewer, granted=["users:write"])
    assert live(narrowed).scopes() == ("users:write",)


def test_one_clients_refusal_is_not_anothers(narrowed, partner, reviewer):
    other = submitted(partner, client_name="Plain")
    approve(other, reviewer, seen_version=1)
    assert live(other).scopes() == tuple(ALL)


def test_the_refusal_that_stands_says_when_why_and_by_whom(narrowed, partner, reviewer, lead):
    ask_again(narrowed, partner)
    approve(narrowed, lead, note="Welcome back.")
    (refused,) = RequestedScope.objects.refused_in(narrowed).values()
    assert refused.revision.decided_by == lead
    assert str(refused.refusal) == f"Refused on {today_in_words()}: Welcome back."
    change(narrowed, partner, scope=ALL, scope_reasons={"users:write": WHY}, client_name="New Name")
    drafting.submit(narrowed.uuid, by=partner)
    approve(narrowed, lead, seen_version=3, note="Welcome back.", refused_because="Reading is enough.")
    (refused,) = RequestedScope.objects.refused_in(narrowed).values()
    assert str(refused.refusal) == f"Refused on {today_in_words()}: Reading is enough."


def today_in_words():
    return f"{in_days(0).day} {in_days(0):%B %Y}"


def test_a_change_at_once_keeps_what_was_granted(narrowed, partner):
    change(narrowed, partner, scope=["users:read"])
    revision = drafting.submit(narrowed.uuid, by=partner)
    assert (revision.status, revision.scopes()) == ("approved", ("users:read",))
    assert set(live(narrowed).requested_scopes.values_list("granted", flat=True)) == {True}


def test_a_refused_scope_takes_its_reason_along(partner, reviewer):
    Scope.objects.filter(name="users:write").update(tier="sensitive")
    registration = submitted(partner, scope_reasons={"users:write": "Our till adds people by itself."})
    review.approve(registration.uuid, by=reviewer, seen_version=1, granted=LESS, signed_in_at=timezone.now())
    assert draft_data_from(live(registration).metadata())["scope_reasons"] == {}


def test_a_refusal_outlives_what_drops_and_what_repeats_its_row(narrowed, partner, reviewer):
    """A change in effect at once keeps no row of it, a restriction a copy: the reviewer's own row counts."""
    change(narrowed, partner, scope=LESS, contacts=["other@client.example"])
    assert drafting.submit(narrowed.uuid, by=partner).status == "approved"
    change(narrowed, partner, scope=ALL, scope_reasons={"users:write": WHY})
    asked = drafting.submit(narrowed.uuid, by=partner)
    client.restrict(narrowed.uuid, by=partner, scope=["users:read"])
    seen = {"seen_version": asked.number, "seen_live": asked.number + 1}
    review.approve(narrowed.uuid, by=reviewer, **seen, signed_in_at=timezone.now())
    assert live(narrowed).scopes() == tuple(LESS)
