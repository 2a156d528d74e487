import pytest

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.workflow import assignment, drafting, review
from tests.support.just_signed_in import approve
from tests.support.people import auditor, head, home, reviewer
from tests.support.registrations import a_draft, approved, submitted

VERBS = {
    "claim": lambda registration, by: assignment.claim(registration.uuid, by=by),
    "release": lambda registration, by: assignment.release(registration.uuid, by=by),
    "reassign": lambda registration, by: assignment.reassign(registration.uuid, by=by, to=by),
}


@pytest.fixture
def second(db):
    return reviewer("second@portal.example")


@pytest.fixture
def chief(db):
    return head()


def claimant(registration):
    return registration.revisions.get(status="under_review").claimed_by


def last_event():
    event = Event.objects.latest("pk")
    return event.verb, event.outcome, event.actor, event.moved, event.detail


def test_a_claim_is_on_record_with_one_event_and_no_email(partner, reviewer):
    registration, emails = submitted(partner), OutboxMessage.objects.count()
    revision = assignment.claim(registration.uuid, by=reviewer)
    assert (revision.claimed_by, revision.status) == (reviewer, "under_review")
    assert claimant(registration) == reviewer
    assert last_event() == ("revision.claimed", "done", str(reviewer.pseudonym), ["revision:1"], {})
    assert OutboxMessage.objects.count() == emails


def test_a_claim_is_released(partner, reviewer):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    assert assignment.release(registration.uuid, by=reviewer).claimed_at is None
    assert claimant(registration) is None
    assert last_event() == ("revision.released", "done", str(reviewer.pseudonym), ["revision:1"], {})


def test_a_lead_hands_a_review_on_and_takes_a_claim_away(partner, reviewer, second, chief):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    assignment.reassign(registration.uuid, by=chief, to=second)
    assert claimant(registration) == second
    assert last_event()[0::4] == ("revision.reassigned", {"to": str(second.pseudonym)})
    assignment.release(registration.uuid, by=chief)
    assert claimant(registration) is None
    assignment.reassign(registration.uuid, by=chief, to=chief)
    assert claimant(registration) == chief


def test_what_is_claimed_is_not_claimed_again(partner, reviewer, second):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    for person, words in ((reviewer, "You already"), (second, "reviewer@portal.example already")):
        with pytest.raises(Conflict, match=words):
            assignment.claim(registration.uuid, by=person)
    assert claimant(registration) == reviewer


def test_a_colleague_does_not_release_anothers_claim(partner, reviewer, second):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    with pytest.raises(NotAllowed):
        assignment.release(registration.uuid, by=second)
    assert claimant(registration) == reviewer


def test_what_nobody_claimed_is_not_released(partner, reviewer):
    with pytest.raises(Conflict, match="Nobody"):
        assignment.release(submitted(partner).uuid, by=reviewer)


def test_a_review_is_handed_to_those_who_could_decide_alone(partner, reviewer, chief):
    registration = submitted(partner)
    home(partner).memberships.create(user=reviewer, role="viewer")
    for person in (reviewer, auditor(), partner):
        with pytest.raises(Conflict, match="cannot decide"):
            assignment.reassign(registration.uuid, by=chief, to=person)
    assignment.reassign(registration.uuid, by=chief, to=chief)
    with pytest.raises(Conflict, match="You already claimed"):
        assignment.reassign(registration.uuid, by=chief, to=chief)


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_decide_has_no_say_and_that_is_on_record(partner, stranger, chief, verb):
    registration = submitted(partner)
    with pytest.raises(NotAllowed):
        VERBS[verb](registration, stranger)
    assert registration.strangers_tries.get().tries == 1
    assignment.claim(registration.uuid, by=chief)
    for person in (partner, auditor()):
        with pytest.raises(NotAllowed):
            VERBS[verb](registration, person)
        assert last_event()[:3] == (f"revision.{verb}", "refused", str(person.pseudonym))
    assert claimant(registration) == chief


def test_a_reviewer_hands_over_only_what_they_claimed(partner, reviewer, second):
    registration = submitted(partner)
    with pytest.raises(NotAllowed):
        assignment.reassign(registration.uuid, by=reviewer, to=second)
    assert claimant(registration) is None
    assignment.claim(registration.uuid, by=second)
    with pytest.raises(NotAllowed):
        assignment.reassign(registration.uuid, by=reviewer, to=reviewer)
    assert claimant(registration) == second


