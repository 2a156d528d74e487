"""The marks in the queue: column, filter by kind, order by risk and export; and that partners see none."""

import csv
import re

import pytest

from registrations.admin.queue.marks import ICON_OF
from registrations.domain.signals import ABOUT, MarkKind
from registrations.models import ReviewMarks, Scope
from registrations.workflow import client, marks
from tests.desk.pages import QUEUE
from tests.desk.test_queue import clients
from tests.pages.addresses import at
from tests.support.people import sign_in, stranger
from tests.support.registrations import approved, submitted, with_exception

pytestmark = pytest.mark.django_db

FOREIGN = {"redirect_uris": ["https://login.other.example/callback"]}


def marks_in(answer):
    """The words and the tooltip of each mark of the list."""
    shown = re.findall(r'desk-icon-(\w+)" title="([^"]*)".*?visually-hidden">([^<]*)<', answer.text)
    return [(weight, words) for weight, _, words in shown]


@pytest.fixture
def three(desk, by):
    """The oldest has a note, the next a grave mark, the newest a doubt."""
    submitted(by, client_name="Plain", scope=["users:read"])
    other = stranger()
    submitted(other, client_name="Twin", scope=["users:read"], redirect_uris=["https://client.example/x"])
    submitted(by, client_name="Writing", redirect_uris=["https://other.client.example/callback"])


def test_a_row_shows_its_marks_gravest_first_with_words(desk, by):
    submitted(by, **with_exception(**FOREIGN))
    assert marks_in(desk.get(QUEUE)) == [
        ("doubt", "Host off site"),
        ("doubt", "Write scope"),
        ("doubt", "PKCE exception"),
        ("note", "New organisation"),
    ]
    assert 'title="Scope that writes"' in desk.get(QUEUE).text


@pytest.mark.usefixtures("three")
def test_the_riskiest_come_first_where_that_is_chosen(desk):
    assert clients(desk.get(QUEUE)) == ["Plain", "Twin", "Writing"]
    assert clients(desk.get(QUEUE, {"order": "age"})) == ["Plain", "Twin", "Writing"]
    assert clients(desk.get(QUEUE, {"order": "risk"})) == ["Plain", "Twin", "Writing"]
    ReviewMarks.objects.filter(revision__client_name="Writing").update(risk=9999)
    assert clients(desk.get(QUEUE, {"order": "risk"}))[0] == "Writing"
    assert clients(desk.get(QUEUE, {"order": "risk", "state": "all"})) == ["Writing", "Twin", "Plain"]


@pytest.mark.usefixtures("three")
def test_a_kind_of_mark_narrows_the_list(desk):
    assert clients(desk.get(QUEUE, {"mark": "host_of_another"})) == ["Plain", "Twin"]
    assert clients(desk.get(QUEUE, {"mark": "write_scope"})) == ["Writing"]
    assert clients(desk.get(QUEUE, {"mark": "write_scope", "state": "all"})) == ["Writing"]
    assert len(clients(desk.get(QUEUE, {"mark": "moon"}))) == 3


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("kind", "number"), [("host_of_another", 2), ("pkce_requested", 0)])
def test_the_list_says_how_many_have_a_mark(desk, kind, number):
    page = desk.get(QUEUE, {"mark": kind})
    assert page.context["cl"].result_count == len(clients(page)) == number
    assert re.search(rf"\?mark={kind}\".*?desk-count\">(\d+)<", page.text, re.DOTALL)[1] == str(number)
    assert ("Nothing that is waiting for review matches these filters." in page.text) is (number == 0)


def test_what_was_decided_shows_no_marks(desk, by):
    approved(by, desk.who, **FOREIGN)
    page = desk.get(QUEUE, {"state": "all"})
    assert clients(page) == ["Example Client"]
    assert marks_in(page) == []


def test_what_nothing_has_looked_at_says_so(desk, waiting):
    ReviewMarks.objects.all().delete()
    assert "Not looked at yet" in desk.get(QUEUE).text
    assert clients(desk.get(QUEUE, {"order": "risk"})) == ["Example Client"]


def test_the_export_names_the_marks(desk, by):
    submitted(by, **FOREIGN)
    answer = desk.post(f"{QUEUE}export/")
    (row,) = csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines())
    assert row["marks"] == "Host off site; Write scope; New organisation"


def test_a_scope_that_becomes_restricted_marks_who_asks_for_it(leads_desk, by):
    registration = submitted(by)
    scope = Scope.objects.get(name="users:read")
    form = {"name": scope.name, "description": scope.description, "tier": "restricted", "is_offered": "on"}
    assert leads_desk.post(f"/admin/registrations/scope/{scope.pk}/change/", form).status_code == 302
    assert marks.book_due() == 1
    assert "restricted_scope" in ReviewMarks.objects.get(revision__registration=registration).kinds


def test_every_kind_has_an_icon_of_the_sprite(settings):
    sprite = (settings.BASE_DIR / "static/img/marks.svg").read_text()
    assert set(ICON_OF) == set(MarkKind)
    assert set(ICON_OF.values()) == set(re.findall(r'<symbol id="(\w+)"', sprite))


def test_partners_never_see_a_mark(desk, by):
    twin = submitted(stranger(), client_name="Till", **FOREIGN)
    living = approved(by, desk.who)
    client.suspend(living.uuid, by=desk.who, reason="A leak.")
    registration = submitted(by, **with_exception(client_name="Till", **FOREIGN))
    has = ReviewMarks.objects.get(revision__registration=registration).kinds
    assert {"twin_name", "host_of_another", "suspended", "write_scope"} <= set(has)
    browser = sign_in(desk, by)
    secret = {*(about.words for about in ABOUT.values()), "twin_name", "host_of_another", "Other Inc"}
    for page in (at(registration), at(registration, "submitted/"), at(living), "/registrations/"):
        text = browser.get(page).text
        assert {words for words in (*secret, str(twin.uuid)) if words in text} == set()
