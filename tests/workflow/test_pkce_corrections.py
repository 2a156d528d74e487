"""A grant or refusal of a PKCE exception is corrected while its version is under review."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations.queries.timeline import timeline
from registrations.workflow import drafting, pkce, review
from tests.support.invariants import check_invariants
from tests.support.just_signed_in import approve
from tests.support.people import staff
from tests.support.registrations import again, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db
WHY = "Use a current library."


@pytest.fixture
def registration(partner):
    return submitted(partner, **with_exception())


@pytest.fixture
def other_lead(db):
    return staff("approver@portal.example", "PKCE approvers")


def grant(registration, by, days=90, corrects=None, **more):
    uuid, end = registration.uuid, in_days(days)
    return pkce.grant(
        uuid, by=by, seen_version=1, expires_on=end, corrects=corrects, **more, signed_in_at=timezone.now()
    )


def refuse(registration, by, note=WHY, corrects=None):
    return pkce.refuse(registration.uuid, by=by, seen_version=1, note=note, corrects=corrects)


def emailed(registration, partner):
    """What the partner's timeline says about the exception, oldest first."""
    texts = [entry.text for entry in timeline(again(registration), reader=partner)]
    return [text for text in reversed(texts) if "PKCE" in text]


def test_a_refusal_becomes_a_grant_and_what_was_said_first_stays(registration, partner, lead, other_lead):
    first = refuse(registration, lead)
    second = grant(registration, other_lead, corrects=first.decided_at)
    assert (second.status, second.expires_on, second.decided_by) == ("granted", in_days(90), other_lead)
    kept = second.corrected_decisions.get()
    assert (kept.outcome, kept.note, kept.decided_by) == ("refused", WHY, lead)
    assert (kept.decided_at, kept.corrected_at) == (first.decided_at, second.decided_at)
    assert emailed(registration, partner) == [
        "Pleo refused the PKCE exception.",
        "Pleo corrected its decision on the PKCE exception: it is granted.",
    ]
    review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    assert registration.pkce_exceptions.get().status == "in_force"
    check_invariants()


def test_a_grant_becomes_a_refusal_that_stands_in_the_way_of_an_approval(registration, partner, lead):
    first = grant(registration, lead, note="Until the upgrade.")
    second = refuse(registration, lead, corrects=first.decided_at)
    assert (second.status, second.expires_on, second.note) == ("refused", None, WHY)
    kept = second.corrected_decisions.get()
    assert (kept.outcome, kept.expires_on, kept.note) == ("granted", in_days(90), "Until the upgrade.")
    with pytest.raises(Conflict):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    assert emailed(registration, partner)[-1] == (
        "Pleo corrected its decision on the PKCE exception: it is refused."
    )


def test_an_end_date_is_corrected_and_the_log_knows_both(registration, lead):
    first = grant(registration, lead, days=300)
    grant(registration, lead, days=30, corrects=first.decided_at)
    before, after = Event.objects.filter(verb__startswith="pkce.granted").order_by("pk")
    assert (before.verb, before.detail) == ("pkce.granted", {"expires_on": in_days(300).isoformat()})
    assert after.verb == "pkce.granted_instead"
    assert after.detail == {
        "expires_on": in_days(30).isoformat(),
        "corrects": "granted",
        "corrects_expires_on": in_days(300).isoformat(),
    }


def test_only_the_decision_that_was_on_the_page_is_corrected(registration, lead, other_lead):
    first = refuse(registration, lead)
    grant(registration, other_lead, corrects=first.decided_at)
    with pytest.raises(Conflict, match="has granted the exception in the meantime"):
        grant(registration, lead, days=30, corrects=first.decided_at)
    with pytest.raises(Conflict, match="has granted the exception in the meantime"):
        refuse(registration, lead)
    assert registration.pkce_exceptions.get().expires_on == in_days(90)


def test_what_nobody_decided_is_not_corrected(registration, lead):
    with pytest.raises(Conflict, match="not there any more"):
        grant(registration, lead, corrects=registration.pkce_exceptions.get().requested_at)
    assert registration.pkce_exceptions.get().status == "requested"


@pytest.mark.parametrize("verb", [review.request_changes, review.reject, approve])
def test_after_the_decision_on_the_version_nothing_is_corrected(registration, lead, verb):
    first = grant(registration, lead)
    verb(registration.uuid, by=lead, seen_version=1, note="That is all.")
    with pytest.raises(Conflict):
        refuse(registration, lead, corrects=first.decided_at)


def test_what_the_partner_withdrew_is_not_corrected(registration, partner, lead):
    first = refuse(registration, lead)
    drafting.withdraw(registration.uuid, by=partner)
    with pytest.raises(Conflict):
        grant(registration, lead, corrects=first.decided_at)
    assert registration.pkce_exceptions.get().status == "refused"


def test_whoever_may_not_decide_may_not_correct(registration, lead, reviewer):
    first = grant(registration, lead)
    with pytest.raises(NotAllowed):
        refuse(registration, reviewer, corrects=first.decided_at)
    assert registration.pkce_exceptions.get().status == "granted"