def test_a_reviewer_hands_over_what_they_claimed_with_a_note(partner, reviewer, second):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    assignment.reassign(registration.uuid, by=reviewer, to=second, note=" I know the founder. ")
    assert claimant(registration) == second
    note = registration.desk_notes.get()
    assert (note.author, note.text, note.field, note.revision.number) == (
        reviewer,
        "I know the founder.",
        "",
        1,
    )
    moved = ["revision:1", f"note:{note.uuid}"]
    detail = {"to": str(second.pseudonym)}
    assert last_event() == ("revision.reassigned", "done", str(reviewer.pseudonym), moved, detail)
    assert Event.objects.filter(verb="note.written").count() == 0
    with pytest.raises(NotAllowed):
        assignment.reassign(registration.uuid, by=reviewer, to=second, note="I know the founder.")
    assert registration.desk_notes.count() == 1


@pytest.mark.parametrize("note", ["", "  \n "])
def test_a_note_may_be_left_out(partner, reviewer, second, note):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    assignment.reassign(registration.uuid, by=reviewer, to=second, note=note)
    assert not registration.desk_notes.exists()
    assert last_event()[3] == ["revision:1"]


def test_a_note_with_a_forbidden_character_moves_nothing(partner, reviewer, second):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    with pytest.raises(Conflict):
        assignment.reassign(registration.uuid, by=reviewer, to=second, note="Look\x00")
    assert claimant(registration) == reviewer
    assert not registration.desk_notes.exists()


def test_who_has_joined_the_organisation_hands_nothing_over(partner, reviewer, second):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    home(partner).memberships.create(user=reviewer, role="viewer")
    with pytest.raises(NotAllowed):
        assignment.reassign(registration.uuid, by=reviewer, to=second, note="Approve it.")
    assert claimant(registration) == reviewer
    assert not registration.desk_notes.exists()


@pytest.mark.parametrize("verb", ["claim", "reassign"])
def test_nobody_claims_for_their_own_organisation(partner, chief, verb):
    home(partner).memberships.create(user=chief, role="viewer")
    registration = submitted(partner)
    with pytest.raises(NotAllowed):
        VERBS[verb](registration, chief)
    assert claimant(registration) is None


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_under_review_is_not_claimed(partner, chief, verb):
    withdrawn = submitted(partner)
    drafting.withdraw(withdrawn.uuid, by=partner)
    for registration in (a_draft(partner), approved(partner, chief), withdrawn):
        with pytest.raises(Conflict, match="Nothing is under review"):
            VERBS[verb](registration, chief)


@pytest.mark.parametrize("verb", VERBS)
def test_what_does_not_exist_is_not_found(chief, verb, partner):
    with pytest.raises(NotFound):
        VERBS[verb](type("Nothing", (), {"uuid": partner.pseudonym}), chief)


DECISIONS = [approve, review.request_changes, review.reject]


@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_ends_the_claim(partner, reviewer, verb):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    verb(registration.uuid, by=reviewer, seen_version=1, note="Because.")
    assert list(registration.revisions.values_list("claimed_at", "claimed_by")) == [(None, None)]


def test_a_withdrawal_ends_the_claim_and_the_next_revision_has_none(partner, reviewer):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    drafting.withdraw(registration.uuid, by=partner)
    assert registration.revisions.get().claimed_by is None
    drafting.submit(registration.uuid, by=partner)
    assert claimant(registration) is None


@pytest.mark.parametrize("verb", DECISIONS)
def test_over_a_colleagues_claim_one_decides_on_purpose_alone(partner, reviewer, second, verb):
    registration = submitted(partner)
    assignment.claim(registration.uuid, by=reviewer)
    with pytest.raises(Conflict, match="reviewer@portal.example has claimed this review"):
        verb(registration.uuid, by=second, seen_version=1, note="Because.")
    assert claimant(registration) == reviewer
    verb(registration.uuid, by=second, seen_version=1, note="Because.", despite_claim=True)
    assert registration.revisions.get().decided_by == second
