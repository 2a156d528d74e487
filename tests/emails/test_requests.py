"""What the email about a request for changes says of requests that went in with the version."""

import pytest
from django.utils import timezone

from registrations.workflow import drafting, pkce, review
from tests.emails.sending import both_hold, only, parts
from tests.support.commenting import sent_back
from tests.support.registrations import in_days, submitted, with_exception
from tests.support.scenes import NAME, QUESTION, accept

pytestmark = pytest.mark.django_db

UNDECIDED_VALUE = "has not decided whether to accept this value"
UNDECIDED_EXCEPTION = "has not decided on your request for a PKCE exception"


def asking(partner):
    return submitted(partner, client_name=NAME, review_asked=[QUESTION])


def test_an_undecided_value_is_named(partner, reviewer):
    sent_back(asking(partner), reviewer, note="Another logo, please.")
    for part in parts(only("Changes requested")):
        assert NAME in part.partition(UNDECIDED_VALUE)[2]


def test_an_accepted_value_may_stay(partner, reviewer):
    registration = asking(partner)
    accept(registration, reviewer, 1)
    sent_back(registration, reviewer, note="Another logo, please.")
    email = only("Changes requested")
    assert both_hold(email, "and you can keep it")
    assert not any(UNDECIDED_VALUE in part for part in parts(email))


def test_an_undecided_exception_is_requested_again_with_the_draft(partner, reviewer):
    registration = submitted(partner, **with_exception())
    sent_back(registration, reviewer, note="Another logo, please.")
    assert both_hold(only("Changes requested"), UNDECIDED_EXCEPTION)
    drafting.submit(registration.uuid, by=partner)
    assert registration.pkce_exceptions.filter(status="requested").exists()


def test_a_granted_exception_has_not_started(partner, reviewer, lead):
    registration = submitted(partner, **with_exception())
    pkce.grant(
        registration.uuid, by=lead, seen_version=1, expires_on=in_days(90), signed_in_at=timezone.now()
    )
    sent_back(registration, reviewer, note="Another logo, please.")
    assert both_hold(only("Changes requested"), "It has not started, because version 1 is not approved.")


def test_a_refused_exception_comes_with_its_reason(partner, reviewer, lead):
    registration = submitted(partner, **with_exception())
    pkce.refuse(registration.uuid, by=lead, seen_version=1, note="Your library supports it.")
    sent_back(registration, reviewer, note="See the exception.")
    email = only("Changes requested")
    assert both_hold(email, "Pleo refused your request for a PKCE exception.")
    assert both_hold(email, "Your library supports it.")
    assert both_hold(email, "write a new justification")


def test_without_such_requests_the_email_is_silent_about_them(partner, reviewer):
    sent_back(submitted(partner), reviewer, note="Another logo, please.")
    assert not any("PKCE" in part or "value" in part for part in parts(only("Changes requested")))


def test_other_decisions_do_not_ask_to_keep_a_request(partner, reviewer):
    registration = submitted(partner, **with_exception())
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="Not your company.")
    assert not any("PKCE" in part for part in parts(only("Rejected")))
