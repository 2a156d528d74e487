"""People choose which emails about clients they get; those about security always come."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from portal.accounts.models import Role, User
from portal.audit.models import Event
from registrations.emails.secrets import partners_of_secret
from registrations.workflow import client
from tests.emails.sending import delivered, readers
from tests.support.people import home, member, sign_in
from tests.support.registrations import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(partner):
    """Another admin of the partner's organisation."""
    return member(home(partner), "second@client.example", Role.ADMIN)


def choose(user, choice):
    return sign_in(Client(), user).post("/accounts/notifications/", {"notifications": choice})


def who_hears_of_closing(partner, registration):
    client.close(registration.uuid, by=partner)
    return readers(delivered("Closed"))


@pytest.mark.parametrize(
    ("choice", "hears_of_own", "hears_of_others"),
    [("all", True, True), ("mine", True, False), ("security", False, False)],
)
def test_emails_about_clients_honour_the_choice(
    partner, second, reviewer, choice, hears_of_own, hears_of_others
):
    registration = approved(partner, reviewer)
    delivered("")
    choose(partner, choice)
    choose(second, choice)
    heard = who_hears_of_closing(partner, registration)
    assert (partner.email in heard, second.email in heard) == (hears_of_own, hears_of_others)


def test_a_choice_counts_for_what_is_queued_already(partner, second, reviewer):
    registration = approved(partner, reviewer)
    delivered("")
    client.close(registration.uuid, by=partner)
    choose(second, "security")
    assert readers(delivered("Closed")) == [partner.email]


def test_emails_about_secrets_always_come(partner, second, reviewer):
    registration = approved(partner, reviewer)
    for user in (partner, second):
        choose(user, "security")
    secret = registration.secrets.get()
    reached = {one.user_id for one in partners_of_secret({"secret_id": secret.pk})}
    assert reached == {partner.pk, second.pk}


def test_a_choice_is_recorded_and_shown(partner):
    assert choose(partner, "mine")["Location"] == "/accounts/email/"
    event = Event.objects.get(verb="notifications_chosen")
    assert (event.actor, event.detail) == (str(partner.pseudonym), {"choice": "mine"})
    assert "Only what is about clients" in sign_in(Client(), partner).get("/accounts/email/").text


@pytest.mark.parametrize("choice", ["", "none", "ALL"])
def test_what_cannot_be_chosen_is_refused_beside_its_field(partner, choice):
    answer = choose(partner, choice)
    assert answer.status_code == 200
    assert "Choose one." in answer.text
    assert not Event.objects.filter(verb="notifications_chosen").exists()


def test_the_database_refuses_another_choice(partner):
    with pytest.raises(IntegrityError, match="user_notifications_known"), transaction.atomic():
        User.objects.filter(pk=partner.pk).update(notifications="none")
