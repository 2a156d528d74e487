"""An approval grants what the reviewer ticked, and the live client is that."""

import pytest
from django.core import mail
from django.core.management import call_command

from portal.audit.models import Event
from portal.refusals import Conflict
from registrations.domain.draft_data import draft_data_from
from registrations.models import Scope
from registrations.queries.documents import live_documents
from registrations.workflow import drafting, review
from tests.support.registrations import again, change, example_values, in_days, submitted

ALL = ["test:test", "users:read", "users:write"]
LESS = ["test:test", "users:read"]


@pytest.fixture
def narrowed(partner, reviewer):
    """A live client that was granted less than it asked for."""
    registration = submitted(partner)
    review.approve(registration.uuid, by=reviewer, seen_version=1, granted=LESS)
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
    review.approve(registration.uuid, by=reviewer, seen_version=1, granted=LESS, refused_because=f" {why} ")
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
    review.approve(registration.uuid, by=reviewer, seen_version=1)
    detail = Event.objects.get(verb="revision.approved").detail
    assert (detail["granted"], detail["refused"]) == (ALL, [])


@pytest.mark.parametrize("granted", [[], ["tags:read"], [*ALL, "tags:read"]])
def test_nothing_and_what_was_not_asked_for_cannot_be_granted(partner, reviewer, granted):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=reviewer, seen_version=1, granted=granted)
    assert again(registration).client_id is None
    assert set(registration.revisions.get().requested_scopes.values_list("granted", flat=True)) == {None}


def test_a_draft_from_live_does_not_ask_again_for_what_was_refused(narrowed):
    assert draft_data_from(live(narrowed).metadata())["scope"] == LESS


def test_leaving_a_refused_scope_out_is_no_change(narrowed, partner):
    change(narrowed, partner, **example_values(scope=LESS))
    with pytest.raises(Conflict, match="the same as the live version"):
        drafting.submit(narrowed.uuid, by=partner)


def test_asking_again_for_a_refused_scope_is_reviewed(narrowed, partner):
    change(narrowed, partner, scope=ALL)
    assert drafting.submit(narrowed.uuid, by=partner).status == "under_review"


def test_a_change_at_once_keeps_what_was_granted(narrowed, partner):
    change(narrowed, partner, scope=["users:read"])
    revision = drafting.submit(narrowed.uuid, by=partner)
    assert (revision.status, revision.scopes()) == ("approved", ("users:read",))
    assert set(live(narrowed).requested_scopes.values_list("granted", flat=True)) == {True}


def test_a_refused_scope_takes_its_reason_along(partner, reviewer):
    Scope.objects.filter(name="users:write").update(tier="sensitive")
    registration = submitted(partner, scope_reasons={"users:write": "Our till adds people by itself."})
    review.approve(registration.uuid, by=reviewer, seen_version=1, granted=LESS)
    assert draft_data_from(live(registration).metadata())["scope_reasons"] == {}
