"""What a partner can choose from, read in one go."""

import pytest

from registrations.models import Scope, SubjectType
from registrations.models.catalogue import offered

pytestmark = pytest.mark.django_db


def test_both_tables_come_in_one_statement_and_in_their_order(django_assert_num_queries):
    SubjectType.objects.create(code="zoo", label="An animal park")
    with django_assert_num_queries(1):
        offer = offered()
    assert offer.scopes == list(Scope.objects.values_list("name", "description"))
    assert offer.subject_types == list(SubjectType.objects.values_list("code", "label"))
    assert offer.subject_types[0] == ("zoo", "An animal park")


def test_what_is_off_the_offer_is_left_out():
    Scope.objects.filter(name="users:read").update(is_offered=False)
    SubjectType.objects.filter(code="company").update(is_offered=False)
    offer = offered()
    assert "users:read" not in dict(offer.scopes)
    assert "users:write" in dict(offer.scopes)
    assert "company" not in dict(offer.subject_types)


def test_a_scope_and_a_type_of_one_name_are_two():
    Scope.objects.create(name="company", description="A scope")
    offer = offered()
    assert dict(offer.scopes)["company"] == "A scope"
    assert dict(offer.subject_types)["company"] == "Company"
