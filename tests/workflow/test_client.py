"""Suspend, reinstate and close: what each moves, and who may."""

import pytest
from django.utils import timezone

from portal.accounts.models import Membership, Role
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import Draft
from registrations.queries.documents import live_documents
from registrations.workflow import assignment, client, drafting, pkce, review, secrets
from registrations.workflow.refusals import SecretGone
from tests.support import people
from tests.support.invariants import check_invariants
from tests.support.people import home
from tests.support.registrations import (
    REASON,
    a_draft,
    again,
    approved,
    change,
    excepted,
    in_days,
    reveal,
    revealed,
    submitted,
)

WHY = "The terms of service have gone."


def suspended(registration, by):
    client.suspend(registration.uuid, by=by, reason=WHY)
    return again(registration)


def exported():
    return list(live_documents(today=timezone.now().date()))


def events(verb, outcome="done"):
    return Event.objects.filter(verb=f"registration.{verb}", outcome=outcome)


def test_a_suspension_stops_the_client_and_says_why(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    suspension = client.suspend(registration.uuid, by=reviewer, reason=f" {WHY}\n")
    stopped = again(registration)
    assert (stopped.status, stopped.suspended_at) == ("suspended", suspension.suspended_at)
    assert (suspension.reason, suspension.suspended_by) == (WHY, reviewer)
    assert exported() == []
    assert events("suspended").get().moved == [f"suspension:{suspension.pk}"]
    assert OutboxMessage.objects.get(kind="suspended").ids == {"suspension_id": suspension.pk}
    assert registration.secrets.get().status == "active"
    check_invariants()


def test_an_internal_note_goes_to_the_desk_and_its_name_into_the_event(partner, reviewer):
    registration = approved(partner, reviewer)
    suspension = client.suspend(registration.uuid, by=reviewer, reason=WHY, internal_note=" Case 4711. ")
    client.close_as_staff(registration.uuid, by=reviewer, reason=WHY, internal_note="It came again.")
    first, second = registration.desk_notes.order_by("pk")
    assert [(one.text, one.author) for one in (first, second)] == [
        ("Case 4711.", reviewer),
        ("It came again.", reviewer),
    ]
    assert events("suspended").get().moved == [suspension.audit_name, first.audit_name]
    assert events("closed").get().moved[0] == second.audit_name
    assert (suspension.reason, again(registration).closed_reason) == (WHY, WHY)


def test_a_wrong_internal_note_stops_nothing(partner, reviewer):
    registration = approved(partner, reviewer)
    for verb in (client.suspend, client.close_as_staff):
        with pytest.raises(Conflict, match="Remove the character"):
            verb(registration.uuid, by=reviewer, reason=WHY, internal_note="\x00")
    assert again(registration).status == "active"
    assert not registration.desk_notes.exists()


def test_a_suspended_client_is_drafted_and_submitted_but_not_approved(partner, reviewer):
    registration = suspended(approved(partner, reviewer), reviewer)
    change(registration, partner, contacts=["new@client.example"])
    drafting.submit(registration.uuid, by=partner)
    with pytest.raises(Conflict, match="suspended"):
        review.approve(registration.uuid, by=reviewer, seen_version=2)
    review.request_changes(registration.uuid, by=reviewer, seen_version=2, note="More.")
    assert registration.revisions.get(number=2).status == "sent_back"


def test_a_suspended_client_reveals_and_rotates_nothing_but_revokes(partner, reviewer):
    registration = suspended(approved(partner, reviewer), reviewer)
    secret = registration.secrets.get()
    with pytest.raises(Conflict):
        secrets.reveal(registration.uuid, secret.uuid, by=partner, signed_in_at=timezone.now())
    with pytest.raises(Conflict):
        secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    secrets.revoke(registration.uuid, secret.uuid, by=partner, confirmed="Example Client")
    assert registration.secrets.get().status == "revoked"


def test_a_reinstated_client_goes_on_as_it_was(partner, reviewer, lead):
    registration, _ = revealed(partner, reviewer)
    before = exported()
    suspended(registration, reviewer)
    suspension = client.reinstate(registration.uuid, by=lead, note=" All is well. ")
    assert (again(registration).status, again(registration).suspended_at) == ("active", None)
    assert (suspension.lifted_by, suspension.note) == (lead, "All is well.")
    assert exported() == before
    assert events("reinstated").get().moved == [f"suspension:{suspension.pk}"]
    assert OutboxMessage.objects.get(kind="reinstated").ids == {"suspension_id": suspension.pk}
    check_invariants()


def test_each_suspension_stays_on_record(partner, reviewer):
    registration = suspended(approved(partner, reviewer), reviewer)
    client.reinstate(registration.uuid, by=reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="Once more.")
    assert list(registration.suspensions.values_list("reason", flat=True)) == ["Once more.", WHY]


def test_a_suspension_and_a_closing_by_staff_need_a_reason(partner, reviewer):
    registration = approved(partner, reviewer)
    for verb in (client.suspend, client.close_as_staff):
        with pytest.raises(Conflict, match="Say why"):
            verb(registration.uuid, by=reviewer, reason=" \n")
    assert again(registration).status == "active"


def in_each_status(by, reviewer):
    closed = submitted(by)
    client.close(closed.uuid, by=by)
    return {
        "pending": submitted(by),
        "active": approved(by, reviewer),
        "suspended": suspended(approved(by, reviewer), reviewer),
        "closed": again(closed),
    }


@pytest.mark.parametrize(
    ("verb", "possible"),
    [
        (lambda uuid, by: client.suspend(uuid, by=by, reason=WHY), {"active"}),
        (lambda uuid, by: client.reinstate(uuid, by=by), {"suspended"}),
        (lambda uuid, by: client.close_as_staff(uuid, by=by, reason=WHY), {"pending", "active", "suspended"}),
    ],
    ids=["suspend", "reinstate", "close"],
)
def test_staff_move_a_client_only_from_where_the_table_says(partner, reviewer, verb, possible):
    for status, registration in in_each_status(partner, reviewer).items():
        if status in possible:
            verb(registration.uuid, reviewer)
        else:
            with pytest.raises(Conflict, match=status):
                verb(registration.uuid, reviewer)
            assert again(registration).status == status
    check_invariants()


STAFF_VERBS = [
    ("suspend", lambda uuid, by: client.suspend(uuid, by=by, reason=WHY)),
    ("reinstate", lambda uuid, by: client.reinstate(uuid, by=by)),
    ("close", lambda uuid, by: client.close_as_staff(uuid, by=by, reason=WHY)),
]


@pytest.mark.parametrize(("name", "verb"), STAFF_VERBS, ids=[name for name, _ in STAFF_VERBS])
def test_only_reviewers_from_elsewhere_stop_a_client(
    partner, colleague, reviewer, lead, stranger, name, verb
):
    registration = approved(partner, reviewer)
    if name == "reinstate":
        suspended(registration, reviewer)
    before = again(registration).status
    Membership.objects.create(user=lead, organisation=home(partner), role=Role.ADMIN)
    for person in (partner, colleague, stranger, lead):
        with pytest.raises(NotAllowed):
            verb(registration.uuid, person)
    assert again(registration).status == before
    assert events(name, "refused").count() == 3
    assert registration.strangers_tries.get().tries == 1


@pytest.mark.parametrize(("name", "verb"), STAFF_VERBS, ids=[name for name, _ in STAFF_VERBS])
def test_what_was_never_submitted_is_not_there_for_staff(partner, reviewer, name, verb):
    with pytest.raises((NotFound, Conflict)):
        verb(a_draft(partner).uuid, reviewer)


def test_closing_ends_all_that_the_client_has(partner, colleague, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    change(registration, partner, pkce_support="exception_requested", pkce_justification=REASON + " Still.")
    drafting.submit(registration.uuid, by=partner)
    pkce.grant(registration.uuid, by=lead, seen_version=2, expires_on=in_days(90))
    version = Draft.objects.get(registration=registration).version
    client.close(registration.uuid, by=colleague)
    closed = again(registration)
    assert (closed.status, closed.client_id) == ("closed", registration.client_id)
    assert list(registration.revisions.values_list("status", flat=True)) == ["withdrawn", "approved"]
    assert not Draft.objects.filter(registration=registration).exists()
    secret = registration.secrets.get()
    assert (secret.status, secret.sealed_secret, secret.revoked_by) == ("revoked", None, colleague)
    asked, ran = registration.pkce_exceptions.all()
    assert (asked.status, ran.status) == ("withdrawn", "ended")
    assert set(events("closed").get().moved) == {
        "revision:2",
        f"draft:{version}",
        f"pkce:{asked.uuid}",
        f"pkce:{ran.uuid}",
        f"secret:{secret.uuid}",
    }
    assert OutboxMessage.objects.get(kind="closed").ids == {"registration_id": registration.pk}
    assert exported() == []
    check_invariants()


def test_closing_wipes_a_sealed_secret(partner, reviewer):
    registration = approved(partner, reviewer)
    client.close(registration.uuid, by=partner)
    secret = registration.secrets.get()
    assert (secret.status, secret.sealed_secret) == ("revoked", None)


def test_closing_judges_by_the_clock_what_nobody_has_booked(partner, lead, time_machine):
    registration = excepted(partner, lead, days=5)
    time_machine.move_to(in_days(8))
    client.close(registration.uuid, by=partner)
    secret = registration.secrets.get()
    assert (secret.status, secret.sealed_secret, secret.revoked_by) == ("lapsed", None, None)
    assert registration.pkce_exceptions.get().status == "lapsed"
    assert secrets.lapse_due() == 0


def test_closing_lifts_the_suspension(partner, reviewer):
    registration = suspended(approved(partner, reviewer), reviewer)
    client.close_as_staff(registration.uuid, by=reviewer, reason="It stays away.")
    closed = again(registration)
    assert (closed.status, closed.suspended_at, closed.closed_reason) == ("closed", None, "It stays away.")
    assert registration.suspensions.get().lifted_by == reviewer
    check_invariants()


def test_closing_ends_the_claim_on_what_it_withdraws(partner, reviewer):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    client.close(registration.uuid, by=partner)
    revision = registration.revisions.get()
    assert (revision.status, revision.claimed_by, revision.claimed_at) == ("withdrawn", None, None)


def test_auditors_stop_no_client(partner, reviewer):
    registration, auditor = approved(partner, reviewer), people.auditor()
    for stop in (client.suspend, client.close_as_staff):
        with pytest.raises(NotAllowed):
            stop(registration.uuid, by=auditor, reason="I only read.")
    assert again(registration).status == "active"


def test_closing_a_draft_leaves_nothing_of_it(partner):
    registration = a_draft(partner)
    client.close(registration.uuid, by=partner)
    assert again(registration).status == "closed"
    assert not Draft.objects.exists()
    assert events("closed").get().moved == ["draft:1"]


@pytest.mark.parametrize(
    ("who", "refusal"), [("viewer", NotAllowed), ("stranger", NotFound), ("reviewer", NotFound)]
)
def test_others_do_not_close_as_the_partner(partner, reviewer, request, who, refusal):
    registration = approved(partner, reviewer)
    with pytest.raises(refusal):
        client.close(registration.uuid, by=request.getfixturevalue(who))
    assert again(registration).status == "active"


def test_the_secret_of_a_closed_client_is_gone(partner, reviewer):
    registration = approved(partner, reviewer)
    client.close(registration.uuid, by=partner)
    secret = registration.secrets.get()
    with pytest.raises(SecretGone) as gone:
        secrets.reveal(registration.uuid, secret.uuid, by=partner, signed_in_at=timezone.now())
    assert (gone.value.secret_status, gone.value.client_is_closed) == ("revoked", True)


def test_a_closed_registration_takes_nothing_more(partner, reviewer):
    registration = approved(partner, reviewer)
    client.close(registration.uuid, by=partner)
    secret = registration.secrets.get()
    for verb in (
        lambda: client.close(registration.uuid, by=partner),
        lambda: change(registration, partner),
        lambda: secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now()),
        lambda: secrets.revoke(registration.uuid, secret.uuid, by=partner, confirmed="Example Client"),
        lambda: review.approve(registration.uuid, by=reviewer, seen_version=1),
    ):
        with pytest.raises(Conflict, match="closed"):
            verb()
