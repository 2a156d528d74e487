import re
import uuid

import pytest
from django.db import transaction

from portal.audit.events import record
from portal.audit.models import Event
from registrations.workflow import drafting
from tests.support.registrations import approved, submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LOG = "/admin/audit/event/"


def column(answer, name):
    """The text of a column, top to bottom."""
    cells = re.findall(rf'class="field-{name}[^"]*">(.*?)</td>', answer.text)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def by_the_worker():
    with transaction.atomic():
        record("secret.lapsed", by=None, stream=uuid.uuid4())


def test_an_event_names_who_acted_and_the_client(leads_desk, by, waiting):
    answer = leads_desk.get(LOG)
    assert set(column(answer, "person")) == {by.email}
    assert set(column(answer, "client")) == {"Example Client"}
    assert str(waiting.uuid)[:8] in column(answer, "short_stream")
    assert "Submitted" in answer.text


def test_the_worker_is_the_system(leads_desk):
    by_the_worker()
    answer = leads_desk.get(LOG)
    assert (column(answer, "person"), column(answer, "client")) == (["system"], [""])


def test_what_was_touched_is_named_with_short_ids(leads_desk, by):
    registration = approved(by, leads_desk.who)
    (touched, *_) = column(leads_desk.get(LOG), "touched")
    assert touched.startswith(f"revision 1, client {str(registration.client_id)[:8]}, secret ")


@pytest.mark.parametrize("searched", [False, True])
def test_the_log_costs_the_same_however_long(leads_desk, by, waiting, searched):
    costs = []
    approved(by, leads_desk.who, client_name="With a secret")
    for _ in range(2):
        with statements() as made:
            leads_desk.get(LOG, {"person": by.email} if searched else {})
        costs.append(len(made))
        for number in range(4):
            approved(by, leads_desk.who, client_name=f"Client number {number}")
            drafting.withdraw(submitted(by).uuid, by=by)
    assert costs[0] == costs[1] <= 8


def test_one_event_is_shown_whole(leads_desk, waiting):
    event = Event.objects.latest("pk")
    page = leads_desk.get(f"{LOG}{event.pk}/change/").text
    assert str(event.stream) in page
    assert f"partner@client.example ({event.actor})" in page
    assert f"{event.at:%-d %b %Y, %H:%M:%S} UTC" in page


def test_an_event_names_its_time_zone_in_the_list(leads_desk, waiting):
    event = Event.objects.latest("pk")
    assert f"{event.at:%-d %b %Y, %H:%M:%S} UTC" in leads_desk.get(LOG).text


def test_an_event_of_the_worker_names_the_system(leads_desk):
    by_the_worker()
    event = Event.objects.latest("pk")
    assert '<div class="readonly">system</div>' in leads_desk.get(f"{LOG}{event.pk}/change/").text
