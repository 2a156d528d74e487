"""Which names another organisation's clients have (rule N-10): found by the index, told to nobody."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrations.models import Registration, Revision
from registrations.models.catalogue import offered
from registrations.models.revision import rule_context
from registrations.rules import client_names
from registrations.workflow import client, drafting, review
from tests.support.people import home
from tests.support.registrations import a_draft, approved, change, submitted

MANY = 3_000
DISGUISES = {
    "a": "a4\u0430\u03b1\U0001f170\u00e4\uff21",
    "c": "cC\u0441\u03f2",
    "m": "mM",
    "e": "eE3\u0435\u00e9",
    " ": [" ", "", "-", "  ", "\u00a0", " & "],
    "b": "b8\u042c\uff42",
    "i": "iI1l\u0456",
    "l": "l1I\u217c",
    "o": "o0O\u043e\u03bf",
}


@pytest.fixture
def elsewhere(stranger, reviewer):
    """Another organisation's live client."""
    return approved(stranger, reviewer, client_name="Acme Mobile")


def taken(name, by):
    return rule_context(offered(), name, home(by).pk).taken


def rules_of(revision):
    return [finding["rule"] for finding in revision.findings]


@pytest.mark.parametrize("name", ["Acme Mobile", "ACME-MOBILE", "\u0410cm\u0435 Mob1le"])
def test_another_organisations_client_is_found(elsewhere, partner, name):
    assert taken(name, partner) == ("Acme Mobile",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.tuples(*(st.sampled_from(list(DISGUISES[letter])) for letter in "acme mobile")))
def test_no_disguise_hides_a_name(elsewhere, partner, drawn):
    name = "".join(drawn)
    assert client_names.skeleton(name) == client_names.skeleton("Acme Mobile")
    assert taken(name, partner) == ("Acme Mobile",)


def test_what_is_under_review_elsewhere_counts_already(stranger, partner):
    submitted(stranger, client_name="Acme Mobile")
    assert taken("Acme Mobile", partner)


def test_ones_own_other_registrations_never_count(partner, colleague, reviewer):
    approved(partner, reviewer, client_name="Acme Mobile")
    there = {"environment": "production", "scope": ["users:read"]}
    production = submitted(colleague, client_name="Acme Mobile", **there)
    assert rules_of(production.revisions.get()) == []


def test_what_nobody_handed_in_does_not_count(stranger, partner):
    a_draft(stranger, client_name="Acme Mobile")
    assert not taken("Acme Mobile", partner)


@pytest.mark.parametrize("decide", [review.reject, review.request_changes])
def test_what_came_back_does_not_count(stranger, partner, reviewer, decide):
    registration = submitted(stranger, client_name="Acme Mobile")
    decide(registration.uuid, by=reviewer, seen_version=1, note="No.")
    assert not taken("Acme Mobile", partner)


def test_what_was_withdrawn_does_not_count(stranger, partner):
    drafting.withdraw(submitted(stranger, client_name="Acme Mobile").uuid, by=stranger)
    assert not taken("Acme Mobile", partner)


def test_a_name_that_was_given_up_does_not_count(elsewhere, stranger, partner, reviewer):
    change(elsewhere, stranger, client_name="Zed")
    drafting.submit(elsewhere.uuid, by=stranger)
    assert taken("Acme Mobile", partner)
    review.approve(elsewhere.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    assert not taken("Acme Mobile", partner)
    assert taken("Zed", partner)


def test_a_suspended_client_counts_and_a_closed_one_does_not(elsewhere, stranger, partner, reviewer):
    client.suspend(elsewhere.uuid, by=reviewer, reason="The terms of service have gone.")
    assert taken("Acme Mobile", partner)
    client.close(elsewhere.uuid, by=stranger)
    assert not taken("Acme Mobile", partner)


def test_submitting_keeps_the_finding_with_the_revision(elsewhere, partner):
    assert rules_of(submitted(partner, client_name="acme mobile").revisions.get()) == ["N-10"]


def test_a_revision_cleaned_by_itself_looks_for_itself(elsewhere, partner):
    revision = submitted(partner, client_name="Zed").revisions.get()
    revision.client_name = "acme mobile"
    revision.clean()
    assert rules_of(revision) == ["N-10"]


@pytest.mark.parametrize("name", ["", " ", "\u20ac", "\ud800", "\x00"])
def test_without_a_name_nothing_is_asked(partner, name, django_assert_num_queries):
    offer, organisation = offered(), home(partner)
    with django_assert_num_queries(0):
        assert rule_context(offer, name, organisation.pk).taken == ()


@pytest.mark.parametrize("name", ["\ud800a", "a\x00", "\ufdfa" * 80, "a" * 4_000])
def test_no_name_is_too_odd_to_ask_for(partner, name, django_assert_num_queries):
    offer, organisation = offered(), home(partner)
    with django_assert_num_queries(1):
        assert rule_context(offer, name, organisation.pk).taken == ()


def test_while_the_organisation_is_open_nothing_is_asked(elsewhere, django_assert_num_queries):
    offer = offered()
    with django_assert_num_queries(0):
        assert rule_context(offer, "Acme Mobile", None).taken == ()


def test_among_many_the_index_finds_it(elsewhere, partner):
    copies(elsewhere, MANY)
    assert taken("acme mobile", partner) == ("Acme Mobile",)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = Revision.objects.taking_name("acme mobile", home(partner).pk).order_by()
    plan = asked.values_list("client_name", flat=True)[:1].explain()
    assert "revision_by_name_skeleton" in plan
    assert not re.search(r"Seq Scan|\bSCAN\b", plan)


def copies(registration, number):
    """So many live clients with names of their own, beside the one that is there."""
    live = registration.revisions.get()
    rows = [Registration(organisation=registration.organisation) for _ in range(number)]
    for row in rows:
        row.created_by, row.status, row.client_id = registration.created_by, "active", uuid4()
        row.activated_at, row.environment = registration.activated_at, "staging"
    Registration.objects.bulk_create(rows)
    columns = [field for field in Revision._meta.concrete_fields if field.name not in ("id", "uuid")]
    Revision.objects.bulk_create(
        Revision(
            **{field.attname: getattr(live, field.attname) for field in columns}
            | {"registration_id": row.pk, "client_name": f"Client {position}"}
        )
        for position, row in enumerate(rows)
    )
