import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations.models import Override, ReviewMarks
from registrations.workflow import drafting, review
from registrations.workflow.refusals import RulesBroken
from tests.support.invariants import check_invariants
from tests.support.registrations import a_draft, again, change, submitted

NAME = "Pleo Archive"
WHY = "It is the name of our museum since 1954."


def question(rule="N-05", value=NAME, reason=WHY):
    return {"rule": rule, "value": value, "reason": reason}


def asking(partner, **changes):
    return submitted(partner, client_name=NAME, review_asked=[question()], **changes)


def accept(registration, by, rule="N-05", value=NAME, reason="A museum indeed.", seen_version=1):
    return review.override(
        registration.uuid, by=by, seen_version=seen_version, rule=rule, value=value, reason=reason
    )


def test_what_a_reviewer_is_asked_can_be_submitted_and_stays_in_sight(partner):
    registration = asking(partner)
    revision = registration.revisions.get()
    assert revision.review_asked == [question()]
    noted = [finding for finding in revision.findings if finding["rule"] == "N-05"]
    assert [finding["severity"] for finding in noted] == ["warn"]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("N-05", {"client_name": NAME}),
        ("R-29", {"redirect_uris": ["https://co.uk/callback"]}),
        ("R-36", {"redirect_uris": ["https://auth.pleo.io/callback"]}),
        ("R-37", {"redirect_uris": ["https://xn--a.example/cb"]}),
        ("C-07", {"contacts": ["someone@mailinator.com"]}),
    ],
)
def test_each_of_the_five_can_be_asked_about_and_only_with_a_reason(partner, rule, changes):
    (value,) = changes.values()
    value = value if isinstance(value, str) else value[0]
    for reason, passes in ((WHY, True), ("short", False)):
        registration = a_draft(partner, review_asked=[question(rule, value, reason)], **changes)
        if passes:
            drafting.submit(registration.uuid, by=partner)
            continue
        with pytest.raises(RulesBroken) as refusal:
            drafting.submit(registration.uuid, by=partner)
        assert {finding.rule for finding in refusal.value.findings if finding.rejects} == {rule, "G-06"}


@pytest.mark.parametrize(
    ("rule", "value"), [("R-06", "https://*.client.example/cb"), ("R-11", "https://client.example/cb#x")]
)
def test_no_other_rejection_can_be_asked_about(partner, rule, value):
    registration = a_draft(partner, redirect_uris=[value], review_asked=[question(rule, value)])
    with pytest.raises(RulesBroken):
        drafting.submit(registration.uuid, by=partner)


def test_a_question_about_another_value_does_not_help(partner):
    registration = a_draft(partner, client_name="Pleo Cards", review_asked=[question()])
    with pytest.raises(RulesBroken):
        drafting.submit(registration.uuid, by=partner)


def test_a_question_that_nothing_rejects_is_not_kept(partner):
    registration = submitted(partner, review_asked=[question()])
    assert registration.revisions.get().review_asked == []


@pytest.mark.parametrize("stored", [None, "x", [1], [{"rule": "N-05"}], [{"rule": 1, "value": 2}]])
def test_nonsense_in_a_draft_asks_nothing(partner, stored):
    registration = submitted(partner, review_asked=stored)
    assert registration.revisions.get().review_asked == []


def test_approval_needs_the_recorded_answer(partner, reviewer):
    registration = asking(partner)
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    accept(registration, reviewer)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert again(registration).status == "active"
    accepted = Override.objects.get()
    assert (accepted.value, accepted.reason, accepted.decided_by) == (NAME, "A museum indeed.", reviewer)
    assert Event.objects.get(verb="revision.overridden").moved == ["revision:1", f"override:{accepted.pk}"]
    check_invariants()


def test_what_was_accepted_stays_accepted_for_the_same_value(partner, reviewer):
    registration = asking(partner)
    accept(registration, reviewer)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    change(registration, partner, client_name=NAME, initiation_uri="https://client.example/start")
    drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    change(registration, partner, client_name="Pleo Vault")
    with pytest.raises(RulesBroken):
        drafting.submit(registration.uuid, by=partner)


def test_what_was_accepted_for_staging_is_asked_again_for_production(partner, reviewer):
    registration = asking(partner)
    accept(registration, reviewer)
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, environment="production", scope=["users:read"], review_asked=[])
    with pytest.raises(RulesBroken):
        drafting.submit(registration.uuid, by=partner)
    change(registration, partner, review_asked=[question()])
    drafting.submit(registration.uuid, by=partner)
    marks = ReviewMarks.objects.filter(revision__number=2)
    assert "override" in marks.get().kinds
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    accept(registration, reviewer, seen_version=2)
    assert "override" not in marks.get().kinds
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    assert again(registration).environment == "production"
    assert Override.objects.count() == 2
    check_invariants()


@pytest.mark.parametrize("asked", [("N-05", "Other"), ("R-36", NAME), ("R-06", NAME)])
def test_what_was_not_asked_is_not_answered(partner, reviewer, asked):
    registration = asking(partner)
    with pytest.raises(Conflict):
        accept(registration, reviewer, *asked)
    assert not Override.objects.exists()


def test_an_answer_has_a_reason_and_is_given_once(partner, reviewer):
    registration = asking(partner)
    with pytest.raises(Conflict):
        accept(registration, reviewer, reason=" ")
    accept(registration, reviewer)
    with pytest.raises(Conflict):
        accept(registration, reviewer)


def test_who_may_not_review_answers_nothing(partner, stranger):
    registration = asking(partner)
    for person in (partner, stranger):
        with pytest.raises(NotAllowed):
            accept(registration, person)
    assert Event.objects.filter(verb="revision.override", outcome="refused").count() == 1
    assert registration.strangers_tries.get().tries == 1


@pytest.mark.parametrize(
    ("rule", "value", "page_rule"),
    [
        ("R-36", "https://app.pleo.io/cb", "U-07"),
        ("R-29", "https://co.uk/cb", "U-04"),
        ("R-37", "https://xn--a.example/cb", "U-02"),
    ],
)
def test_a_question_about_a_callback_lets_no_page_pass(partner, rule, value, page_rule):
    uris = ["https://client.example/callback", value]
    asked = [question(rule, value)]
    registration = a_draft(partner, redirect_uris=uris, review_asked=asked, tos_uri=value)
    with pytest.raises(RulesBroken) as refused:
        drafting.submit(registration.uuid, by=partner)
    rejected = [(one.field, one.rule) for one in refused.value.findings if one.rejects]
    assert rejected == [("tos_uri", page_rule)]
