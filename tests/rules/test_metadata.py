"""The whole record: every field at once, and the difference of two records."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.differences import difference, difference_of_override_requests, is_same
from registrations.models import Revision
from registrations.rules import metadata
from registrations.rules.logos import LogoTraits
from registrations.rules.metadata import Metadata, RuleContext
from registrations.rules.overrides import OverrideRequest
from registrations.rules.record_fields import FIELDS, LABELS, Kind
from registrations.rules.vocabulary import MAX_TEXT_LENGTH

WORLD = RuleContext(
    scopes=frozenset({"test:test", "users:read", "users:write"}),
    subject_types=frozenset({"company", "organisation"}),
)
EXAMPLE = Metadata(
    client_name="Example Client",
    client_uri="https://client.example/",
    tos_uri="https://client.example/legal/tos.html",
    policy_uri="https://client.example/legal/privacy.pdf",
    contacts=("name.surname@client.example",),
    redirect_uris=("https://client.example/callback",),
    scope=("test:test", "users:read", "users:write"),
    confidential=True,
)


def found(context=WORLD, waived=(), **changed):
    answers = metadata.check(replace(EXAMPLE, **changed), context, waived)
    return [(finding.field, finding.rule) for finding in answers]


def test_documents_own_example_passes_without_a_note():
    assert found() == []


def test_a_client_does_not_leave_its_environment():
    at_home = replace(WORLD, environment="staging")
    assert found(at_home, environment="staging") == []
    assert found(at_home, environment="production", scope=("users:read",)) == [("environment", "K-07")]
    assert found(at_home, environment="testing") == [("environment", "E-01")]


def test_everything_missing_is_told_at_once_in_the_order_of_the_form():
    answers = metadata.check(Metadata(environment="", pkce_support=""), WORLD)
    assert [finding.field for finding in answers] == [
        "client_name",
        "client_uri",
        "tos_uri",
        "policy_uri",
        "contacts",
        "environment",
        "redirect_uris",
        "scope",
        "pkce_support",
        "confidential",
    ]
    assert all(finding.rejects for finding in answers)


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"client_name": ""}, ("client_name", "N-01")),
        ({"client_name": "Pleo"}, ("client_name", "N-05")),
        ({"contacts": ()}, ("contacts", "C-01")),
        ({"redirect_uris": ()}, ("redirect_uris", "R-01")),
        ({"redirect_uris": ("https://client.example/*",)}, ("redirect_uris", "R-06")),
        ({"scope": ()}, ("scope", "S-01")),
        ({"scope": ("nope",)}, ("scope", "S-04")),
        ({"initiation_uri": "https://client.example/callback"}, ("initiation_uri", "U-11")),
        ({"configuration_uri": "http://client.example/"}, ("configuration_uri", "U-03")),
        ({"environment": "live"}, ("environment", "E-01")),
        ({"pkce_support": "maybe"}, ("pkce_support", "P-01")),
        ({"pkce_support": "exception_requested"}, ("pkce_justification", "P-03")),
        ({"pkce_controls": "x" * 4001}, ("pkce_controls", "P-03")),
        ({"pkce_justification": "x" * 4001}, ("pkce_justification", "P-03")),
        ({"subject_type_preference": "person"}, ("subject_type_preference", "T-03")),
        ({"confidential": False}, ("confidential", "G-08")),
    ],
)
def test_one_wrong_field_is_one_finding(changed, answer):
    assert found(**changed) == [answer]


@pytest.mark.parametrize(
    "changed",
    [
        {"subject_type_preference": "company"},
        {"pkce_justification": "x" * 4000},
        {"initiation_uri": "https://client.example/start"},
        {"logo_digest": "0" * 64},
    ],
)
def test_optional_fields_may_be_filled(changed):
    assert found(**changed) == []


def test_production_has_rules_of_its_own():
    answers = found(
        environment="production", redirect_uris=("http://localhost/cb", "https://client.example/cb")
    )
    assert answers == [("redirect_uris", "R-64"), ("scope", "S-05")]


def test_page_on_another_site_is_noted():
    assert found(policy_uri="https://other.example/privacy") == [("policy_uri", "U-08")]


def test_name_of_anothers_client_is_noted():
    assert found(context=replace(WORLD, taken=("EXAMPLE client",))) == [("client_name", "N-10")]


@pytest.mark.parametrize(
    ("traits", "rules"),
    [
        (LogoTraits(512, 512, is_blank=False), []),
        (LogoTraits(600, 587, is_blank=False), ["L-06"]),
        (LogoTraits(128, 128, is_blank=True), ["L-06", "L-10"]),
    ],
)
def test_logo_is_noted_by_what_is_known_of_it(traits, rules):
    context = replace(WORLD, logo=traits)
    assert found(context=context, logo_digest="0" * 64) == [("logo", rule) for rule in rules]
    assert found(context=context) == []


def test_waivers_reach_every_field():
    waived = {("N-05", "Pleo Sync"), ("C-07", "a@yopmail.com")}
    assert found(client_name="Pleo Sync", contacts=("a@yopmail.com",), waived=waived) == []


def test_attestation_says_why_it_is_asked():
    (finding,) = metadata.check(replace(EXAMPLE, confidential=False), WORLD)
    assert "Only confidential clients are supported" in finding.message


def test_version_of_the_rules_is_a_day():
    assert len(metadata.RULES_VERSION.split("-")) == 3


CHANGED = {
    "client_name": "Another Client",
    "client_uri": "https://client.example/home",
    "logo": "f" * 64,
    "tos_uri": "https://client.example/terms",
    "policy_uri": "https://client.example/privacy",
    "contacts": ("other@client.example",),
    "initiation_uri": "https://client.example/start",
    "configuration_uri": "https://client.example/settings",
    "environment": "production",
    "redirect_uris": ("https://client.example/callback", "https://client.example/other"),
    "scope": ("users:read",),
    "pkce_support": "exception_requested",
    "pkce_justification": "It cannot be done in our till.",
    "pkce_controls": "One fixed address.",
    "pkce_wished_end": "2027-03-31",
    "subject_type_preference": "company",
    "confidential": False,
}


def test_every_field_of_a_record_is_compared():
    attributes = {field.name.replace("logo_digest", "logo") for field in fields(Metadata)}
    assert attributes - {"scope_reasons", "pkce_renewal"} == set(CHANGED) == set(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_change_of_one_field_is_the_whole_difference(field):
    attribute = "logo_digest" if field == "logo" else field
    (change,) = difference(EXAMPLE, replace(EXAMPLE, **{attribute: CHANGED[field]}))
    assert (change.field, change.label) == (field, LABELS[field])
    assert (change.old, change.new) == (getattr(EXAMPLE, attribute), CHANGED[field])


def test_lists_tell_what_came_and_went():
    changed = replace(EXAMPLE, scope=("users:read", "accounts:read"))
    (change,) = difference(EXAMPLE, changed)
    assert change.added == ("accounts:read",)
    assert change.removed == ("test:test", "users:write")


def test_another_reason_for_the_same_scope_stands_among_the_scopes():
    before = replace(EXAMPLE, scope_reasons=(("users:read", "Because."),))
    (change,) = difference(before, replace(EXAMPLE, scope_reasons=(("users:read", "It greets people."),)))
    assert (change.field, change.added) == ("scope", ("users:read: It greets people.",))
    assert change.removed == ("users:read: Because.",)


def test_another_reason_for_the_same_question_is_told():
    before, after = (
        OverrideRequest("N-05", "Pleo Archive", reason) for reason in ("A museum.", "A founder.")
    )
    (change,) = difference_of_override_requests([before], [after])
    assert (change.field, change.label) == ("review_asked", "What Pleo is asked to accept")
    assert (change.removed, change.added) == (
        ("N-05 Pleo Archive: A museum.",),
        ("N-05 Pleo Archive: A founder.",),
    )
    assert difference_of_override_requests([before], [before]) == []


def test_reasons_are_asked_of_the_whole_record():
    context = replace(WORLD, reasoned=frozenset({"users:read"}))
    (found,) = metadata.check(EXAMPLE, context)
    assert (found.rule, found.field, found.excerpt) == ("S-07", "scope", "users:read")
    reasons = (("users:read", "Our till greets each of them."),)
    assert metadata.check(replace(EXAMPLE, scope_reasons=reasons), context) == []


def test_the_same_in_another_order_is_the_same_to_a_reviewer():
    assert is_same(EXAMPLE, replace(EXAMPLE, scope=EXAMPLE.scope[::-1]))
    reasons = (("users:read", "It greets people."),)
    assert not is_same(EXAMPLE, replace(EXAMPLE, scope_reasons=reasons))


def test_equal_records_do_not_differ():
    assert difference(EXAMPLE, replace(EXAMPLE)) == []


def test_order_and_repeats_do_not_differ():
    changed = replace(EXAMPLE, scope=("users:write", "users:read", "test:test", "test:test"))
    assert difference(EXAMPLE, changed) == []


@given(
    st.builds(
        Metadata,
        **{
            field.name: {
                "contacts": st.lists(st.text()).map(tuple),
                "redirect_uris": st.lists(st.text()).map(tuple),
                "scope": st.lists(st.text()).map(tuple),
                "scope_reasons": st.lists(st.tuples(st.text(), st.text())).map(tuple),
                "confidential": st.booleans(),
                "logo_digest": st.none(),
            }.get(field.name, st.text())
            for field in fields(Metadata)
        },
    )
)
def test_nothing_raises(record):
    metadata.check(record, WORLD)
    difference(EXAMPLE, record)


@pytest.mark.parametrize(
    "field", [name for name, field in FIELDS.items() if field.kind in (Kind.LINE, Kind.ADDRESS, Kind.TEXT)]
)
def test_a_text_is_as_long_as_its_column_and_no_longer(field):
    limit = Revision._meta.get_field(field).max_length or MAX_TEXT_LENGTH
    start = "https://client.example/" if FIELDS[field].kind is Kind.ADDRESS else ""
    longest = start.ljust(limit, "x")
    assert found(**{field: longest}) == []
    assert [name for name, _ in found(**{field: longest + "x"})] == [field]
