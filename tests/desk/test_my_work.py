"""The front page of the desk: what waits for its reader."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.admin.work import SHORT
from registrations.models import (
    DeskNote,
    Mention,
    Registration,
    RequestedScope,
    Revision,
    ScopeConfirmation,
    Snooze,
)
from registrations.workflow import assignment, comments, scopes, snoozing
from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import elements, with_attribute
from tests.support import people
from tests.support.registrations import in_days, submitted, with_exception
from tests.support.scenes import SNOOZE
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

RESTRICTED = {
    "scope": ["users:read", "vendors:write"],
    "scope_reasons": {"vendors:write": "Our till adds a vendor for each new shop."},
}
EVERY = ["claimed", "second", "mentions", "snoozed", "unclaimed"]


@pytest.fixture
def second(db):
    return people.reviewer("second@portal.example")


def sections(browser, query=""):
    """The sections of the page by their key: the words, and the links with their words."""
    page = browser.get(f"/admin/{query}")
    assert page.status_code == 200
    found = {}
    for part in page.text.split('<section class="desk-panel" id="')[1:]:
        key, _, rest = part.partition('"')
        inside = elements(f"<section id='{key}' {rest.partition('</section>')[0]}</section>")
        links = [(one.words(), one.get("href")) for one in inside if one.tag == "a"]
        found[key] = inside[0].words(), links
    return found


def clients(browser, key, query=""):
    """The clients that the section names."""
    return [words for words, _ in sections(browser, query)[key][1] if not words.startswith("All ")]


def all_of(browser, key, query=""):
    """The link from the section to all of its rows."""
    links = [link for link in sections(browser, query)[key][1] if link[0].startswith("All ")]
    return [(words.partition(":")[0], url) for words, url in links]


def many(by, count):
    return [submitted(by, client_name=f"Client {letter}") for letter in "ABCDEFGHIJ"[:count]]


def snoozed(registration, by, until, reason="They answer on Monday."):
    snoozing.snooze(registration.uuid, by=by, seen_version=1, **SNOOZE | {"reason": reason})
    Snooze.objects.filter(revision__registration=registration, person=by).update(until=until)


def today():
    return timezone.now().date()


def test_with_nothing_to_do_the_page_says_so(desk):
    page = desk.get("/admin/").text
    assert "Nothing is waiting." in page
    assert "<section" not in page


def test_each_section_says_what_it_would_hold(desk, waiting):
    found = sections(desk)
    assert list(found) == EVERY
    assert "You have claimed no request." in found["claimed"][0]
    assert "No request waits for you as the second person." in found["second"][0]
    assert "Nobody has mentioned you in a note that you have not seen." in found["mentions"][0]
    assert "Nothing that you snoozed is due." in found["snoozed"][0]
    assert found["unclaimed"][1] == [("Example Client", review_path(waiting))]
    assignment.claim(waiting.uuid, by=desk.who)
    assert "Nothing waits unclaimed." in sections(desk)["unclaimed"][0]


def test_what_i_claimed_is_mine(desk, by, second):
    mine, theirs = many(by, 2)
    assignment.claim(mine.uuid, by=desk.who)
    assignment.claim(theirs.uuid, by=second)
    assert sections(desk)["claimed"][1] == [("Client A", review_path(mine))]
    assert clients(desk, "unclaimed") == []


def test_the_list_of_all_is_the_queue_with_its_filter(desk, by):
    rows = many(by, SHORT + 2)
    assert clients(desk, "unclaimed") == [f"Client {letter}" for letter in "ABCDE"]
    assert all_of(desk, "unclaimed") == [("All 7", f"{QUEUE}?claim=unclaimed")]
    assert desk.get(f"{QUEUE}?claim=unclaimed").context["cl"].result_count == 7
    for registration in rows[:6]:
        assignment.claim(registration.uuid, by=desk.who)
    assert len(clients(desk, "claimed")) == SHORT
    assert all_of(desk, "claimed") == [("All 6", f"{QUEUE}?claim=mine")]
    assert desk.get(f"{QUEUE}?claim=mine").context["cl"].result_count == 6
    assert (clients(desk, "unclaimed"), all_of(desk, "unclaimed")) == (["Client G"], [])


def test_a_second_look_is_wanted_once_somebody_else_has_confirmed(desk, by, second):
    registration = submitted(by, **RESTRICTED)
    assert clients(desk, "second") == []
    scopes.confirm_scopes(registration.uuid, by=second, seen_version=1)
    assert clients(desk, "second") == ["Example Client"]
    assert clients(people.sign_in(type(desk)(), second), "second") == []


def test_a_mention_leads_to_its_note_until_it_is_seen(desk, waiting, second):
    comments.note(waiting.uuid, by=second, text="Is <this> theirs?", field="logo", tell=[desk.who])
    words, links = sections(desk)["mentions"]
    assert links == [("Example Client", f"{review_path(waiting)}#comments-logo")]
    assert "by second@portal.example" in words
    assert "Is <this> theirs?" in words
    desk.post(f"{QUEUE}mentions/", {"mention": str(Mention.objects.get().uuid)})
    assert clients(desk, "mentions") == []


def test_a_long_note_is_cut(desk, waiting, second):
    comments.note(waiting.uuid, by=second, text="word " * 200, tell=[desk.who])
    assert len(sections(desk)["mentions"][0]) < 600


def test_what_i_snoozed_comes_back_on_its_day(desk, by, second):
    due, asleep, theirs = many(by, 3)
    snoozed(due, desk.who, today(), "The partner asks <their> bank.")
    snoozed(asleep, desk.who, in_days(1))
    snoozed(theirs, second, today())
    words, links = sections(desk)["snoozed"]
    assert links == [("Client A", review_path(due))]
    assert "The partner asks <their> bank." in words
    assert f"{today():%B %Y}" in words
    assert clients(desk, "unclaimed") == ["Client A", "Client C"]


def test_all_that_is_due_is_listed_at_length(desk, by):
    for registration in many(by, SHORT + 2):
        snoozed(registration, desk.who, today())
    assert len(clients(desk, "snoozed")) == SHORT
    assert all_of(desk, "snoozed") == [("All 7", "/admin/?all=snoozed#snoozed")]
    assert len(clients(desk, "snoozed", "?all=snoozed")) == 7
    assert all_of(desk, "snoozed", "?all=snoozed") == []
    assert len(clients(desk, "unclaimed", "?all=snoozed")) == SHORT
    assert len(clients(desk, "snoozed", "?all=nonsense")) == SHORT


def test_what_only_others_can_go_on_with_is_counted_and_not_offered(desk, by):
    submitted(by, **with_exception())
    assert "You cannot go on with any of them." in sections(desk)["unclaimed"][0]
    assert clients(desk, "unclaimed") == []
    assert all_of(desk, "unclaimed") == [("All 1", f"{QUEUE}?claim=unclaimed")]


def test_the_requests_of_my_own_organisation_are_not_offered(desk, by, waiting):
    people.home(by).memberships.create(user=desk.who, role="viewer")
    assert clients(desk, "unclaimed") == []


def test_an_auditor_sees_mentions_and_what_waits(client, by, waiting, second):
    auditor = people.auditor()
    browser = people.sign_in(client, auditor)
    comments.note(waiting.uuid, by=second, text="For the auditor.", tell=[auditor])
    assert list(sections(browser)) == ["mentions", "unclaimed"]
    assert clients(browser, "mentions") == clients(browser, "unclaimed") == ["Example Client"]


def test_a_late_request_is_marked(desk, waiting):
    Revision.objects.update(submitted_at=timezone.now() - timedelta(days=20))
    [mark] = with_attribute(desk.get("/admin/").text, "class", "desk-mark desk-late")
    assert mark.words() == "Late"


@pytest.mark.parametrize("who", [people.reviewer, people.lead, people.auditor])
def test_the_page_costs_the_same_with_5_and_with_500_rows_a_section(client, by, second, who):
    browser = people.sign_in(client, reader := who("who@portal.example"))
    model, costs = submitted(by, **RESTRICTED), []
    for rows in (5, 495):
        for kind in ("claimed", "confirmed", "snoozed"):
            fill(model, rows, kind, reader, second)
        with statements() as made:
            browser.get("/admin/")
        assert all(len(clients(browser, key)) == SHORT for key in sections(browser))
        costs.append(len(made))
    assert all(words == "All 500" for key in ("mentions",) for words, _ in all_of(browser, key))
    assert costs[0] == costs[1] <= 10


def fill(model, rows, kind, reader, second):
    """Copies of a request: claimed by the reader, confirmed by another person, or snoozed and mentioned."""
    now, revision = timezone.now(), model.revisions.get()
    copies = [copy_of(model) for _ in range(rows)]
    Registration.objects.bulk_create(copies)
    claim = {"claimed_by": reader, "claimed_at": now} if kind == "claimed" else {}
    made = Revision.objects.bulk_create([copy_of(revision, registration=one, **claim) for one in copies])
    asked = [copy_of(row, revision=one) for one in made for row in revision.requested_scopes.all()]
    RequestedScope.objects.bulk_create(asked)
    if kind == "confirmed":
        said = {"scopes": ["vendors:write"], "confirmed_by": second, "confirmed_at": now}
        ScopeConfirmation.objects.bulk_create([ScopeConfirmation(revision=one, **said) for one in made])
    if kind == "snoozed":
        put_off = SNOOZE | {"until": today(), "person": reader, "snoozed_at": now}
        Snooze.objects.bulk_create([Snooze(revision=one, **put_off) for one in made])
        notes = [
            DeskNote(registration=one.registration, revision=one, author=second, text="Look.", written_at=now)
            for one in made
        ]
        DeskNote.objects.bulk_create(notes)
        Mention.objects.bulk_create([Mention(note=one, person=reader, made_at=now) for one in notes])


def copy_of(row, **changes):
    """An unsaved copy with an id of its own."""
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    own = {name: uuid.uuid4() for name in ("uuid", "start_key") if columns.get(name)}
    copied = type(row)(**columns | {"id": None} | own)
    for name, value in changes.items():
        setattr(copied, name, value)
    return copied
