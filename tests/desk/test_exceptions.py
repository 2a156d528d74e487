"""The desk's list of PKCE exceptions, and the page that revokes one."""

import re

import pytest
from django.utils import timezone

from registrations.models import PkceException
from registrations.workflow import pkce
from tests.desk.pages import QUEUE, review_path, state
from tests.support.people import home, person, reviewer, sign_in
from tests.support.registrations import REASON, approved, excepted, in_days, submitted, with_exception
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

LIST = f"{QUEUE}exceptions/"
WHY = "The library can do it by now."


def path(registration):
    return f"{QUEUE}{registration.uuid}/exception/"


def revoke(desk, registration, reason=WHY):
    return desk.post(f"{QUEUE}{registration.uuid}/revoke-exception/", {"reason": reason})


def clients(answer):
    return re.findall(r'field-client">\s*<a href="[^"]*">([^<]*)<', answer.text)


@pytest.fixture
def running(leads_desk, by):
    return excepted(by, leads_desk.who, client_name="Running")


def test_each_list_holds_its_own(leads_desk, by, running):
    submitted(by, **with_exception(client_name="Asking"))
    excepted(by, leads_desk.who, days=10, client_name="Ending")
    over = excepted(by, leads_desk.who, days=5, client_name="Over")
    over.pkce_exceptions.update(expires_on=in_days(-1))
    approved(by, leads_desk.who, client_name="Plain")
    assert clients(leads_desk.get(LIST)) == ["Asking"]
    assert clients(leads_desk.get(LIST, {"show": "ending"})) == ["Ending"]
    assert clients(leads_desk.get(LIST, {"show": "running"})) == ["Ending", "Running"]
    assert clients(leads_desk.get(LIST, {"show": "over"})) == ["Over"]
    assert clients(leads_desk.get(LIST, {"show": "nonsense"})) == ["Asking"]


def test_an_empty_list_says_so(leads_desk):
    for show in ("requested", "ending", "running", "over"):
        assert "desk-empty" in leads_desk.get(LIST, {"show": show}).text


def test_the_rows_lead_on(leads_desk, by, running):
    asking = submitted(by, **with_exception())
    assert f'href="{review_path(asking)}#pkce"' in leads_desk.get(LIST).text
    assert f'href="{path(running)}"' in leads_desk.get(LIST, {"show": "running"}).text
    assert f'href="{path(running)}"' in leads_desk.get(review_path(running)).text


def cells(answer, label):
    """What the rows say in the column, one a row."""
    found = re.findall(rf'<td data-label="{label}"[^>]*>(.*?)</td>', answer.text, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in found]


def test_a_row_says_for_what_why_and_by_whom(leads_desk, running):
    answer = leads_desk.get(LIST, {"show": "running"})
    assert cells(answer, "Scopes") == ["test:test users:read users:write"]
    assert cells(answer, "Reason") == [REASON]
    assert cells(answer, "Granted by") == [leads_desk.who.get_full_name()]


def test_one_that_ended_says_how_and_leads_to_its_client(leads_desk, by, running):
    revoke(leads_desk, running)
    lapsed = excepted(by, leads_desk.who, days=5, client_name="Lapsed")
    lapsed.pkce_exceptions.update(expires_on=in_days(-1))
    answer = leads_desk.get(LIST, {"show": "over"})
    day = in_days(0)
    assert cells(answer, "Ended") == [
        "Exception lapsed",
        f"Exception revoked on {day.day} {day:%B %Y} {WHY}",
    ]
    assert f'href="{review_path(lapsed)}"' in answer.text


def test_what_was_never_in_force_has_not_ended(leads_desk, by):
    refused = submitted(by, **with_exception())
    pkce.refuse(refused.uuid, by=leads_desk.who, seen_version=1, note="No.")
    granted = submitted(by, **with_exception())
    pkce.grant(
        granted.uuid, by=leads_desk.who, seen_version=1, expires_on=in_days(30), signed_in_at=timezone.now()
    )
    assert clients(leads_desk.get(LIST, {"show": "over"})) == []


