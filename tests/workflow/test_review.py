from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.models import Membership, Role
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import ClientSecret, Draft, Registration
from registrations.workflow import drafting, pkce, review
from registrations.workflow.refusals import StaleVersion
from tests.support.invariants import check_invariants
from tests.support.just_signed_in import approve
from tests.support.people import home
from tests.support.registrations import (
    a_draft,
    again,
    approved,
    change,
    in_days,
    submitted,
    with_exception,
)

DECISIONS = [approve, review.request_changes, review.reject]


def test_the_first_approval_issues_the_client_id_and_a_sealed_secret(partner, reviewer):
    registration = submitted(partner)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    registration = again(registration)
    assert (registration.status, registration.environment) == ("active", "staging")
    assert registration.client_id.version == 4
    secret = registration.secrets.get()
    assert (secret.status, secret.revealed_at, secret.issued_by) == ("sealed", None, reviewer)
    assert (secret.reveal_until - secret.issued_at).days == 7
    revision = registration.revisions.get()
    assert (revision.status, revision.decided_by) == ("approved", reviewer)
    assert set(revision.requested_scopes.values_list("granted", flat=True)) == {True}
    assert not Draft.objects.exists()
    check_invariants()


def test_one_event_names_everything_that_an_approval_moved(partner, reviewer):
    registration = approved(partner, reviewer)
    event = Event.objects.get(verb="revision.approved")
    secret = registration.secrets.get()
    assert event.moved == ["revision:1", f"client:{registration.client_id}", f"secret:{secret.uuid}"]
    assert event.actor == str(reviewer.pseudonym)
    assert event.stream == registration.uuid


def test_the_second_approval_supersedes_and_keeps_the_client(partner, reviewer):
    registration = approved(partner, reviewer)
    client_id = registration.client_id
    change(registration, partner, client_name="New Name")
    drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    registration = again(registration)
    assert registration.client_id == client_id
    assert registration.secrets.count() == 1
    assert list(registration.revisions.values_list("number", "status")) == [
        (2, "approved"),
        (1, "superseded"),
    ]
    assert Event.objects.filter(verb="revision.approved").last().moved == ["revision:2", "revision:1"]
    check_invariants()


@pytest.mark.parametrize(
    ("verb", "status", "email"),
    [
        (review.request_changes, "sent_back", "changes_requested"),
        (review.reject, "rejected", "rejected"),
    ],
)
def test_turning_down_keeps_the_draft_and_tells_why(partner, reviewer, verb, status, email):
    registration = submitted(partner)
    verb(registration.uuid, by=reviewer, seen_version=1, note=" Your terms are a 404. ")
    revision = registration.revisions.get()
    assert (revision.status, revision.note) == (status, "Your terms are a 404.")
    assert Draft.objects.filter(registration=registration).exists()
    assert OutboxMessage.objects.last().kind == email
    assert not ClientSecret.objects.exists()
    change(registration, partner, tos_uri="https://client.example/terms")
    drafting.submit(registration.uuid, by=partner)
    check_invariants()


@pytest.mark.parametrize("verb", [review.request_changes, review.reject])
def test_turning_down_without_a_word_is_refused(partner, reviewer, verb):
    registration = submitted(partner)
    with pytest.raises(Conflict):
        verb(registration.uuid, by=reviewer, seen_version=1, note="  ")
    assert registration.revisions.get().status == "under_review"


@pytest.mark.parametrize("verb", DECISIONS)
def test_who_may_not_review_is_refused_and_that_is_on_record(partner, stranger, verb):
    registration = submitted(partner)
    for person in (partner, stranger):
        with pytest.raises(NotAllowed):
            verb(registration.uuid, by=person, seen_version=1, note="Because.")
    assert registration.revisions.get().status == "under_review"
    refused = Event.objects.filter(stream=registration.uuid, outcome="refused")
    assert [event.actor for event in refused] == [str(partner.pseudonym)]
    assert registration.strangers_tries.get().tries == 1


@pytest.mark.parametrize("verb", DECISIONS)
def test_nobody_decides_for_their_own_organisation(partner, lead, verb):
    Membership.objects.create(user=lead, organisation=home(partner), role=Role.VIEWER)
    registration = submitted(partner)
    with pytest.raises(NotAllowed):
        verb(registration.uuid, by=lead, seen_version=1, note="Because.")
    assert registration.revisions.get().status == "under_review"


