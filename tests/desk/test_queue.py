import csv
import re

import pytest
from django.contrib import admin

from registrations.models import Registration
from registrations.workflow import drafting, review
from tests.desk.pages import QUEUE, review_path
from tests.support.people import partner, person, sign_in
from tests.support.registrations import a_draft, applied, approved, change, reveal, submitted, with_exception

pytestmark = pytest.mark.django_db


def clients(answer):
    """The names in the list, top to bottom."""
    return re.findall(r'field-client"><a href="[^"]*"><span title="[^"]*">([^<]*)<', answer.text)


def test_the_longest_wait_comes_first(desk, by):
    first = submitted(by, client_name="First Client")
    submitted(by, client_name="Second Client")
    drafting.withdraw(first.uuid, by=by)
    drafting.submit(first.uuid, by=by)
    assert clients(desk.get(QUEUE)) == ["Second Client", "First Client"]


def test_an_empty_queue_says_so(desk):
    assert "Nothing is waiting for review." in desk.get(QUEUE).text


def test_a_row_leads_to_the_review_page(desk, waiting):
    assert f'href="{review_path(waiting)}"' in desk.get(QUEUE).text


def test_a_row_names_organisation_and_environment(desk, waiting):
    text = desk.get(QUEUE).text
    assert "Client Ltd" in text
    assert re.search(r'field-environment_asked[^>]*">Staging<', text)


def test_drafts_are_their_partners_own(desk, by):
    draft = a_draft(by, client_name="Unfinished Client")
    for state in ("under_review", "all"):
        assert clients(desk.get(QUEUE, {"state": state})) == []
    assert desk.get(review_path(draft)).status_code == 404
    assert desk.get(f"{QUEUE}{draft.pk}/change/").status_code == 404


@pytest.fixture
def one_of_each(desk, by):
    """Named after the state that each is in."""
    submitted(by, client_name="Waiting")
    approved(by, desk.who, client_name="Living")
    changing = approved(by, desk.who, client_name="Changing")
    change(changing, by, client_name="Changing", initiation_uri="https://client.example/start")
    drafting.submit(changing.uuid, by=by)
    for name, verb in (("Returned", review.request_changes), ("Refused", review.reject)):
        verb(submitted(by, client_name=name).uuid, by=desk.who, seen_version=1, note="Because.")
    drafting.withdraw(submitted(by, client_name="Taken back").uuid, by=by)


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(
    ("state", "names"),
    [
        (None, {"Waiting", "Changing"}),
        ("under_review", {"Waiting", "Changing"}),
        ("garbage", {"Waiting", "Changing"}),
        ("live", {"Living", "Changing"}),
        ("no_secret", {"Living", "Changing"}),
        ("changes_requested", {"Returned"}),
        ("rejected", {"Refused"}),
        ("withdrawn", {"Taken back"}),
        ("suspended", set()),
        ("all", {"Waiting", "Living", "Changing", "Returned", "Refused", "Taken back"}),
    ],
)
def test_the_state_narrows_the_list(desk, state, names):
    assert set(clients(desk.get(QUEUE, {"state": state} if state else {}))) == names


@pytest.mark.usefixtures("one_of_each")
def test_the_long_name_of_a_state_is_shortened_in_the_list(desk, by):
    page = desk.get(QUEUE, {"state": "live"}).text
    assert ">Live, in review, no secret</span>" in page
    reveal(Registration.objects.get(revision_count=2), by)
    page = desk.get(QUEUE, {"state": "live"}).text
    assert ">Live, in review</span>" in page
    assert "Live with a change under review" not in page


def test_environment_and_pkce_narrow_the_list(desk, by):
    submitted(by, client_name="Plain")
    submitted(by, **with_exception(client_name="Excepted"))
    submitted(by, client_name="Serious", environment="production", scope=["users:read"])
    assert clients(desk.get(QUEUE, {"environment": "production"})) == ["Serious"]
    assert clients(desk.get(QUEUE, {"pkce": "requested"})) == ["Excepted"]
    assert clients(desk.get(QUEUE, {"pkce": "supported", "environment": "staging"})) == ["Plain"]
    assert len(clients(desk.get(QUEUE, {"pkce": "x", "environment": "x"}))) == 3


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(
    ("state", "shown"),
    [("under_review", False), ("rejected", False), ("live", True), ("partner", True), ("all", True)],
)
def test_the_state_of_a_row_is_shown_where_rows_have_several(desk, state, shown):
    assert ("field-state" in desk.get(QUEUE, {"state": state}).text) is shown


@pytest.mark.usefixtures("one_of_each")
def test_a_row_says_whether_the_client_is_new(desk):
    for kind, name, word in (("new", "Waiting", "New"), ("change", "Changing", "Change")):
        page = desk.get(QUEUE, {"kind": kind})
        assert clients(page) == [name]
        assert re.findall(r'field-kind">([^<]*)<', page.text) == [word]


