"""The page of an organisation on the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.models import OrganisationNote
from registrations.queries.organisation_history import OrganisationHistory
from registrations.workflow import client as clients
from registrations.workflow import drafting, organisation_notes, pkce, review
from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import with_attribute
from tests.support import people
from tests.support.people import home, sign_in
from tests.support.registrations import (
    a_draft,
    approved,
    change,
    excepted,
    in_days,
    reveal,
    submitted,
    with_exception,
)
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

WHY = "The terms of <service> have gone."
NOTE = "They merge with Other Inc in May."


def path(organisation):
    return f"{QUEUE}organisations/{organisation.uuid}/"


def section(page, title):
    (found,) = with_attribute(page.text, "aria-labelledby", f"{title}-title")
    return found.words()


def row_of(page, registration):
    (found,) = with_attribute(page.text, "data-client", str(registration.uuid))
    return found.words()


@pytest.fixture
def opened(desk, by):
    return lambda query="": desk.get(path(home(by)) + query)


def test_an_organisation_without_anything_says_so_in_every_part(desk):
    page = desk.get(path(people.organisation("Empty Ltd")))
    assert page.status_code == 200
    assert "0 clients" in page.text
    for title, words in {
        "clients": "This organisation has not submitted a client yet.",
        "decisions": "No reviewer has decided about this organisation yet.",
        "suspensions": "No client of this organisation was ever suspended.",
        "closures": "No client of this organisation is closed.",
        "refusals": "No scope stands refused.",
        "exceptions": "This organisation never requested a PKCE exception.",
        "notes": "Nobody has written a note yet.",
        "people": "Nobody belongs to this organisation.",
    }.items():
        assert words in section(page, title)


def test_its_clients_are_listed_with_the_words_of_the_queue(desk, by, opened):
    live = approved(by, desk.who, client_name="Live One")
    reveal(live, by)
    stopped = approved(by, desk.who, client_name="Stopped One")
    clients.suspend(stopped.uuid, by=desk.who, reason=WHY)
    gone = approved(by, desk.who, client_name="Gone One")
    clients.close_as_staff(gone.uuid, by=desk.who, reason="It was sold.", signed_in_at=timezone.now())
    refused = submitted(by, client_name="Refused One", environment="production")
    review.reject(refused.uuid, by=desk.who, seen_version=1, note="Not yours.")
    waiting = submitted(by, client_name="Waiting One")
    page = opened()
    assert row_of(page, live).startswith("Live One Live Staging")
    assert row_of(page, stopped).startswith("Stopped One Suspended Staging")
    assert "&lt;service&gt;" in page.text
    assert "by reviewer@portal.example" in row_of(page, stopped)
    assert row_of(page, gone).startswith("Gone One Closed Staging")
    assert "It was sold." in row_of(page, gone)
    assert "by reviewer@portal.example" in row_of(page, gone)
    assert row_of(page, refused).startswith("Refused One Rejected Production")
    assert "Not yours." in row_of(page, refused)
    assert row_of(page, waiting).startswith("Waiting One Under review Staging")
    assert "No reviewer has decided about it yet." in row_of(page, waiting)
    counted = {one.get("data-state"): one.words() for one in with_attribute(page.text, "data-state")}
    assert counted == {
        "live": "Live 1",
        "suspended": "Suspended 1",
        "closed": "Closed 1",
        "rejected": "Rejected 1",
        "under_review": "Under review 1",
    }
    for registration in (live, stopped, gone, refused, waiting):
        assert f'href="{review_path(registration)}"' in page.text


def test_the_name_is_the_live_one_and_the_last_decision_stays(desk, by, opened):
    live = approved(by, desk.who, client_name="Live Name")
    change(live, by, client_name="Proposed Name")
    drafting.submit(live.uuid, by=by)
    row = row_of(opened(), live)
    assert "Live Name" in row
    assert "Proposed Name" not in row
    assert "Live with a change under review" in row
    assert "Revision 1 approved" in row


def test_what_was_never_submitted_stays_the_partners_own(desk, by, opened):
    draft = a_draft(by, client_name="Secret Plan")
    page = opened()
    assert "Secret Plan" not in page.text
    assert str(draft.uuid) not in page.text
    assert "0 clients" in page.text


def test_nothing_of_another_organisation_is_on_it(desk, by, opened):
    approved(people.stranger(), desk.who, client_name="Foreign One")
    submitted(by)
    page = opened()
    assert "Foreign One" not in page.text
    assert "other.example" not in page.text


def test_decisions_suspensions_refusals_and_exceptions_have_reason_and_link(client, by):
    lead = people.lead()
    desk = sign_in(client, lead)
    lasting = excepted(by, lead, client_name="Lasting One", granted=["users:read"])
    clients.suspend(lasting.uuid, by=lead, reason=WHY)
    clients.reinstate(lasting.uuid, by=lead, note="They are back.", signed_in_at=timezone.now())
    turned = submitted(by, **with_exception(client_name="Turned One"))
    pkce.refuse(turned.uuid, by=lead, seen_version=1, note="Use a current library.")
    review.request_changes(turned.uuid, by=lead, seen_version=1, note="See the exception.")
    page = desk.get(path(home(by)))
    decisions, refusals = section(page, "decisions"), section(page, "refusals")
    assert decisions.index("Turned One") < decisions.index("Lasting One")
    assert "See the exception." in decisions
    assert "sent back with a request for changes" in decisions
    assert "They are back." in section(page, "suspensions")
    assert "terms of <service>" in section(page, "suspensions")
    assert "users:write" in refusals
    assert "users:read" not in refusals
    exceptions = section(page, "exceptions")
    for words in (
        "Lasting One: Exception in force",
        "Turned One: Exception refused",
        "Use a current library.",
    ):
        assert words in exceptions
    assert f"{QUEUE}{lasting.uuid}/exception/" in page.text
    history = OrganisationHistory(home(by))
    assert history.refused_scopes == {"test:test": 1, "users:write": 1}
    pkce.revoke(
        lasting.uuid, lasting.pkce_exceptions.get().uuid, by=lead, reason="The library supports it now."
    )
    exceptions = section(desk.get(path(home(by))), "exceptions")
    assert "Exception revoked" in exceptions
    assert "The library supports it now." in exceptions


def test_what_other_code_asks_of_the_history(desk, by):
    clients.suspend(approved(by, desk.who).uuid, by=desk.who, reason=WHY)
    clients.close(approved(by, desk.who).uuid, by=by)
    review.reject(submitted(by).uuid, by=desk.who, seen_version=1, note="No.")
    history = OrganisationHistory(home(by))
    assert (history.suspended, history.closed, history.rejected) == (1, 1, 1)
    assert history.last_decision.note == "No."
    empty = OrganisationHistory(people.organisation("Empty Ltd"))
    assert (empty.suspended, empty.last_decision, empty.refused_scopes) == (0, None, {})


def test_who_closed_a_client_is_named_and_a_partner_gives_no_reason(desk, by, opened):
    clients.close(approved(by, desk.who).uuid, by=by)
    closures = section(opened(), "closures")
    assert "by partner@client.example" in closures
    assert "Closed by the partner, without a reason." in closures


def test_people_with_roles_and_their_domains(desk, by, opened):
    people.viewer(home(by))
    people.colleague(home(by), "someone@gmail.com")
    page = opened()
    shown = section(page, "people")
    assert "partner@client.example, admin" in shown
    assert "viewer@client.example, viewer" in shown
    (domains,) = with_attribute(page.text, "data-domains")
    assert "client.example (2), gmail.com (1, anyone can get an address there)" in domains.words()


def test_older_clients_are_a_page_away(desk, by, opened):
    for number in range(27):
        submitted(by, client_name=f"Client number {number:02}")
    first = opened()
    listed = [one.words()[:16] for one in with_attribute(first.text, "data-client")]
    assert listed == [f"Client number {number:02}" for number in range(26, 1, -1)]
    (older,) = [one for one in with_attribute(first.text, "href") if one.words() == "Older clients"]
    second = opened(older.get("href").partition("#")[0])
    listed = [one.words()[:16] for one in with_attribute(second.text, "data-client")]
    assert listed == ["Client number 01", "Client number 00"]
    assert "Newest clients" in second.text
    assert "Older clients" not in second.text


@pytest.mark.parametrize("query", ["?after=x", "?notes_after=1", "?after=&notes_after="])
def test_an_address_that_makes_no_sense_shows_the_first_page(desk, by, opened, query):
    submitted(by, client_name="Only One")
    assert "Only One" in opened(query).text


def test_a_note_is_written_and_shown_newest_first(desk, by, opened):
    answer = desk.post(f"{path(home(by))}notes/", {"note": NOTE})
    assert (answer.status_code, answer["Location"]) == (302, f"{path(home(by))}#notes")
    desk.post(f"{path(home(by))}notes/", {"note": "Second <b>note</b>"})
    page = opened()
    notes = section(page, "notes")
    assert notes.index("Second <b>note</b>") < notes.index(NOTE)
    assert "<b>note" not in page.text
    assert "reviewer@portal.example" in notes


def test_older_notes_are_a_page_away(desk, by, opened):
    for number in range(11):
        organisation_notes.write(home(by).uuid, by=desk.who, text=f"Note {number:02}.")
    page = opened()
    assert len(with_attribute(page.text, "data-note")) == 10
    (older,) = [one for one in with_attribute(page.text, "href") if one.words() == "Older notes"]
    (last,) = with_attribute(opened(older.get("href").partition("#")[0]).text, "data-note")
    assert "Note 00." in last.words()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Write something first."),
        ("\u200b\u2060", "Write something first."),
        ("Gone\u202e.", "U+202E"),
        ("x" * 5000, "4000"),
    ],
)
def test_a_bad_note_is_refused_beside_its_field_and_kept(desk, by, text, complaint):
    page = desk.post(f"{path(home(by))}notes/", {"note": text})
    assert page.status_code == 422
    (error,) = with_attribute(page.text, "id", "id_note_error")
    assert complaint in error.words()
    assert 'href="#id_note"' in page.text
    assert text in page.text
    assert not OrganisationNote.objects.exists()


def test_auditors_read_notes_and_write_none(client, by):
    organisation_notes.write(home(by).uuid, by=people.reviewer(), text=NOTE)
    page = sign_in(client, people.auditor()).get(path(home(by)))
    assert NOTE in page.text
    assert "Save internal note" not in page.text
    assert client.post(f"{path(home(by))}notes/", {"note": "Mine."}).status_code == 403


def test_staff_who_belong_to_it_read_no_notes_about_it(desk, by, opened):
    organisation_notes.write(home(by).uuid, by=people.reviewer("second@portal.example"), text=NOTE)
    home(by).memberships.create(user=desk.who, role="viewer")
    page = opened()
    assert NOTE not in page.text
    assert "You belong to this organisation" in section(page, "notes")
    assert desk.post(f"{path(home(by))}notes/", {"note": "Mine."}).status_code == 403
    assert OrganisationNote.objects.count() == 1


def test_there_is_no_page_of_an_organisation_that_does_not_exist(desk):
    unknown = f"{QUEUE}organisations/00000000-0000-4000-8000-000000000000/"
    assert desk.get(unknown).status_code == 404
    assert desk.post(f"{unknown}notes/", {"note": NOTE}).status_code == 404


def test_an_exception_past_its_last_day_is_over_before_anybody_books_it(client, by):
    lead = people.lead()
    lasting = excepted(by, lead, days=30)
    lasting.pkce_exceptions.update(expires_on=in_days(-1))
    page = sign_in(client, lead).get(path(home(by)))
    assert "Exception lapsed" in section(page, "exceptions")


def furnish(desk, by, rows):
    """So many of everything that the page lists."""
    lead = people.lead(f"lead{rows}@portal.example")
    for number in range(rows):
        people.viewer(home(by), f"viewer{rows}-{number}@client.example")
        organisation_notes.write(home(by).uuid, by=lead, text=f"Note {rows} {number}.")
        lasting = excepted(by, lead, client_name=f"Lasting {rows} {number}", granted=["users:read"])
        clients.suspend(lasting.uuid, by=lead, reason=WHY)
        gone = approved(by, lead, client_name=f"Gone {rows} {number}")
        clients.close_as_staff(gone.uuid, by=lead, reason=WHY, signed_in_at=timezone.now())


def test_the_page_costs_the_same_however_much_there_is(desk, by, opened):
    costs = []
    for rows in (1, 10):
        furnish(desk, by, rows)
        newest, note = submitted(by), OrganisationNote.objects.first()
        with statements() as made:
            assert opened(f"?after={newest.uuid}&notes_after={note.uuid}").status_code == 200
        costs.append(len(made))
    assert costs[0] == costs[1] <= 26


def test_counts_are_of_the_newest_clients_and_the_page_says_so(desk, by, opened, monkeypatch):
    monkeypatch.setattr("registrations.queries.organisation_history.MOST_COVERED", 2)
    for number in range(3):
        submitted(by, client_name=f"Client number {number}")
    page = opened()
    assert "2 or more clients" in page.text
    assert [one.words() for one in with_attribute(page.text, "data-state")] == ["Under review 2"]
    assert len(with_attribute(page.text, "data-client")) == 3


def test_the_newest_registration_is_on_top(desk, by, opened):
    first, second = submitted(by, client_name="First One"), submitted(by, client_name="Second One")
    type(first).objects.filter(pk=first.pk).update(created_at=timezone.now() + timedelta(days=1))
    listed = [one.get("data-client") for one in with_attribute(opened().text, "data-client")]
    assert listed == [str(first.uuid), str(second.uuid)]


def test_the_review_page_sums_the_organisation_up(desk, by, opened):
    gone = approved(by, desk.who, client_name="Gone One")
    clients.close(gone.uuid, by=by)
    stopped = approved(by, desk.who, client_name="Stopped One")
    clients.suspend(stopped.uuid, by=desk.who, reason=WHY)
    waiting = submitted(by)
    review.reject(submitted(by, client_name="Refused One").uuid, by=desk.who, seen_version=1, note="Spam.")
    a_draft(by, client_name="Secret Plan")
    page = desk.get(review_path(waiting))
    card = section(page, "who")
    assert f'href="{path(home(by))}"' in page.text
    for words in ("Closed 1", "Suspended 1", "Rejected 1", "Under review 1"):
        assert words in card
    (last,) = with_attribute(page.text, "data-last-decision")
    assert last.words().startswith("Refused One, revision 1: rejected")
    assert "Spam." in last.words()
    assert "Secret Plan" not in page.text


def test_a_new_organisation_has_no_decision_yet(desk, waiting):
    (last,) = with_attribute(desk.get(review_path(waiting)).text, "data-last-decision")
    assert last.words() == "No reviewer has decided about this organisation yet."


def test_the_page_is_linked_from_where_the_organisation_is_named(leads_desk, by):
    registration = submitted(by)
    link = f'href="{path(home(by))}"'
    for place in (
        QUEUE,
        f"{QUEUE}{registration.uuid}/client/",
        review_path(registration),
        f"/admin/accounts/organisation/{home(by).pk}/change/",
    ):
        assert link in leads_desk.get(place).text, place
