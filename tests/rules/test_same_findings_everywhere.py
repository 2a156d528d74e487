"""One engine behind every entry point: each vector, through each entry point, to the same findings.

An entry point takes a record and a context, and answers with what it tells the person who brought them; a
new one is a function more in ENTRY_POINTS. What the form does before (it cleans lines) has its own table
in tests/pages/test_registration_form.py; a record that the form would change answers ``None``.
"""

import json
from collections import defaultdict
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import chain, cycle, zip_longest
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from hypothesis import given

from portal.models import LimitCounter
from registrations.domain.client_metadata import as_json
from registrations.domain.document_reading import read
from registrations.domain.draft_data import metadata_of
from registrations.domain.json_documents import parse
from registrations.draft_checks import DraftChecks
from registrations.forms.controls import lines_of
from registrations.forms.registration_form import RegistrationForm
from registrations.models import Revision
from registrations.models.catalogue import Offer, offered
from registrations.models.revision import rule_context
from registrations.rules import metadata
from registrations.rules.client_names import normalise
from registrations.rules.findings import Finding, Severity, rejections
from registrations.rules.metadata import Metadata, RuleContext, value_of
from registrations.rules.vocabulary import Environment
from tests.domain.test_client_metadata import RECORDS
from tests.rules.test_metadata import EXAMPLE
from tests.rules.test_scopes import CATALOGUE
from tests.support import people
from tests.support.forms import as_posted

VECTORS = Path(__file__).parents[1] / "vectors"


# The entry points


def through_the_model(record, context):
    """The immutable row, cleaned in memory: nothing that is rejected gets past it."""
    revision = Revision.of_record(
        record, context=context, number=1, rules_version="1", submitted_at=datetime.now(UTC)
    )
    refused = {}
    try:
        revision.full_clean(
            exclude=["registration", "submitted_by", "logo", "subject_type_preference"],
            validate_unique=False,
            validate_constraints=False,
        )
    except ValidationError as error:
        refused = {(field, one.code) for field, all_ in error.error_dict.items() for one in all_}
    assert {(found.field, found.rule) for found in rejections(revision.found)} <= set(refused)
    return revision.found


def through_the_form(record, context):
    """What the edit page shows after a save."""
    form = filled_in(record, context)
    if not form.is_valid() or metadata_of(form.draft_data(), logo_digest=None) != record:
        return None
    if context.taken:
        return metadata.check(metadata_of(form.draft_data(), logo_digest=None), context)
    return form.checks.check(form.draft_data()).for_partner()


def through_the_import(record, context):
    """The draft that a document filled, with what no document can bring."""
    document = json.dumps(as_json(record))
    missing = {
        name: getattr(record, name)
        for name in ("confidential", "pkce_justification", "pkce_controls", "pkce_wished_end")
    } | {"scope_reasons": dict(record.scope_reasons)}
    filled = read(parse(document)).data | missing
    return metadata.check(metadata_of(filled, logo_digest=None), context)


def through_the_live_check(record, context):
    """What the page is told while somebody types, read back from the answer's JSON."""
    if context.taken:
        return None
    form = filled_in(record, context)
    if not form.is_valid() or metadata_of(form.draft_data(), logo_digest=None) != record:
        return None
    answer = {"findings": [finding.as_json() | {"href": ""} for finding in form.live_findings()]}
    return findings_in(json.loads(json.dumps(answer)))


ENTRY_POINTS = {
    "model": through_the_model,
    "form": through_the_form,
    "import": through_the_import,
    "live check": through_the_live_check,
}


def filled_in(record, context):
    """A form of that context, in which the record was typed."""
    offer = Offer(
        [(name, "") for name in context.scopes],
        [(code, "") for code in context.subject_types],
        dict.fromkeys(context.reasoned, "sensitive"),
    )
    posted = QueryDict(mutable=True)
    for name, value in as_posted(typed(record)).items():
        if name == "scope_reasons":
            continue
        posted.setlist(name, value if isinstance(value, list) else [value])
    for name, reason in record.scope_reasons:
        posted[f"scope-reason-{name}"] = reason
    return RegistrationForm(posted, MultiValueDict(), checks=DraftChecks(offer, None))


def findings_in(answer):
    """The findings of an answer's JSON."""
    for one in answer["findings"]:
        one["severity"] = Severity(one["severity"])
        del one["href"]
    return [Finding(**one) for one in answer["findings"]]


def aloud(name, record, found):
    """As much of the findings as an entry point tells: nobody is told off while they type for what they
    have not come to yet."""
    return [one for one in found if name != "live check" or value_of(record, one.field)]


def typed(record):
    """The record as a draft holds it."""
    values = {field.name: getattr(record, field.name) for field in fields(Metadata)}
    values.pop("logo_digest")
    values["scope_reasons"] = dict(values["scope_reasons"])
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


# The vectors