def test_the_list_is_found_from_the_front_and_from_the_queue(leads_desk):
    for page in ("/admin/", "/admin/registrations/", QUEUE):
        assert f'href="{LIST}"' in leads_desk.get(page).text


def test_the_list_is_paged_by_key(leads_desk, by, monkeypatch):
    monkeypatch.setattr("registrations.admin.exceptions.PAGE", 2)
    for number in range(5):
        submitted(by, **with_exception(client_name=f"Client {number}"))
    seen, page = [], leads_desk.get(LIST)
    while True:
        seen += clients(page)
        more = re.search(r'href="(\?show=requested&amp;after=[^"]+)"', page.text)
        if not more:
            break
        page = leads_desk.get(LIST + more[1].replace("&amp;", "&"))
    assert seen == [f"Client {number}" for number in range(5)]
    for odd in ("x", "6f9619ff-8b86-4011-b42d-00c04fc964ff"):
        assert leads_desk.get(LIST, {"after": odd}).status_code == 200


def test_a_page_after_an_exception_without_an_end_is_the_first(leads_desk, by):
    asked = submitted(by, **with_exception())
    running = excepted(by, leads_desk.who, client_name="Running Client")
    page = leads_desk.get(LIST, {"show": "running", "after": asked.pkce_exceptions.get().uuid})
    assert clients(page) == ["Running Client"], running


def test_the_list_costs_the_same_however_long(leads_desk, by):
    costs = []
    for rows in (1, 6):
        for number in range(PkceException.objects.count(), rows):
            excepted(by, leads_desk.who, client_name=f"Client {number}")
        with statements() as made:
            assert len(clients(leads_desk.get(LIST, {"show": "running"}))) == rows
        costs.append(len([sql for sql in made if "pkceexception" in sql]))
    assert costs == [1, 1]


def test_only_staff_with_the_right_see_the_list(client, by):
    for outsider in (by, person("clerk@portal.example", is_staff=True)):
        sign_in(client, outsider)
        assert client.get(LIST).status_code in (302, 403)


def test_an_exception_is_revoked_with_a_reason(leads_desk, running):
    answer = revoke(leads_desk, running)
    assert (answer.status_code, answer["Location"]) == (302, review_path(running))
    assert running.pkce_exceptions.get().revoked_reason == WHY
    assert WHY in leads_desk.get(review_path(running)).text
    assert leads_desk.get(path(running)).status_code == 404


@pytest.mark.parametrize("reason", ["", " \n", "\x00", "x" * 5000])
def test_without_a_reason_nothing_is_revoked(leads_desk, running, reason):
    before = state(running)
    answer = revoke(leads_desk, running, reason)
    assert answer.status_code == 422
    assert 'id="id_reason_error"' in answer.text
    assert 'href="#id_reason"' in answer.text
    assert state(running) == before


def test_reviewers_look_and_do_not_revoke(client, leads_desk, running):
    sign_in(client, reviewer())
    assert "Only PKCE approvers" in client.get(path(running)).text
    assert revoke(client, running).status_code == 403
    assert running.pkce_exceptions.get().status == "in_force"


def test_nobody_revokes_one_of_their_own_organisation(leads_desk, by, running):
    home(by).memberships.create(user=leads_desk.who, role="viewer")
    assert "<textarea" not in leads_desk.get(path(running)).text
    assert revoke(leads_desk, running).status_code == 403


def test_one_whose_last_day_is_over_is_not_revoked(leads_desk, running):
    PkceException.objects.update(expires_on=in_days(-1))
    assert "<textarea" not in leads_desk.get(path(running)).text
    answer = revoke(leads_desk, running)
    assert answer.status_code == 409
    assert f'href="{LIST}"' in answer.text
    assert pkce.lapse_due() == 1


def test_the_form_names_its_verb_and_an_open_page_of_an_earlier_version_still_revokes(leads_desk, running):
    assert f'action="{QUEUE}{running.uuid}/revoke-exception/"' in leads_desk.get(path(running)).text
    assert leads_desk.post(path(running), {"reason": WHY}).status_code == 302
    assert running.pkce_exceptions.get().revoked_reason == WHY
