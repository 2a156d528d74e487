"""A decision is also about the live client that was on the page: what was taken away since counts."""

import pytest
from django.db import transaction
from django.utils import timezone

from registrations.workflow import client, drafting, pkce, review
from registrations.workflow.refusals import StaleVersion
from tests.support.registrations import REASON, again, approved, change, in_days, submitted
from tests.support.scenes import cast

pytestmark = pytest.mark.django_db

KEPT, LEAKED = "https://client.example/callback", "https://client.example/leaked"
URIS = {"redirect_uris": [KEPT, LEAKED]}

VERBS = {
    "approve": lambda one, who, **seen: review.approve(
        one, by=who.reviewer, seen_version=2, **seen, signed_in_at=timezone.now()
    ),
    "request changes": lambda one, who, **seen: review.request_changes(
        one, by=who.reviewer, seen_version=2, note="More.", **seen
    ),
    "reject": lambda one, who, **seen: review.reject(
        one, by=who.reviewer, seen_version=2, note="No.", **seen
    ),
    "grant": lambda one, who, **seen: pkce.grant(
        one, by=who.approver, seen_version=2, expires_on=in_days(30), **seen, signed_in_at=timezone.now()
    ),
    "refuse": lambda one, who, **seen: pkce.refuse(one, by=who.approver, seen_version=2, note="No.", **seen),
}


@pytest.fixture
def who():
    return cast()


@pytest.fixture
def changing(who):
    """A live client with a change under review that requests a PKCE exception."""
    registration = approved(who.admin, who.reviewer, **URIS)
    asks = {"pkce_support": "exception_requested", "pkce_justification": REASON}
    change(registration, who.admin, **URIS, **asks)
    drafting.submit(registration.uuid, by=who.admin)
    return again(registration)


def prepared(name, registration, who, **seen):
    """Approving needs the exception granted first."""
    if name == "approve":
        pkce.grant(
            registration.uuid,
            by=who.approver,
            seen_version=2,
            expires_on=in_days(30),
            **seen,
            signed_in_at=timezone.now(),
        )


@pytest.mark.parametrize("seen", [{}, {"seen_live": 1}, {"seen_live": 0}, {"seen_live": 2}])
def test_after_a_restriction_no_decision_counts_that_did_not_see_it(changing, who, seen):
    client.restrict(changing.uuid, by=who.developer, redirect_uris=[LEAKED])
    for verb in VERBS.values():
        mark = transaction.savepoint()
        with pytest.raises(StaleVersion, match="Revision 3 is live now") as refusal:
            verb(changing.uuid, who, **seen)
        if seen != {"seen_live": 2}:
            assert [(one.field, one.removed) for one in refusal.value.difference] == [
                ("redirect_uris", (LEAKED,))
            ]
        transaction.savepoint_rollback(mark)
    assert changing.revisions.get(number=2).status == "under_review"


@pytest.mark.parametrize("name", VERBS)
def test_one_that_saw_it_counts(changing, who, name):
    client.restrict(changing.uuid, by=who.developer, redirect_uris=[LEAKED])
    prepared(name, changing, who, seen_live=3)
    VERBS[name](changing.uuid, who, seen_live=3)


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("seen", [{}, {"seen_live": 1}])
def test_without_a_restriction_nothing_more_has_to_be_said(changing, who, name, seen):
    prepared(name, changing, who, **seen)
    VERBS[name](changing.uuid, who, **seen)


def test_a_restriction_from_before_the_submission_is_part_of_what_was_submitted(who):
    registration = approved(who.admin, who.reviewer, **URIS)
    client.restrict(registration.uuid, by=who.admin, redirect_uris=[LEAKED])
    change(registration, who.admin, redirect_uris=[KEPT], client_name="Renamed Client")
    drafting.submit(registration.uuid, by=who.admin)
    assert (
        review.approve(registration.uuid, by=who.reviewer, seen_version=3, signed_in_at=timezone.now()).status
        == "approved"
    )


def test_each_further_restriction_has_to_be_seen(changing, who):
    client.restrict(changing.uuid, by=who.developer, redirect_uris=[LEAKED])
    client.restrict(changing.uuid, by=who.developer, scope=["users:write"])
    with pytest.raises(StaleVersion) as refusal:
        review.reject(changing.uuid, by=who.reviewer, seen_version=2, seen_live=3, note="No.")
    assert [one.field for one in refusal.value.difference] == ["scope"]
    with pytest.raises(StaleVersion) as refusal:
        review.reject(changing.uuid, by=who.reviewer, seen_version=2, note="No.")
    assert [one.field for one in refusal.value.difference] == ["redirect_uris", "scope"]


def test_a_first_submission_has_nothing_live_to_see(who):
    registration = submitted(who.admin)
    with pytest.raises(StaleVersion):
        review.approve(
            registration.uuid, by=who.reviewer, seen_version=1, seen_live=1, signed_in_at=timezone.now()
        )
    review.approve(
        registration.uuid, by=who.reviewer, seen_version=1, seen_live=0, signed_in_at=timezone.now()
    )
