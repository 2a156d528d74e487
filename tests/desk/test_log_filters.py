"""The filters of the audit log, and what its exports hold."""

import csv
import io
import json
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape

from portal.audit.events import record
from portal.audit.models import Event
from registrations.workflow import review, secrets
from tests.desk.test_event_log import LOG, by_the_worker, column
from tests.support.people import auditor, home, partner, person, reviewer, sign_in, staff
from tests.support.registrations import revealed, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(leads_desk, by):
    """Two organisations, two reviewers, one refusal, one rotation, one job."""
    by.full_name = "Rita Reiter"
    by.save()
    registration, first = revealed(by, leads_desk.who, client_name="First Client")
    secrets.rotate(registration.uuid, by=by, grace="now", signed_in_at=timezone.now())
    other = partner("other@other.example", "Other Inc")
    second = submitted(other, client_name="Second Client")
    with pytest.raises(Exception, match="revision"):
        review.approve(second.uuid, by=reviewer(), seen_version=7)
    by_the_worker()
    return {"registration": registration, "hint": first[-4:], "second": second}


def verbs(answer):
    return [event.verb for event in answer.context["cl"].result_list]


def listed(browser, **filters):
    answer = browser.get(LOG, filters)
    assert answer.status_code == 200
    return verbs(answer)


def beside(answer, name):
    """The sentence beside a field."""
    return answer.text.partition(f'id="id_{name}_error">')[2].partition("</p>")[0].strip()


def test_a_person_is_found_by_name_and_by_address(leads_desk, story):
    by_name = listed(leads_desk, person="rita r")
    assert by_name[0] == "secret.rotated"
    assert by_name == listed(leads_desk, person=" Partner@client.example ")
    assert listed(leads_desk, person="reviewer@") == ["revision.approve"]
    assert listed(leads_desk, person="system") == ["secret.lapsed"]
    assert listed(leads_desk, person=Event.objects.get(verb="secret.rotated").actor) == by_name


def test_verb_and_outcome_are_chosen(leads_desk, story):
    assert listed(leads_desk, verb="secret.revealed") == ["secret.revealed"]
    assert listed(leads_desk, outcome="refused") == ["revision.approve"]
    assert listed(leads_desk, outcome="done", verb="revision.approve") == []


@pytest.mark.parametrize("name", ["client_id", "uuid", "reference"])
def test_a_client_is_found_by_each_of_its_ids(leads_desk, story, name):
    answer = leads_desk.get(LOG, {"client": getattr(story["registration"], name)})
    assert set(column(answer, "client")) == {"First Client"}
    assert len(verbs(answer)) == 5


def test_any_stream_is_found_by_its_id(leads_desk):
    stream = uuid.uuid4()
    with transaction.atomic():
        record("scope.added", by=None, stream=stream)
    assert listed(leads_desk, client=stream) == ["scope.added"]


@pytest.mark.parametrize("most", [0, 1000])
def test_an_organisation_is_found_by_name_with_its_own_events(leads_desk, story, monkeypatch, most):
    monkeypatch.setattr("registrations.admin.log_filters.MOST_CLIENTS", most)
    organisation = home(partner("third@third.example", "Third GmbH"))
    with transaction.atomic():
        record("member_removed", by=None, stream=organisation.uuid)
    assert listed(leads_desk, organisation="third g") == ["member_removed"]
    assert listed(leads_desk, organisation=organisation.uuid) == ["member_removed"]
    assert set(column(leads_desk.get(LOG, {"organisation": "other"}), "client")) == {"Second Client"}


def test_a_secret_is_found_by_its_hint(leads_desk, story):
    found = ["secret.rotated", "secret.revealed", "revision.approved"]
    assert listed(leads_desk, hint=story["hint"].upper()) == found
    assert listed(leads_desk, hint=story["hint"], client=story["registration"].uuid) == found
    assert listed(leads_desk, hint=story["hint"], client=story["second"].uuid) == []


def test_days_are_whole(leads_desk, story):
    today, total = timezone.now().date(), Event.objects.count()
    assert len(listed(leads_desk, since=today, until=today)) == total
    assert listed(leads_desk, since=today + timedelta(days=1)) == []
    assert listed(leads_desk, until=today - timedelta(days=1)) == []


