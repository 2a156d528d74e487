"""Whoever leaves while an email to them already waits does not get it."""

import pytest
from django.core import mail

from portal.accounts.models import Membership, Role, User
from portal.outbox.emails import Recipient
from portal.outbox.models import Delivery
from registrations.emails import EMAILS
from registrations.workflow import drafting, review
from tests.emails.sending import delivered_after, parts, readers, want_each
from tests.support.registrations import approved, reveal, submitted

pytestmark = pytest.mark.django_db


def leaves(user):
    Membership.objects.filter(user=user).delete()


def is_deactivated(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def loses_staff(user):
    User.objects.filter(pk=user.pk).update(is_staff=False)


def loses_the_right(user):
    user.groups.clear()


def written_to(user):
    return [email for email in mail.outbox if user.email in email.to]


def states(user):
    return set(Delivery.objects.filter(recipient=user).values_list("state", flat=True))


@pytest.mark.parametrize("goes", [leaves, is_deactivated])
def test_submitter_who_goes_hears_nothing_of_the_submission(goes, partner, colleague, reviewer):
    want_each(reviewer)
    submitted(colleague)
    delivered_after("", lambda: goes(colleague))
    assert written_to(colleague) == []
    assert states(colleague) == {"dropped"}
    asked = "name.surname@client.example"
    assert readers(mail.outbox) == [asked, "partner@client.example", "reviewer@portal.example"]


@pytest.mark.parametrize("goes", [leaves, is_deactivated])
def test_submitter_who_goes_hears_nothing_of_the_decision(goes, partner, colleague, reviewer):
    approved(colleague, reviewer)
    assert readers(delivered_after("Approved", lambda: goes(colleague))) == ["partner@client.example"]
    assert written_to(colleague) == []


@pytest.mark.parametrize("goes", [leaves, is_deactivated])
def test_whoever_revealed_and_goes_hears_nothing_of_the_secret(goes, partner, colleague, reviewer):
    reveal(approved(partner, reviewer), colleague)
    assert readers(delivered_after("Secret revealed", lambda: goes(colleague))) == ["partner@client.example"]


def test_admin_who_is_none_any_more_hears_nothing(partner, colleague, reviewer):
    submitted(colleague)
    demoted = Membership.objects.filter(user=partner)
    emails = delivered_after("Submitted", lambda: demoted.update(role=Role.VIEWER))
    assert readers(emails) == ["colleague@client.example"]


@pytest.mark.parametrize("goes", [is_deactivated, loses_staff, loses_the_right])
def test_reviewer_who_goes_is_not_called(goes, partner, reviewer, lead):
    want_each(reviewer, lead)
    submitted(partner)
    assert readers(delivered_after("To review", lambda: goes(reviewer))) == ["lead@portal.example"]
    assert states(reviewer) == {"dropped"}
    assert written_to(reviewer) == []


def test_reviewers_are_not_called_to_what_is_decided_by_now(partner, reviewer, lead):
    want_each(reviewer, lead)
    registration = submitted(partner)

    def decide():
        review.reject(registration.uuid, by=lead, seen_version=1, note="No.")

    assert delivered_after("To review", decide) == []


def test_reviewers_are_not_called_to_what_is_withdrawn_by_now(partner, reviewer):
    want_each(reviewer)
    registration = submitted(partner)
    assert delivered_after("To review", lambda: drafting.withdraw(registration.uuid, by=partner)) == []


@pytest.mark.parametrize("goes", [leaves, is_deactivated])
def test_the_email_for_the_desk_is_for_reviewers_alone(goes, partner, reviewer):
    registration = submitted(partner)
    goes(partner)
    ids = {"revision_id": registration.revisions.get().pk}
    email = EMAILS["submitted"].compose(ids, Recipient(partner.pk, partner.email))
    assert email.subject.startswith("Submitted for review")
    assert not any("/admin/" in part for part in parts(email))
