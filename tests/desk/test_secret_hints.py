"""The desk names the secret that an event is about: in the log, and in the activity of a registration."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Refusal
from registrations.workflow import secrets
from tests.desk.pages import history_path
from tests.desk.test_event_log import LOG, column
from tests.support.people import colleague, home
from tests.support.registrations import approved, reveal, revealed

pytestmark = pytest.mark.django_db


def test_the_log_names_the_secrets_of_a_rotation(leads_desk, by):
    registration, first = revealed(by, leads_desk.who)
    secrets.rotate(registration.uuid, by=by, grace="now", signed_in_at=timezone.now())
    second = reveal(registration, by)
    revealing, rotating, *_ = column(leads_desk.get(LOG), "touched")
    assert revealing.endswith(f" ends in {second[-4:]}")
    new, old = rotating.split(", ")
    assert (new[-12:], old[-12:]) == (f"ends in {second[-4:]}", f"ends in {first[-4:]}")


def test_the_page_of_an_event_names_its_secret(leads_desk, by):
    _, secret = revealed(by, leads_desk.who)
    event = Event.objects.get(verb="secret.revealed")
    assert f"the secret ends in {secret[-4:]}" in leads_desk.get(f"{LOG}{event.pk}/change/").text
    submitted = Event.objects.get(verb="revision.submitted")
    assert "ends in" not in leads_desk.get(f"{LOG}{submitted.pk}/change/").text


def test_the_activity_names_it_even_before_it_was_revealed(desk, by):
    registration = approved(by, desk.who)
    hint = registration.secrets.get().hint
    assert f"The secret ends in <code>{hint}</code>" in desk.get(history_path(registration)).text


def test_an_attempt_at_a_secret_of_somebody_else_names_none(leads_desk, by, stranger):
    registration = approved(by, leads_desk.who)
    theirs = approved(stranger, leads_desk.who, client_name="Another Client")
    secret = theirs.secrets.get()
    with pytest.raises(Refusal):
        secrets.reveal(registration.uuid, secret.uuid, by=colleague(home(by)), signed_in_at=timezone.now())
    newest = leads_desk.get(LOG)
    assert column(newest, "touched")[0] == f"secret {str(secret.uuid)[:8]}"