WRONG = [
    ("since", "30.11.2026"),
    ("until", "2026-13-40"),
    ("since", "0001-01-01"),
    ("until", "9999-12-31"),
    ("client", "nonsense"),
    ("hint", "zzzz"),
    ("hint", "abc"),
    ("verb", "secret.eaten"),
    ("outcome", "maybe"),
    ("person", "y" * 201),
    ("organisation", "x" * 5000),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_wrong_is_said_beside_its_field(leads_desk, story, name, value):
    answer = leads_desk.get(LOG, {name: value})
    assert answer.status_code == 200
    assert beside(answer, name)
    assert "Nothing is listed, because a filter is wrong." in answer.text
    assert escape(value) in answer.text
    exported = leads_desk.post(f"{LOG}export/?{name}={value}")
    assert exported.status_code == 302
    assert not Event.objects.filter(verb="desk.exported").exists()


def test_a_wrong_date_can_be_seen_in_its_field(leads_desk):
    page = leads_desk.get(LOG, {"since": "30.11.2026"}).text
    assert '<input type="text" name="since" value="30.11.2026"' in page
    assert '<input type="date" name="until"' in page


def test_the_end_is_not_before_the_beginning(leads_desk):
    answer = leads_desk.get(LOG, {"since": "2026-11-30", "until": "2026-11-29"})
    assert beside(answer, "until") == "Enter a date that is not before the first one."


def test_too_many_matches_are_said(leads_desk, monkeypatch):
    monkeypatch.setattr("registrations.admin.log_filters.MOST_PEOPLE", 1)
    person("one@client.example")
    person("ones@client.example")
    assert "More than 1 people match" in beside(leads_desk.get(LOG, {"person": "one"}), "person")


def test_an_empty_answer_says_what_was_looked_for(leads_desk, story):
    page = leads_desk.get(LOG, {"person": "Nobody", "outcome": "failed"}).text
    assert "No event matches all of these: person “Nobody”, outcome “Failed”." in page
    assert "Nobody’s name or email address starts with “Nobody”." in page
    assert "No secret ends in “" in leads_desk.get(LOG, {"hint": "0000"}).text


def test_addresses_of_the_release_before_lead_on(leads_desk, story):
    stream = story["second"].uuid
    assert leads_desk.get(LOG, {"q": str(stream)})["Location"] == f"{LOG}?client={stream}"
    assert leads_desk.get(LOG, {"outcome__exact": "refused"})["Location"] == f"{LOG}?outcome=refused"


def test_pages_keep_the_filters(leads_desk, story, monkeypatch):
    monkeypatch.setattr("registrations.admin.event_log.EventAdmin.list_per_page", 2)
    page = leads_desk.get(LOG, {"person": "rita"}).text
    assert "?p=2&amp;person=rita" in page or "?person=rita&amp;p=2" in page
    assert 'name="person" value="rita"' in page
    assert f'formaction="{LOG}export/?person=rita"' in page


def lines(answer):
    return b"".join(answer.streaming_content).decode().splitlines()


def test_the_filtered_log_is_taken_along_as_csv(leads_desk, story):
    answer = leads_desk.post(f"{LOG}export/?person=rita&verb=secret.revealed")
    head, row = csv.reader(io.StringIO("\n".join(lines(answer))))
    taken = dict(zip(head, row, strict=True))
    assert (taken["person"], taken["client_name"]) == ("Rita Reiter", "First Client")
    assert (taken["verb"], taken["secrets_end_in"]) == ("secret.revealed", story["hint"])
    assert Event.objects.get(verb="desk.exported").moved == ["export:log"]


def test_the_filtered_log_is_taken_along_as_json_lines(leads_desk, story):
    first, last = map(json.loads, lines(leads_desk.post(f"{LOG}export/lines/?verb=secret.revealed")))
    assert first["secrets_end_in"] == [story["hint"]]
    assert first["objects"][0].startswith("secret:")
    assert last == {"events": 1, "is_cut": False}


def test_an_export_that_was_cut_says_so(leads_desk, story, monkeypatch):
    monkeypatch.setattr("registrations.admin.log_export.MOST_EXPORTED", 2)
    *_, last = lines(leads_desk.post(f"{LOG}export/"))
    assert last == "Cut here: only the newest 2 events that match are in this file."
    taken = lines(leads_desk.post(f"{LOG}export/lines/"))
    assert (len(taken), json.loads(taken[-1])) == (3, {"events": 2, "is_cut": True})


def test_parts_of_an_export_are_all_there(leads_desk, story, monkeypatch):
    monkeypatch.setattr("registrations.admin.log_export.PART", 3)
    taken = lines(leads_desk.post(f"{LOG}export/lines/"))
    assert len(taken) == Event.objects.count() + 1


def test_who_may_read_the_log_may_take_it_along_and_nobody_else(client, db):
    assert sign_in(client, auditor()).post(f"{LOG}export/").status_code == 200
    sign_in(client, staff("plain@portal.example", "Reviewers"))
    assert client.post(f"{LOG}export/").status_code == 403
    assert client.post(f"{LOG}export/lines/").status_code == 403
    assert Event.objects.filter(verb="desk.exported").count() == 1
