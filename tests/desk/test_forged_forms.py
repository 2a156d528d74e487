import pytest
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.db.models import F

from portal.audit.models import Event
from registrations.models import (
    ClientSecret,
    Draft,
    PkceException,
    Registration,
    Revision,
    Scope,
    SubjectType,
)
from tests.desk.pages import QUEUE, review_path
from tests.support.registrations import approved, submitted

pytestmark = pytest.mark.django_db

KEPT = (Registration, Revision, Draft, PkceException, ClientSecret, Scope, SubjectType)


def rows():
    return {model: serializers.serialize("json", model.objects.order_by("pk")) for model in KEPT}


def every_field(row):
    forged = {field.name: "1" for field in Registration._meta.fields}
    forged |= {"status": "active", "client_id": str(row.uuid), "version": "99", "environment": "production"}
    forged |= {"_save": "Save", "_continue": "1", "post": "yes", "action": "delete_selected"}
    return forged | {"_selected_action": str(row.pk), "select_across": "1", "form-TOTAL_FORMS": "1"}


@pytest.mark.parametrize(
    "tail",
    ["", "add/", "{pk}/", "{pk}/change/", "{pk}/delete/", "{pk}/history/", "{uuid}/change/", "export/"],
)
def test_forged_forms_of_the_stock_admin_change_nothing(leads_desk, by, tail):
    live = approved(by, leads_desk.who)
    row = submitted(by, client_name="Second Client")
    before = rows()
    for each in (live, row):
        path = QUEUE + tail.format(pk=each.pk, uuid=each.uuid)
        assert leads_desk.post(path, every_field(each)).status_code in (200, 302, 403, 404)
    assert rows() == before


def test_forged_keys_beside_a_decision_change_nothing_else(desk, by, waiting):
    form = every_field(waiting) | {"decision": "reject", "note": "No.", "seen_version": 1}
    untouched = Registration.objects.values().exclude(pk=None)
    before = list(untouched)
    desk.post(review_path(waiting), form)
    after = list(untouched)
    assert [row | {"version": 0} for row in after] == [row | {"version": 0} for row in before]
    assert waiting.revisions.get().status == "rejected"


@pytest.mark.parametrize("model", ["scope", "subjecttype"])
@pytest.mark.parametrize("tail", ["", "add/", "{pk}/change/", "{pk}/delete/", "{pk}/history/"])
def test_a_reviewer_does_not_edit_the_catalogue(desk, model, tail):
    row = {"scope": Scope, "subjecttype": SubjectType}[model].objects.first()
    before = rows()
    path = f"/admin/registrations/{model}/{tail.format(pk=row.pk)}"
    form = {"name": "a:b", "description": "x", "code": "x", "label": "x", "post": "yes"}
    assert desk.post(path, form).status_code == 403
    assert desk.get(path).status_code == 403
    assert rows() == before


@pytest.mark.parametrize(
    "model", ["clientsecret", "draft", "logo", "revision", "redirecturi", "requestedscope", "pkceexception"]
)
def test_what_only_verbs_may_change_has_no_pages(leads_desk, model):
    for tail in ("", "add/", "1/change/", "1/delete/"):
        assert leads_desk.get(f"/admin/registrations/{model}/{tail}").status_code == 404


def test_the_admins_own_history_holds_nothing_of_registrations(desk, waiting):
    desk.post(review_path(waiting), {"decision": "approve", "seen_version": 1})
    assert not LogEntry.objects.exists()
    assert not Registration.objects.filter(version__lt=F("revision_count")).exists()


def test_a_lead_reads_the_audit_log_and_changes_nothing(leads_desk, waiting):
    event = Event.objects.filter(verb="revision.submitted").get()
    assert "revision.submitted" in leads_desk.get("/admin/audit/event/").text
    path = f"/admin/audit/event/{event.pk}/change/"
    assert leads_desk.get(path).status_code == 200
    assert leads_desk.post(path, {"verb": "other"}).status_code == 403
    assert leads_desk.post(f"/admin/audit/event/{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_reviewer_does_not_read_the_audit_log(desk):
    assert desk.get("/admin/audit/event/").status_code == 403


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("registrations/scope", {"name__regex": "("}),
        ("registrations/scope", {"id__in": "9" * 20}),
        ("registrations/subjecttype", {"pk__regex": "*"}),
        ("registrations/decisionreason", {"code__regex": "("}),
        ("audit/event", {"actor__regex": "{{"}),
        ("audit/event", {"at__year": "0"}),
        ("audit/event", {"moved__contains": "x"}),
    ],
)
def test_no_address_narrows_a_list_beyond_its_filters(leads_desk, waiting, model, query):
    assert leads_desk.get(f"/admin/{model}/", query).status_code == 400


def test_the_filters_beside_a_list_narrow_it(leads_desk, waiting):
    for model, query in (
        ("registrations/scope", {"tier__exact": "restricted", "is_offered__exact": "1"}),
        ("audit/event", {"outcome": "done"}),
    ):
        assert leads_desk.get(f"/admin/{model}/", query).status_code == 200
