"""Who hears of what."""

import pytest

from portal.accounts.models import Membership
from registrations.workflow import drafting, review
from tests.emails.sending import delivered, readers, want_each
from tests.support import people
from tests.support.registrations import approved, reveal, submitted

pytestmark = pytest.mark.django_db


def test_submitter_and_admins_hear_of_a_submission(partner, colleague):
    people.viewer(people.home(partner))
    submitted(colleague)
    assert readers(delivered("Submitted")) == ["colleague@client.example", "partner@client.example"]


def test_submitter_who_is_admin_gets_one_email(partner, colleague):
    submitted(partner)
    assert readers(delivered("Submitted")) == ["partner@client.example"]


def test_reviewers_who_chose_so_hear_of_each_submission(partner, reviewer, lead):
    want_each(reviewer, lead)
    people.reviewer("second@portal.example")
    people.person("clerk@portal.example", is_staff=True)
    submitted(partner)
    assert readers(delivered("To review")) == ["lead@portal.example", "reviewer@portal.example"]


def test_reviewers_are_not_called_to_what_was_withdrawn(partner, reviewer):
    want_each(reviewer)
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    assert delivered("To review") == []


def test_decision_reaches_the_partner_alone(partner, reviewer, stranger):
    approved(partner, reviewer)
    assert readers(delivered("Approved")) == ["partner@client.example"]


def test_somebody_who_left_hears_nothing_more(partner, colleague, reviewer):
    registration = submitted(colleague)
    Membership.objects.filter(user=colleague).delete()
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="No.")
    assert readers(delivered("Rejected")) == ["partner@client.example"]


def test_somebody_deactivated_hears_nothing_more(partner, colleague, reviewer):
    registration = submitted(colleague)
    type(colleague).objects.filter(pk=colleague.pk).update(is_active=False)
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="No.")
    assert readers(delivered("Rejected")) == ["partner@client.example"]


def test_whoever_revealed_hears_of_it_with_submitter_and_admins(partner, colleague, reviewer):
    registration = approved(partner, reviewer)
    reveal(registration, colleague)
    assert readers(delivered("Secret revealed")) == ["colleague@client.example", "partner@client.example"]


def test_second_round_sends_nothing_again(partner):
    submitted(partner)
    first = len(delivered("Submitted"))
    assert len(delivered("Submitted")) == first == 1