def test_the_order_by_age_can_be_turned(desk, by):
    for word in ("one", "two", "three"):
        submitted(by, client_name=f"Client {word}")
    oldest = clients(desk.get(QUEUE))
    assert oldest == ["Client one", "Client two", "Client three"]
    assert clients(desk.get(QUEUE, {"order": "newest"})) == oldest[::-1]
    assert clients(desk.get(QUEUE, {"order": "nonsense"})) == oldest


@pytest.mark.parametrize(
    "lookup", ["secrets__verifier__startswith", "client_id__startswith", "draft__data__icontains", "version"]
)
def test_hidden_columns_cannot_be_probed(desk, waiting, lookup):
    assert desk.get(QUEUE, {lookup: "a"}).status_code == 400


@pytest.mark.parametrize(
    "query",
    ["p=0", "p=x", "p=99999", "o=1.-2", "all=", "q=a", "e=1", "state=", "_facets=", "claim=x&needs=x&kind=x"]
    + ["snoozed=x&order=x", "order=newest&state=live", "snoozed=mine&state=all&q=x"],
)
def test_odd_addresses_are_no_fault(desk, waiting, query):
    assert desk.get(f"{QUEUE}?{query}").status_code in (200, 302)


def of_the_list(statements):
    """Without those about the session and the rights of the person."""
    about_people = ("portal_sessions_storedsession", "django_session", "accounts_user", "auth_permission")
    return [
        each["sql"]
        for each in statements
        if not any(
            f'{verb} "{table}"' in each["sql"] for verb in ("FROM", "UPDATE") for table in about_people
        )
    ]


def statements_for(desk, rows, query, django_assert_max_num_queries):
    for number in range(Registration.objects.count(), rows):
        submitted(desk.partner, client_name=f"Client number {number}")
    with django_assert_max_num_queries(30) as seen:
        assert len(clients(desk.get(QUEUE, query))) == rows
    return of_the_list(seen.captured_queries)


@pytest.mark.parametrize("query", [{}, {"state": "all"}])
def test_the_queue_costs_the_same_however_long(desk, by, query, django_assert_max_num_queries):
    desk.partner = by
    few = statements_for(desk, 3, query, django_assert_max_num_queries)
    many = statements_for(desk, 30, query, django_assert_max_num_queries)
    assert len(few) == len(many) <= 4
    assert not any("DISTINCT" in statement for statement in few)


def test_a_list_ends_somewhere_and_says_so(desk, by, monkeypatch):
    monkeypatch.setattr("registrations.admin.paging.MOST_ROWS", 2)
    monkeypatch.setattr("registrations.admin.queue.registrations.MOST_ROWS", 2)
    monkeypatch.setattr("registrations.admin.queue.RegistrationAdmin.list_per_page", 1)
    for number in range(3):
        submitted(by, client_name=f"Client number {number}")
    assert clients(desk.get(QUEUE, {"p": 2})) == ["Client number 1"]
    assert "Only the first 2 are listed." in desk.get(QUEUE).text
    assert clients(desk.get(QUEUE, {"p": 3}, follow=True)) != ["Client number 2"]


def test_only_those_with_the_right_see_the_queue(client, waiting):
    assert client.get(QUEUE)["Location"].startswith("/admin/login/")
    sign_in(client, partner("other@client.example", "Other Ltd"))
    assert client.get(QUEUE, follow=True).status_code == 403
    sign_in(client, person("clerk@portal.example", is_staff=True))
    assert client.get(QUEUE).status_code == 403


def test_the_stock_page_of_a_row_leads_to_the_review_page(desk, waiting):
    assert desk.get(f"{QUEUE}{waiting.pk}/change/")["Location"] == review_path(waiting)


def test_what_only_verbs_may_change_has_no_place_in_the_admin():
    shown = {model.__name__ for model in admin.site._registry}
    assert not shown & {"ClientSecret", "Draft", "Logo", "Revision", "RedirectUri", "PkceException"}


def test_the_queue_has_one_name(desk, waiting):
    for query in ({}, {"state": "all"}):
        page = desk.get(QUEUE, query).text
        assert "<h1>Review queue</h1>" in page
        assert re.search(r'class="breadcrumbs"><a href="/admin/">Home</a> &rsaquo; Review queue<', page)


def test_what_took_effect_at_once_is_called_no_submission(desk, by):
    applied(by, desk.who, client_name="Applied")
    approved(by, desk.who, client_name="Approved")
    page = " ".join(desk.get(QUEUE, {"state": "live"}).text.split())
    assert page.count("In effect without a review <time") == page.count("Submitted <time") == 1
    answer = desk.post(f"{QUEUE}export/?state=live")
    rows = csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines())
    assert {row["client_name"]: row["without_review"] for row in rows} == {"Applied": "yes", "Approved": "no"}
