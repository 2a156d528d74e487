"""What a submission costs the worker, however many people review."""

import pytest
from django.core import mail
from django.core.management import call_command

from portal.accounts.models import User
from portal.outbox.models import OutboxMessage
from portal.outbox.worker import expand
from registrations.emails import EMAILS
from tests.emails.sending import want_each
from tests.support import people
from tests.support.registrations import submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def statements_to(work):
    with statements() as made:
        work()
    return len(made)


def hire(reviewers):
    """Further reviewers, who chose an email for each submission."""
    hired = User.objects.filter(is_staff=True).count()
    want_each(*(people.reviewer(f"reviewer{hired + number}@portal.example") for number in range(reviewers)))


@pytest.mark.parametrize("reviewers", [2, 12])
def test_the_recipients_of_a_submission_are_found_in_as_many_statements(partner, reviewers):
    hire(reviewers)
    submitted(partner)
    message = OutboxMessage.objects.get(kind="submitted")
    assert statements_to(lambda: expand(message, EMAILS)) == 6
    assert message.deliveries.count() == reviewers + 1


def test_each_further_reviewer_costs_only_their_own_email(partner):
    costs = []
    submitted(partner, client_name="An earlier client")  # after which its contact is known
    call_command("worker", once=True)
    mail.outbox.clear()
    for number in range(3):
        hire(4)
        submitted(partner, client_name=f"Client number {number}")
        costs.append(statements_to(lambda: call_command("worker", once=True)))
    assert len(mail.outbox) == 3 + 4 + 8 + 12
    assert costs[2] - costs[1] == costs[1] - costs[0] == 4 * 4


@pytest.mark.parametrize("reviewers", [2, 12])
def test_who_gets_a_digest_costs_a_submission_nothing(partner, reviewers):
    for number in range(reviewers):
        people.reviewer(f"reviewer{number}@portal.example")
    submitted(partner)
    message = OutboxMessage.objects.get(kind="submitted")
    assert statements_to(lambda: expand(message, EMAILS)) == 6
    assert message.deliveries.get().recipient == partner