def redirect_uri(vector):
    listed = (*vector.get("existing", ()), vector["uri"])
    record = replace(EXAMPLE, redirect_uris=listed, environment=vector.get("env", "staging"))
    return record, (), "redirect_uris", len(listed) - 1


def page(vector):
    changed = {"client_uri": vector.get("client_uri", ""), vector["field"]: vector["uri"]}
    callbacks = tuple(vector.get("redirect_uris", ()))
    return replace(EXAMPLE, redirect_uris=callbacks, **changed), (), vector["field"], None


def client_name(vector):
    record = replace(EXAMPLE, client_name=normalise(vector["name"]))
    return record, tuple(vector.get("taken", ())), "client_name", None


def contact(vector):
    listed = (*vector.get("existing", ()), vector["contact"])
    return replace(EXAMPLE, contacts=listed), (), "contacts", len(listed) - 1


def scope(vector):
    listed = tuple(dict.fromkeys(vector["scope"].split(" "))) if vector["scope"] else ()
    return replace(EXAMPLE, scope=listed, environment=vector.get("env", "staging")), (), "scope", None


FILES = {
    "redirect_uris": redirect_uri,
    "other_uris": page,
    "client_names": client_name,
    "contacts": contact,
    "scopes": scope,
}


def vectors():
    for name, build in FILES.items():
        lines = (VECTORS / f"{name}.jsonl").read_text("utf-8").split("\n")
        for number, line in enumerate(lines, 1):
            if line:
                yield pytest.param(build, json.loads(line), id=f"{name}-{number}")


VECTOR_LINES = list(vectors())


def rule_context_of(taken=()):
    return RuleContext(scopes=CATALOGUE, subject_types=frozenset({"company"}), taken=taken)


def changed_by_the_form(record):
    """Whether an entry is none, or has line ends in it or blanks round it."""
    return any(lines_of("\n".join(one)) != list(one) for one in (record.redirect_uris, record.contacts))


def unstorable(record):
    return "\\u0000" in json.dumps(typed(record))


@pytest.mark.parametrize(("build", "vector"), VECTOR_LINES)
def test_every_entry_point_gives_the_verdict_of_the_rule_book(build, vector):
    record, taken, field, index = build(vector)
    for name, entry_point in ENTRY_POINTS.items():
        found = entry_point(record, rule_context_of(taken))
        if found is None or (name == "live check" and not value_of(record, field)):
            continue
        about = [one for one in found if one.field == field and index in (one.index, None)]
        verdict = (about[0].severity.value, about[0].rule) if about else ("accept", vector["rule"])
        assert verdict == (vector["verdict"], vector["rule"]), name


@pytest.mark.parametrize(("build", "vector"), VECTOR_LINES)
def test_every_entry_point_says_all_that_the_engine_says(build, vector):
    record, taken, *_ = build(vector)
    expected = metadata.check(record, rule_context_of(taken))
    for name, entry_point in ENTRY_POINTS.items():
        assert entry_point(record, rule_context_of(taken)) in (None, aloud(name, record, expected)), name


@pytest.mark.parametrize(("build", "vector"), VECTOR_LINES)
def test_only_the_form_changes_anything_before_and_only_what_its_table_says(build, vector):
    record, taken, *_ = build(vector)
    silent = {
        name
        for name, entry_point in ENTRY_POINTS.items()
        if entry_point(record, rule_context_of(taken)) is None
    }
    of_the_form = {"form", "live check"} if changed_by_the_form(record) or unstorable(record) else set()
    assert silent == of_the_form | ({"live check"} if taken else set())


def batches():
    """The vectors' values, one of each field to a record, and of the lists twenty."""
    values = defaultdict(list)
    for build, vector in (line.values for line in VECTOR_LINES):
        record, _, field, _ = build(vector)
        if not changed_by_the_form(record) and not unstorable(record):
            values[field].append(getattr(record, field))
    for field in ("redirect_uris", "contacts"):
        listed = values[field]
        values[field] = [tuple(chain(*listed[at : at + 20])) for at in range(0, len(listed), 20)]
    for row, environment in zip(zip_longest(*values.values()), cycle(Environment), strict=False):
        given_values = {field: value for field, value in zip(values, row, strict=True) if value is not None}
        yield replace(EXAMPLE, environment=environment.value, **given_values)


@pytest.mark.django_db
def test_the_live_check_answers_every_vector_over_http(partner):
    """With the catalogue of the database, so that nothing stands between it and the engine."""
    browser = people.sign_in(Client(), partner)
    context = rule_context(offered(), "", None)
    for record in batches():
        LimitCounter.objects.all().delete()
        answer = browser.post(reverse("registrations:live_check"), as_posted(typed(record)))
        expected = aloud("live check", record, metadata.check(record, context))
        assert findings_in(answer.json()) == expected, record


@given(RECORDS)
def test_no_record_makes_the_entry_points_differ(record):
    expected = metadata.check(record, rule_context_of())
    for name, entry_point in ENTRY_POINTS.items():
        assert entry_point(record, rule_context_of()) in (None, aloud(name, record, expected)), name