def test_a_reviewer_whose_right_was_taken_is_refused(partner, reviewer):
    registration = submitted(partner)
    reviewer.groups.clear()
    with pytest.raises(NotAllowed):
        review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())


@pytest.mark.parametrize("verb", DECISIONS)
def test_what_is_not_under_review_is_not_decided(partner, reviewer, verb):
    draft, live = a_draft(partner), approved(partner, reviewer)
    for registration in (draft, live):
        before = list(registration.revisions.values_list("status", flat=True))
        with pytest.raises(Conflict):
            verb(registration.uuid, by=reviewer, seen_version=1, note="Because.")
        assert list(registration.revisions.values_list("status", flat=True)) == before


def test_what_does_not_exist_is_not_found(reviewer, partner):
    with pytest.raises(NotFound):
        review.approve(partner.pseudonym, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert not Event.objects.exists()


def test_a_withdrawn_revision_is_not_approved(partner, reviewer):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert Registration.objects.get().client_id is None


CHANGES = {
    "client_name": "Another Client",
    "client_uri": "https://client.example/home",
    "tos_uri": "https://client.example/terms",
    "policy_uri": "https://client.example/privacy",
    "contacts": ["someone.else@client.example"],
    "initiation_uri": "https://client.example/start",
    "configuration_uri": "https://client.example/settings",
    "environment": "production",
    "redirect_uris": ["https://evil.example/callback"],
    "scope": ["users:read"],
    "pkce_support": "exception_requested",
    "subject_type_preference": "company",
}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_on_what_changed_meanwhile_is_refused_with_the_difference(partner, reviewer, field, verb):
    registration = submitted(partner, scope=["users:read", "users:write"])
    drafting.withdraw(registration.uuid, by=partner)
    more = {"pkce_justification": "A reason that is long enough to be one."} if "pkce" in field else {}
    change(registration, partner, **{field: CHANGES[field]}, **more)
    drafting.submit(registration.uuid, by=partner)
    with pytest.raises(StaleVersion) as refusal:
        verb(registration.uuid, by=reviewer, seen_version=1, note="Fine.")
    assert field in {one.field for one in refusal.value.difference}
    assert registration.revisions.get(number=2).status == "under_review"


def test_an_exception_has_to_be_decided_before_its_revision_is_approved(partner, lead):
    registration = submitted(partner, **with_exception())
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    pkce.refuse(registration.uuid, by=lead, seen_version=1, note="Use a current library.")
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    review.request_changes(registration.uuid, by=lead, seen_version=1, note="Please support PKCE.")
    assert registration.pkce_exceptions.get().status == "refused"


def test_a_granted_exception_takes_force_with_its_revision(partner, lead):
    registration = submitted(partner, **with_exception())
    pkce.grant(
        registration.uuid, by=lead, seen_version=1, expires_on=in_days(90), signed_in_at=timezone.now()
    )
    review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    exception = registration.pkce_exceptions.get()
    assert exception.status == "in_force"
    assert exception.runs_on(in_days(90))
    assert not exception.runs_on(in_days(91))
    check_invariants()


def test_a_grant_whose_end_has_passed_is_not_approved(partner, lead, time_machine):
    registration = submitted(partner, **with_exception())
    pkce.grant(registration.uuid, by=lead, seen_version=1, expires_on=in_days(1), signed_in_at=timezone.now())
    time_machine.move_to(timezone.now() + timedelta(days=2))
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())


@pytest.mark.parametrize("verb", DECISIONS)
def test_who_submitted_it_does_not_decide_after_leaving(partner, reviewer, verb):
    Membership.objects.create(user=reviewer, organisation=home(partner), role=Role.DEVELOPER)
    registration = a_draft(partner)
    drafting.submit(registration.uuid, by=reviewer)
    Membership.objects.filter(user=reviewer).delete()
    with pytest.raises(NotAllowed, match="You submitted this yourself"):
        verb(registration.uuid, by=reviewer, seen_version=1, note="Mine.")
    assert registration.revisions.get().status == "under_review"
