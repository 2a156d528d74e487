"""The bar of filters: what each choice lists, and how many it says that it would."""

import pytest

from registrations.admin.queue.filters import MarkFilter
from registrations.models import Registration
from registrations.workflow import assignment, drafting, review, scopes, snoozing
from tests.desk.pages import QUEUE
from tests.desk.test_queue import clients
from tests.desk.test_snoozing import on_page
from tests.desk.test_work import RESTRICTED
from tests.pages.elements import elements
from tests.support import people
from tests.support.registrations import approved, change, submitted, with_exception
from tests.support.scenes import SNOOZE

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(db):
    return people.reviewer("second@portal.example")


@pytest.fixture
def mixed(desk, by, colleague):
    """What waits, of several kinds."""
    for name in ("Plain", "Mine", "Theirs", "Asleep"):
        submitted(by, client_name=name)
    submitted(by, client_name="Serious", environment="production", scope=["users:read"])
    submitted(by, **with_exception(client_name="Excepted"))
    looked_at = submitted(by, client_name="Looked at", **RESTRICTED)
    scopes.confirm_scopes(looked_at.uuid, by=colleague, seen_version=1)
    changing = approved(by, colleague, client_name="Changing")
    change(changing, by, client_name="Changing", initiation_uri="https://client.example/start")
    drafting.submit(changing.uuid, by=by)
    for name, person in (("Mine", desk.who), ("Theirs", colleague)):
        assignment.claim(named(name).uuid, by=person)
    snoozing.snooze(named("Asleep").uuid, by=desk.who, seen_version=1, **SNOOZE)


def named(name):
    return Registration.objects.get(revisions__client_name=name, revisions__status="under_review")


def bar(answer):
    """The choices of each filter with their counts, by the parameter and the words."""
    found = {}
    for spec in answer.context["cl"].filter_specs:
        for choice in spec.choices(answer.context["cl"]):
            if "count" in choice:
                found[spec.parameter_name, choice["display"]] = (choice["count"], choice["query_string"])
    return found


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    "query",
    [
        "",
        "claim=unclaimed",
        "environment=staging&kind=new",
        "needs=pkce",
        "needs=second_look",
        "snoozed=mine",
        "q=client.example&state=under_review",
        "claim=mine&kind=change",
        "mark=pkce_requested",
    ],
)
def test_each_choice_lists_as_many_as_it_says(desk, query):
    choices = bar(desk.get(f"{QUEUE}?{query}"))
    assert len(choices) == 19 + len(MarkFilter.kinds)
    for (parameter, words), (count, address) in choices.items():
        assert len(clients(desk.get(f"{QUEUE}{address}"))) == count, (parameter, words)


@pytest.mark.usefixtures("mixed")
def test_the_counts_are_on_the_page(desk):
    page = desk.get(QUEUE)
    shown = " ".join(one.text for one in elements(page.text) if one.get("aria-label") == "Filters")
    assert "Mine 1" in " ".join(shown.split())
    assert bar(page)["claim", "Any"][0] == len(clients(page)) == 7


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"needs": "second_look"}, ["Looked at"]),
        ({"needs": "pkce"}, ["Excepted"]),
        ({"kind": "change"}, ["Changing"]),
        ({"snoozed": "mine"}, ["Asleep"]),
        ({"claim": "others"}, ["Theirs"]),
    ],
)
def test_a_filter_lists_its_own(desk, query, names):
    assert clients(desk.get(QUEUE, query)) == names


def test_too_many_are_not_counted(desk, by, monkeypatch):
    monkeypatch.setattr("registrations.admin.paging.MOST_ROWS", 1)
    for name in ("One", "Two"):
        submitted(by, client_name=name)
    assert {count for count, _ in bar(desk.get(QUEUE)).values()} == {None}


@pytest.mark.parametrize("query", [{"state": "all"}, {"state": "live"}, {"q": "client"}])
def test_only_what_waits_is_counted(desk, waiting, query):
    assert {count for count, _ in bar(desk.get(QUEUE, query)).values()} == {None}


def test_a_row_says_whom_it_waits_on(desk, by, colleague):
    for name, words in (
        ({"client_name": "Client A"}, "Pleo"),
        (with_exception(client_name="Client B"), "PKCE approver"),
        (RESTRICTED | {"client_name": "Client C"}, "Second person"),
        ({"client_name": "Client D"}, "Partner"),
        ({"client_name": "Client E"}, ""),
    ):
        registration = submitted(by, **name)
        if words == "Second person":
            assert on_page(desk.get(QUEUE, {"q": str(registration.uuid)})) == ["Pleo"]
            scopes.confirm_scopes(registration.uuid, by=colleague, seen_version=1)
        if words in ("Partner", ""):
            verb = review.request_changes if words else review.reject
            verb(registration.uuid, by=colleague, seen_version=1, note="Name the product.")
        assert on_page(desk.get(QUEUE, {"q": str(registration.uuid)})) == [words], name


def test_the_bar_offers_the_order_only_where_something_waits(desk, waiting):
    assert "Newest first" in desk.get(QUEUE).text
    assert "Newest first" not in desk.get(QUEUE, {"state": "live"}).text
