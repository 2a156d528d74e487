import pytest
from django.utils import timezone

from portal.accounts.models import Membership, Role
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed
from registrations.workflow import drafting, pkce, review
from registrations.workflow.refusals import RulesBroken, StaleVersion
from tests.support.people import home, staff
from tests.support.registrations import (
    REASON,
    again,
    approved,
    change,
    excepted,
    in_days,
    submitted,
    with_exception,
)


def grant(registration, by, days=90, seen_version=1):
    return pkce.grant(
        registration.uuid,
        by=by,
        seen_version=seen_version,
        expires_on=in_days(days),
        signed_in_at=timezone.now(),
    )


def test_a_grant_names_its_end_and_who_gave_it(partner, lead):
    registration = submitted(partner, **with_exception())
    grant(registration, lead)
    exception = registration.pkce_exceptions.get()
    assert (exception.status, exception.expires_on, exception.decided_by) == ("granted", in_days(90), lead)
    assert Event.objects.get(verb="pkce.granted").moved == ["revision:1", f"pkce:{exception.uuid}"]


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_grant_ends_after_today_and_within_twelve_months(partner, lead, days):
    registration = submitted(partner, **with_exception())
    with pytest.raises(RulesBroken):
        grant(registration, lead, days)
    assert registration.pkce_exceptions.get().status == "requested"
    assert not Event.objects.exclude(outcome="done").exists()


@pytest.mark.parametrize("days", [1, 365])
def test_the_first_and_the_last_day_that_can_be_chosen(partner, lead, days):
    registration = submitted(partner, **with_exception())
    grant(registration, lead, days)
    assert registration.pkce_exceptions.get().expires_on == in_days(days)


def test_reviewing_alone_does_not_allow_a_grant(partner, reviewer):
    registration = submitted(partner, **with_exception())
    with pytest.raises(NotAllowed):
        grant(registration, reviewer)
    with pytest.raises(NotAllowed):
        grant(registration, reviewer, days=-1)
    assert set(Event.objects.filter(outcome="refused").values_list("verb", flat=True)) == {"pkce.grant"}


def test_nobody_grants_their_own_organisations_exception(partner, lead):
    Membership.objects.create(user=lead, organisation=home(partner), role=Role.VIEWER)
    registration = submitted(partner, **with_exception())
    with pytest.raises(NotAllowed):
        grant(registration, lead)


def test_nothing_requested_is_nothing_to_grant(partner, lead):
    with pytest.raises(Conflict):
        grant(submitted(partner), lead)


def test_it_is_decided_once(partner, lead):
    registration = submitted(partner, **with_exception())
    pkce.refuse(registration.uuid, by=lead, seen_version=1, note="Use a current library.")
    with pytest.raises(Conflict):
        grant(registration, lead)
    assert registration.pkce_exceptions.get().status == "refused"


def test_what_is_granted_is_what_was_seen(partner, lead):
    registration = submitted(partner, **with_exception())
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, pkce_justification="Quite another reason, and long enough.")
    drafting.submit(registration.uuid, by=partner)
    with pytest.raises(StaleVersion):
        grant(registration, lead)
    assert registration.pkce_exceptions.get(status="requested").revision.number == 2


@pytest.mark.parametrize("verb", [review.request_changes, review.reject])
def test_a_grant_goes_with_the_revision_that_is_turned_down(partner, lead, verb):
    registration = submitted(partner, **with_exception())
    grant(registration, lead)
    verb(registration.uuid, by=lead, seen_version=1, note="No.")
    assert registration.pkce_exceptions.get().status == "withdrawn"


def test_a_later_revision_without_it_ends_the_exception(partner, lead):
    registration = excepted(partner, lead)
    change(registration, partner)
    drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=lead, seen_version=2, signed_in_at=timezone.now())
    assert registration.pkce_exceptions.get().status == "ended"


def test_a_later_revision_that_leaves_it_as_it_is_requests_nothing(partner, lead):
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(client_name="New Name"))
    drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=lead, seen_version=2, signed_in_at=timezone.now())
    assert registration.pkce_exceptions.get().status == "in_force"


def test_a_new_reason_requests_a_renewal_that_supersedes(partner, lead):
    registration = excepted(partner, lead)
    change(registration, partner, **with_exception(pkce_justification=REASON + " Still."))
    drafting.submit(registration.uuid, by=partner)
    grant(registration, lead, 200, seen_version=2)
    review.approve(registration.uuid, by=lead, seen_version=2, signed_in_at=timezone.now())
    assert list(registration.pkce_exceptions.order_by("pk").values_list("status", flat=True)) == [
        "superseded",
        "in_force",
    ]


def test_the_exception_is_judged_by_the_day_not_by_the_worker(partner, lead):
    exception = excepted(partner, lead, days=10).pkce_exceptions.get()
    assert exception.runs_on(in_days(10))
    assert not exception.runs_on(in_days(11))
    assert exception.status == "in_force"


@pytest.mark.parametrize("note", ["", " \n", "\u200b"])
def test_a_refusal_gives_a_reason(partner, lead, note):
    registration = submitted(partner, **with_exception())
    with pytest.raises(Conflict, match="Say why"):
        pkce.refuse(registration.uuid, by=lead, seen_version=1, note=note)
    assert registration.pkce_exceptions.get().status == "requested"


@pytest.fixture
def two_people(settings):
    settings.PORTAL_PKCE_SECOND_PERSON = True


def test_who_grants_approves_unless_two_people_are_wanted(partner, lead, settings):
    assert settings.PORTAL_PKCE_SECOND_PERSON is False
    assert excepted(partner, lead).pkce_exceptions.get().status == "in_force"


def test_where_two_people_are_wanted_nobody_approves_what_they_granted(two_people, partner, lead, reviewer):
    registration = submitted(partner, **with_exception())
    grant(registration, lead)
    with pytest.raises(Conflict, match="somebody else has to approve"):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    assert again(registration).status == "pending"
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert registration.pkce_exceptions.get().status == "in_force"


def test_where_two_people_are_wanted_the_one_who_corrected_is_the_one_who_granted(two_people, partner, lead):
    other = staff("approver@portal.example", "PKCE approvers", "Reviewers")
    registration = submitted(partner, **with_exception())
    first = pkce.refuse(registration.uuid, by=other, seen_version=1, note="No.")
    pkce.grant(
        registration.uuid,
        by=lead,
        seen_version=1,
        expires_on=in_days(90),
        corrects=first.decided_at,
        signed_in_at=timezone.now(),
    )
    with pytest.raises(Conflict, match="somebody else has to approve"):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    review.approve(registration.uuid, by=other, seen_version=1, signed_in_at=timezone.now())


def test_where_two_people_are_wanted_other_versions_are_approved_as_ever(two_people, partner, lead):
    assert approved(partner, lead).status == "active"
