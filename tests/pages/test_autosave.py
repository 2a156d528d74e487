"""What the form saves by itself: answered in JSON, and never over what somebody else saved."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.test import Client

from portal.accounts.models import Role
from portal.audit.models import Event
from portal.limits import AUTOSAVE, START
from portal.outbox.models import OutboxMessage
from registrations.models import Draft, Registration
from registrations.workflow import drafting
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.uploading import file, picture, upload
from tests.support import people
from tests.support.forms import example_posted
from tests.support.limits import use_up
from tests.support.registrations import a_draft, again, change, example_values
from tests.support.statements import statements

NEW = "/registrations/new/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def browser(login, partner):
    return login(partner)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def draft(partner):
    return a_draft(partner)


def autosave(browser, address, draft_version=0, **changes):
    return browser.post(address, example_posted(draft_version, **changes), **JSON)


def test_a_draft_is_saved_as_typed(browser, draft):
    answer = autosave(browser, at(draft, "edit/"), 1, client_name=" Half a na", redirect_uris=["http"])
    assert answer.status_code == 200
    assert set(answer.json()) == {"draft_version", "saved_at", "findings"}
    stored = again(draft).draft
    assert answer.json()["draft_version"] == stored.version == 2
    assert (stored.data["client_name"], stored.data["redirect_uris"]) == (" Half a na", ["http"])
    saved_at = datetime.datetime.fromisoformat(answer.json()["saved_at"])
    assert abs(saved_at - stored.updated_at) < datetime.timedelta(seconds=5)


def test_the_findings_are_those_of_the_live_check(browser, draft):
    typed = {"redirect_uris": ["http://client.example/cb", "x"], "tos_uri": ""}
    saved = autosave(browser, at(draft, "edit/"), 1, **typed).json()
    asked = example_posted(1, **typed) | {"registration": str(draft.uuid)}
    assert saved["findings"] == browser.post("/registrations/check/", asked).json()["findings"] != []


def test_the_first_time_tells_where_the_draft_is(browser):
    answer = autosave(browser, NEW, start_key=uuid.uuid4())
    registration = Registration.objects.get()
    assert answer.json()["location"] == at(registration, "edit/")
    assert answer.json()["draft_version"] == registration.draft.version
    page = browser.get(answer.json()["location"])
    assert "Example Client" in page.text


def test_a_live_client_gets_its_draft_with_the_first_save(browser, live):
    answer = autosave(browser, at(live, "edit/"), 0, client_name="Other Client")
    assert answer.json()["draft_version"] == again(live).draft.version
    assert again(live).draft.data["client_name"] == "Other Client"


def test_it_leaves_one_event_and_no_email(browser, draft):
    events, emails = Event.objects.count(), OutboxMessage.objects.count()
    key = uuid.uuid4()
    started = autosave(browser, NEW, start_key=key).json()
    for n in range(3):
        autosave(browser, started["location"], n + 1, client_name=f"Name {n}")
    assert autosave(browser, NEW, start_key=key).status_code == 409
    verbs = Event.objects.order_by("pk").values_list("verb", flat=True)[events:]
    assert list(verbs) == ["registration.started"]
    assert OutboxMessage.objects.count() == emails


def test_who_is_too_late_learns_what_the_other_page_saved(browser, draft, partner, colleague, login):
    changed = {"client_name": "Renamed", "contacts": ["b@client.example"]}
    autosave(login(colleague), at(draft, "edit/"), 1, **changed)
    answer = autosave(browser, at(draft, "edit/"), 1, tos_uri="https://client.example/x")
    assert answer.status_code == 409
    other = answer.json()
    assert (other["draft_version"], other["saved_by"]) == (2, "A colleague")
    assert datetime.datetime.fromisoformat(other["saved_at"]) == again(draft).draft.updated_at
    theirs = {one["field"]: (one["theirs"], one["yours"]) for one in other["differences"]}
    assert theirs == {
        "client_name": ("Renamed", "Example Client"),
        "contacts": (["b@client.example"], example_values()["contacts"]),
        "tos_uri": (example_values()["tos_uri"], "https://client.example/x"),
    }
    assert again(draft).draft.data["client_name"] == "Renamed"
    assert "Somebody saved this draft in the meantime" in other["reason"]
    assert len(with_attribute(other["notice"], "data-version", "2")) == 1
    assert "A colleague saved this draft on" in other["notice"]


def test_the_other_version_may_differ_in_blanks_or_answers_alone(browser, draft, partner):
    change(draft, partner, client_name="Example  Client")
    other = autosave(browser, at(draft, "edit/"), 1).json()
    assert (other["differences"], other["saved_by"]) == ([], "You")
    assert "Only blanks differ" in other["notice"]


def test_the_same_text_again_is_no_clash(browser, draft):
    answers = [autosave(browser, at(draft, "edit/"), 1, client_name="Once").json() for _ in range(2)]
    assert {answer["draft_version"] for answer in answers} == {2}


def test_the_same_text_with_other_line_ends_is_no_clash(browser, draft):
    texts = ["One reason.\r\nAnother one.", "One reason.\nAnother one.", "One reason.\rAnother one."]
    excepted = {"pkce_support": "exception_requested", "scope-reason-vendors:write": "Why.\r\nWhy."}
    sent = [autosave(browser, at(draft, "edit/"), 1, pkce_justification=text, **excepted) for text in texts]
    assert [answer.json()["draft_version"] for answer in sent] == [2, 2, 2]
    excepted["scope-reason-vendors:write"] = "Why.\nWhy."
    other = autosave(browser, at(draft, "edit/"), 1, client_name="X", pkce_justification=texts[1], **excepted)
    assert [one["field"] for one in other.json()["differences"]] == ["client_name"]


def test_a_page_that_starts_again_with_other_line_ends_is_no_clash(browser):
    key, excepted = uuid.uuid4(), {"pkce_support": "exception_requested"}
    for text in ("One.\nTwo.", "One.\r\nTwo."):
        answer = autosave(browser, NEW, start_key=key, pkce_justification=text, **excepted)
        assert answer.status_code == 200
    assert Registration.objects.get()


@pytest.mark.parametrize("verb", [drafting.submit, drafting.discard])
def test_what_was_submitted_or_discarded_is_not_saved(browser, draft, partner, verb):
    verb(draft.uuid, by=partner)
    answer = autosave(browser, at(draft, "edit/"), 1, client_name="Late")
    assert answer.status_code == 409
    assert "What you typed is still below." in answer.json()["reason"]
    assert at(draft) in answer.json()["notice"]
    assert not Draft.objects.filter(data__client_name="Late").exists()


def test_what_a_page_saved_with_a_press_is_not_replaced_by_what_it_sent_before(browser):
    key = uuid.uuid4()
    browser.post(NEW, example_posted(start_key=key, client_name="Till for bakers"))
    late = autosave(browser, NEW, start_key=key, client_name="Till")
    registration = Registration.objects.get()
    assert (late.status_code, late.json()["location"]) == (409, at(registration, "edit/"))
    assert registration.draft.data["client_name"] == "Till for bakers"


def test_a_press_after_it_goes_on_in_the_same_draft(browser):
    key = uuid.uuid4()
    autosave(browser, NEW, start_key=key, client_name="Till")
    answer = browser.post(NEW, example_posted(start_key=key, client_name="Till for bakers"))
    registration = Registration.objects.get()
    assert answer["Location"] == at(registration, "edit/")
    assert registration.draft.data["client_name"] == "Till for bakers"


@pytest.mark.parametrize("sent", [{}, {"remove_logo": "on"}, {"logo": "new"}])
def test_the_logo_stays_as_it_is(browser, draft, sent):
    upload(browser, draft, picture())
    before = again(draft).draft.logo_id
    if "logo" in sent:
        sent = {"logo": file(picture(colour="red"))}
    answer = browser.post(at(draft, "edit/"), example_posted(2, client_name="Other") | sent, **JSON)
    assert answer.status_code == 200
    assert again(draft).draft.logo_id == before is not None
    assert again(draft).draft.data["client_name"] == "Other"


@pytest.mark.parametrize("text", ["a\x00b", "x" * 20_001])
def test_what_cannot_be_stored_is_named(browser, draft, text):
    answer = autosave(browser, at(draft, "edit/"), 1, client_name=text)
    assert answer.status_code == 422
    assert answer.json()["reason"].startswith("Client name: ")
    assert "client_name" in {one["field"] for one in answer.json()["findings"]}
    assert again(draft).draft.version == 1


def test_who_works_for_several_organisations_chooses_one_first(browser, partner):
    second = people.organisation("Second Ltd")
    people.also_in(partner, second, Role.DEVELOPER)
    answer = autosave(browser, NEW)
    assert answer.status_code == 422
    assert answer.json()["reason"] == "Organisation: Choose the organisation that the client belongs to."
    assert not Registration.objects.exists()
    assert autosave(browser, NEW, organisation=second.uuid).status_code == 200
    assert Registration.objects.get().organisation == second


def test_a_form_of_the_only_organisation_names_it(browser, partner, login, stranger):
    """So that somebody else who signs in beside it gets nothing of it."""
    (field,) = with_attribute(browser.get(NEW).text, "name", "organisation")
    assert field.get("value") == str(people.home(partner).uuid)
    answer = autosave(login(stranger), NEW, organisation=field.get("value"))
    assert answer.status_code == 404
    assert not Registration.objects.exists()


def test_who_may_not_edit_saves_nothing(login, draft, viewer, stranger):
    for person, status, why in (
        (viewer, 403, "Ask a developer or an admin"),
        (stranger, 404, "There is nothing at this address"),
    ):
        answer = autosave(login(person), at(draft, "edit/"), 1, client_name="X")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
        assert why in answer.json()["reason"]
    assert Client().post(at(draft, "edit/"), example_posted(1), **JSON).status_code == 401
    assert again(draft).draft.version == 1


def test_saving_without_end_is_throttled(browser, draft, partner):
    use_up(AUTOSAVE, str(partner.pk))
    answer = autosave(browser, at(draft, "edit/"), 1, client_name="X")
    assert (answer.status_code, again(draft).draft.version) == (429, 1)
    assert 0 < int(answer["Retry-After"]) <= AUTOSAVE.seconds
    assert browser.post(at(draft, "edit/"), example_posted(1)).status_code == 302


def test_starting_counts_as_starting(browser, partner):
    use_up(START, str(partner.pk))
    assert autosave(browser, NEW).status_code == 429
    assert not Registration.objects.exists()


def test_it_keeps_its_budget(browser, draft, live):
    with statements() as save:
        assert autosave(browser, at(draft, "edit/"), 1, client_name="Other").status_code == 200
    with statements() as first:
        assert autosave(browser, at(live, "edit/"), 0, client_name="Another").status_code == 200
    with statements() as start:
        assert autosave(browser, NEW, start_key=uuid.uuid4()).status_code == 200
    assert max(len(save), len(first), len(start)) <= 12


def test_nothing_else_is_written(browser, draft):
    before = {model: model.objects.count() for model in apps.get_models()}
    autosave(browser, at(draft, "edit/"), 1, client_name="Other")
    after = {model: model.objects.count() for model in apps.get_models()}
    changed = {model.__name__ for model in before if before[model] != after[model]}
    assert changed <= {"LimitCounter"}
