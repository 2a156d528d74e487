"""A PKCE exception covers the redirect URIs and scopes that its approver saw, and no others (rule P-08)."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict
from registrations.models import RedirectUri
from registrations.workflow import client, drafting, pkce, review
from registrations.workflow.refusals import RulesBroken
from tests.support.registrations import REASON, approved, change, excepted, in_days, with_exception

CALLBACK = "https://client.example/callback"
OTHER = "https://client.example/other"
SCOPES = ["test:test", "users:read", "users:write"]
ADDED = [
    pytest.param({"redirect_uris": [CALLBACK, OTHER]}, id="a redirect URI"),
    pytest.param({"scope": [*SCOPES, "tags:read"]}, id="a scope"),
    pytest.param({"redirect_uris": [OTHER], "scope": ["tags:read"]}, id="both in place of what was covered"),
]


def hand_in(registration, by, **changes):
    change(registration, by, **with_exception(**changes))
    return drafting.submit(registration.uuid, by=by)


def approve(registration, by, seen_version=2, **more):
    return review.approve(
        registration.uuid, by=by, seen_version=seen_version, **more, signed_in_at=timezone.now()
    )


def grant(registration, by, seen_version=2):
    return pkce.grant(
        registration.uuid,
        by=by,
        seen_version=seen_version,
        expires_on=in_days(200),
        signed_in_at=timezone.now(),
    )


def statuses(registration):
    return list(registration.pkce_exceptions.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize("added", ADDED)
def test_what_is_added_needs_an_answer(partner, lead, added):
    registration = excepted(partner, lead)
    with pytest.raises(RulesBroken) as broken:
        hand_in(registration, partner, **added)
    (finding,) = broken.value.findings
    assert (finding.rule, finding.field) == ("P-08", "pkce_support")
    assert all(value in finding.message for values in added.values() for value in values if value in NEW)


NEW = {OTHER, "tags:read"}


@pytest.mark.parametrize("added", ADDED)
def test_a_renewal_is_granted_first_and_covers_what_was_added(partner, lead, added):
    registration = excepted(partner, lead)
    hand_in(registration, partner, **added, pkce_renewal=True)
    assert statuses(registration) == ["in_force", "requested"]
    with pytest.raises(Conflict, match="has to be granted before"):
        approve(registration, lead)
    grant(registration, lead)
    approve(registration, lead)
    assert statuses(registration) == ["superseded", "in_force"]
    assert registration.pkce_exceptions.get(status="in_force").justification == REASON
    hand_in(registration, partner, **added, client_name="New Name")
    approve(registration, lead, seen_version=3)
    assert statuses(registration) == ["superseded", "in_force"]


def test_a_refused_renewal_stops_the_approval_and_leaves_the_running_one(partner, lead):
    registration = excepted(partner, lead)
    hand_in(registration, partner, redirect_uris=[CALLBACK, OTHER], pkce_renewal=True)
    pkce.refuse(registration.uuid, by=lead, seen_version=2, note="Not for that host.")
    with pytest.raises(Conflict):
        approve(registration, lead)
    review.reject(registration.uuid, by=lead, seen_version=2, note="See the note on the exception.")
    assert statuses(registration) == ["in_force", "refused"]


def test_supported_ends_it_at_the_approval(partner, lead):
    registration = excepted(partner, lead)
    change(registration, partner, redirect_uris=[CALLBACK, OTHER])
    drafting.submit(registration.uuid, by=partner)
    assert statuses(registration) == ["in_force"]
    approve(registration, lead)
    assert statuses(registration) == ["ended"]


def test_new_words_request_a_renewal_without_the_box(partner, lead):
    registration = excepted(partner, lead)
    changed = {"redirect_uris": [CALLBACK, OTHER], "pkce_justification": f"{REASON} Still."}
    hand_in(registration, partner, **changed)
    assert statuses(registration) == ["in_force", "requested"]


def test_the_old_words_are_used_where_the_box_comes_with_none(partner, lead):
    registration = excepted(partner, lead, pkce_controls="Short-lived codes.")
    hand_in(registration, partner, redirect_uris=[CALLBACK, OTHER], pkce_renewal=True, pkce_justification="")
    requested = registration.pkce_exceptions.get(status="requested")
    assert (requested.justification, requested.controls) == (REASON, "Short-lived codes.")


def test_the_box_alone_is_a_change_and_goes_to_review(partner, lead):
    registration = excepted(partner, lead)
    assert hand_in(registration, partner, pkce_renewal=True).status == "under_review"
    assert statuses(registration) == ["in_force", "requested"]


def test_removing_shrinks_nothing_and_what_was_seen_needs_no_renewal(partner, lead):
    registration = excepted(partner, lead, redirect_uris=[CALLBACK, OTHER])
    assert hand_in(registration, partner, redirect_uris=[CALLBACK], scope=SCOPES[:2]).status == "approved"
    hand_in(registration, partner, redirect_uris=[CALLBACK, OTHER], client_name="New Name")
    approve(registration, lead, seen_version=3)
    assert statuses(registration) == ["in_force"]


def test_a_scope_that_was_refused_with_it_is_not_covered(partner, lead):
    registration = excepted(partner, lead, granted=SCOPES[:2])
    with pytest.raises(RulesBroken) as broken:
        hand_in(registration, partner, scope_reasons={"users:write": "Our till adds people by itself."})
    assert [one.rule for one in broken.value.findings] == ["P-08"]


def test_what_is_live_already_needs_no_renewal_even_where_it_is_not_covered(partner, lead):
    registration = excepted(partner, lead)
    hand_in(registration, partner, client_name="New Name")
    live = approve(registration, lead)
    RedirectUri.objects.create(revision=live, position=1, uri=OTHER, host="client.example")
    kept = {"client_name": "New Name", "redirect_uris": [CALLBACK, OTHER]}
    assert hand_in(registration, partner, **kept, contacts=["team@client.example"]).status == "approved"
    hand_in(registration, partner, **kept | {"client_name": "Newer Name"})
    approve(registration, lead, seen_version=4)
    with pytest.raises(RulesBroken) as broken:
        hand_in(registration, partner, redirect_uris=[CALLBACK, OTHER, f"{OTHER}/third"])
    (finding,) = broken.value.findings
    assert f"add: {OTHER}/third." in finding.message


def test_what_was_submitted_before_the_rule_does_not_go_live_under_the_exception(partner, lead):
    registration = excepted(partner, lead)
    revision = hand_in(registration, partner, client_name="New Name")
    RedirectUri.objects.create(revision=revision, position=1, uri=OTHER, host="client.example")
    with pytest.raises(Conflict, match="does not cover"):
        approve(registration, lead)
    assert registration.revisions.get(status="approved").number == 1


def test_a_scope_that_the_reviewer_leaves_out_needs_no_cover(partner, lead):
    registration = excepted(partner, lead)
    revision = hand_in(registration, partner, client_name="New Name")
    revision.requested_scopes.create(scope_id="tags:read")
    with pytest.raises(Conflict, match="does not cover"):
        approve(registration, lead)
    approve(registration, lead, granted=SCOPES)
    assert statuses(registration) == ["in_force"]


def test_without_an_exception_in_force_the_box_says_nothing(partner, lead):
    registration = approved(partner, lead)
    change(registration, partner, redirect_uris=[CALLBACK, OTHER], pkce_renewal=True)
    drafting.submit(registration.uuid, by=partner)
    assert statuses(registration) == []
    assert Event.objects.filter(verb="revision.submitted").count() == 2


def test_what_was_taken_away_stays_covered_and_comes_back_by_a_review_alone(partner, lead):
    registration = excepted(partner, lead, redirect_uris=[CALLBACK, OTHER])
    client.restrict(registration.uuid, by=partner, redirect_uris=[OTHER])
    revision = hand_in(registration, partner, redirect_uris=[CALLBACK, OTHER])
    client.restrict(registration.uuid, by=partner, scope=["users:write"])
    assert statuses(registration) == ["in_force"]
    approve(registration, lead, revision.number, seen_live=revision.number + 1)
    assert statuses(registration) == ["in_force"]
    assert registration.revisions.live().get().uris() == (CALLBACK, OTHER)
