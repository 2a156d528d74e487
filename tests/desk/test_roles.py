import pytest
from django.contrib.auth.models import Group

from portal.audit.models import Event
from portal.refusals import NotAllowed
from registrations.initial_rows.catalogue import GROUPS
from registrations.workflow import review
from tests.desk.pages import QUEUE, decide, decide_pkce, review_path, state
from tests.support.people import auditor, head, sign_in
from tests.support.registrations import again, submitted, with_exception

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", GROUPS)
def test_migrations_give_each_group_all_of_its_rights(name):
    rows = Group.objects.get(name=name).permissions.select_related("content_type")
    assert {f"{row.content_type.app_label}.{row.codename}" for row in rows} == set(GROUPS[name])


def test_an_auditor_reads_and_is_offered_nothing_to_change(client, by):
    registration = submitted(by, **with_exception())
    desk = sign_in(client, auditor())
    assert "Example Client" in desk.get(QUEUE).text
    page = desk.get(review_path(registration)).text
    assert "You can read this page, but you cannot decide." in page
    for control in ("<textarea", 'type="radio"', "Send the decision", 'type="date"'):
        assert control not in page
    assert "Submitted" in desk.get("/admin/audit/event/").text


def test_an_auditor_is_not_told_that_they_belong_to_the_organisation(client, by):
    desk, registration = sign_in(client, auditor()), submitted(by)
    page = desk.get(f"{QUEUE}{registration.uuid}/client/").text
    assert "Only reviewers who do not belong to Client Ltd" in page
    assert '<form method="post" action="/admin/registrations' not in page
    assert desk.post(f"{QUEUE}{registration.uuid}/suspend/", {"suspend_reason": "A leak."}).status_code == 403


def test_an_auditor_decides_nothing(client, by):
    registration = submitted(by, **with_exception())
    desk, before = sign_in(client, auditor()), state(registration)
    assert decide(desk, registration, "reject").status_code == 403
    assert decide_pkce(desk, registration, "refuse").status_code == 403
    with pytest.raises(NotAllowed):
        review.reject(registration.uuid, by=auditor("second@portal.example"), seen_version=1, note="No.")
    assert state(registration) == before


def test_an_auditor_and_a_lead_come_to_the_front_page(client, by):
    for person in (auditor(), head()):
        page = sign_in(client, person).get("/admin/").text
        assert "<h1>My work</h1>" in page
        assert ">Audit log</a>" in page


def test_a_lead_decides_but_not_on_exceptions(client, by):
    plain, excepted = submitted(by), submitted(by, **with_exception(client_name="Excepted"))
    desk = sign_in(client, head())
    assert decide(desk, plain, "approve").status_code == 302
    assert again(plain).status == "active"
    assert decide_pkce(desk, excepted, "refuse").status_code == 403


def test_a_lead_edits_the_catalogue_with_an_event(client, db):
    desk = sign_in(client, head())
    form = {"name": "cards:read", "description": "See cards.", "is_offered": "on"}
    assert desk.post("/admin/registrations/scope/add/", form).status_code == 302
    assert Event.objects.filter(verb="scope.added").count() == 1
