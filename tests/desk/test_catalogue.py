import pytest

from portal.audit.models import Event
from registrations.models import Scope, SubjectType
from tests.support.registrations import submitted

pytestmark = pytest.mark.django_db

SCOPES = "/admin/registrations/scope/"
SUBJECT_TYPES = "/admin/registrations/subjecttype/"


def events():
    return list(Event.objects.filter(verb__regex="^(scope|subject_type)").values_list("verb", "moved"))


def test_a_lead_adds_a_scope_with_an_event(leads_desk):
    form = {"name": "cards:read", "description": "See cards.", "is_offered": "on"}
    assert leads_desk.post(f"{SCOPES}add/", form)["Location"] == SCOPES
    assert Scope.objects.get(name="cards:read").is_offered
    assert events() == [("scope.added", ["scope:cards:read"])]
    assert Event.objects.get(verb="scope.added").actor == str(leads_desk.who.pseudonym)


@pytest.mark.parametrize(
    "name", ["cards", "cards read", "Cards:read", "cards:", ":read", 'cards:"', "cards:read\n\nx"]
)
def test_a_scope_has_the_form_of_scopes(leads_desk, name):
    answer = leads_desk.post(f"{SCOPES}add/", {"name": name, "description": "x"})
    assert "Write it as resource:permission" in answer.text
    assert events() == []


def test_a_lead_takes_a_scope_off_the_offer(leads_desk):
    scope = Scope.objects.get(name="tags:read")
    form = {"name": scope.name, "description": scope.description}
    leads_desk.post(f"{SCOPES}{scope.pk}/change/", form)
    scope.refresh_from_db()
    assert not scope.is_offered
    assert events() == [("scope.changed", ["scope:tags:read"])]
    assert Event.objects.get(verb="scope.changed").detail == {"is_offered": False, "tier": "normal"}


def test_a_lead_changes_the_tier_of_a_scope(leads_desk):
    scope = Scope.objects.get(name="tags:read")
    form = {"name": scope.name, "description": scope.description, "tier": "restricted", "is_offered": "on"}
    leads_desk.post(f"{SCOPES}{scope.pk}/change/", form)
    scope.refresh_from_db()
    assert scope.is_restricted
    assert Event.objects.get(verb="scope.changed").detail == {"is_offered": True, "tier": "restricted"}
    assert "Restricted" in leads_desk.get(SCOPES).text


@pytest.mark.parametrize("sent", [{"tier": ""}, {}])
def test_a_tier_that_is_left_out_stays(leads_desk, sent):
    scope = Scope.objects.get(name="accounts:write")
    form = {"name": scope.name, "description": "Changed.", "is_offered": "on"}
    leads_desk.post(f"{SCOPES}{scope.pk}/change/", form | sent)
    scope.refresh_from_db()
    assert (scope.tier, scope.description) == ("sensitive", "Changed.")


def test_a_tier_that_there_is_not_is_refused_beside_the_field(leads_desk):
    scope = Scope.objects.get(name="tags:read")
    form = {"name": scope.name, "description": "Changed.", "tier": "secret"}
    answer = leads_desk.post(f"{SCOPES}{scope.pk}/change/", form)
    assert "secret is not one of the available choices" in answer.text
    assert events() == []


def test_a_scope_in_use_keeps_its_name(leads_desk, by):
    submitted(by)
    scope = Scope.objects.get(name="users:read")
    form = {"name": "people:read", "description": "Changed.", "is_offered": "on"}
    leads_desk.post(f"{SCOPES}{scope.pk}/change/", form)
    scope.refresh_from_db()
    assert (scope.name, scope.description) == ("users:read", "Changed.")


def test_a_scope_in_use_is_not_deleted_and_says_why(leads_desk, by):
    submitted(by)
    path = f"{SCOPES}{Scope.objects.get(name='users:read').pk}/delete/"
    for answer in (leads_desk.get(path, follow=True), leads_desk.post(path, {"post": "yes"}, follow=True)):
        assert ">users:read is in use, so it cannot be deleted" in answer.text
    assert Scope.objects.filter(name="users:read").exists()
    assert events() == []


def test_a_scope_that_nobody_asked_for_is_deleted_with_an_event(leads_desk):
    path = f"{SCOPES}{Scope.objects.get(name='tags:write').pk}/delete/"
    assert leads_desk.get(path).status_code == 200
    leads_desk.post(path, {"post": "yes"})
    assert not Scope.objects.filter(name="tags:write").exists()
    assert events() == [("scope.deleted", ["scope:tags:write"])]


def test_a_subject_type_in_use_keeps_its_code(leads_desk, by):
    submitted(by, subject_type_preference="company")
    row = SubjectType.objects.get(code="company")
    leads_desk.post(f"{SUBJECT_TYPES}{row.pk}/change/", {"code": "firm", "label": "Firm", "is_offered": "on"})
    row.refresh_from_db()
    assert (row.code, row.label) == ("company", "Firm")
    answer = leads_desk.post(f"{SUBJECT_TYPES}{row.pk}/delete/", {"post": "yes"}, follow=True)
    assert "is in use" in answer.text
    assert SubjectType.objects.filter(code="company").exists()


@pytest.mark.parametrize("path", [SCOPES, SUBJECT_TYPES])
def test_several_at_once_are_not_deleted(leads_desk, path):
    count = Scope.objects.count(), SubjectType.objects.count()
    every = list(Scope.objects.values_list("pk", flat=True))
    form = {"action": "delete_selected", "_selected_action": every, "post": "yes"}
    leads_desk.post(path, form)
    assert (Scope.objects.count(), SubjectType.objects.count()) == count


@pytest.mark.parametrize("path", [SCOPES, SUBJECT_TYPES, "/admin/", "/admin/audit/event/"])
def test_the_pages_of_a_lead_open(leads_desk, path):
    assert leads_desk.get(path).status_code == 200
