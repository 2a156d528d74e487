"""The registry against the checks: whatever it shows is what they answer."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from registrations.rules import logos, metadata, overrides, redirect_uris, scopes, web_uris
from registrations.rules.overrides import OVERRIDABLE, OverrideRequest
from registrations.rules.pkce import RunningException
from registrations.rules.record_fields import FIELDS, place
from registrations.rules.registry import RULES, SECTIONS
from registrations.rules.rule import TITLES
from tests.rules.test_metadata import EXAMPLE, WORLD
from tests.rules.test_uri_vectors import lines
from tests.support.pictures import drawing, encoded, png

SOURCES = Path(metadata.__file__).parents[1]
RULE_ID = re.compile(r"[A-Z]-\d\d")
LISTS = {"contacts", "redirect_uris", "scope"}
ASKED_BY_VERBS = {"P-04", "K-07"}
"""What no record tells by itself: other tests ask for these."""


PICTURES = {
    "a file of 2 MiB": lambda: encoded(drawing()) + bytes(2 * 1024 * 1024),
    "a GIF": lambda: encoded(drawing(), "GIF"),
    "a PDF called logo.png": lambda: b"%PDF-1.7",
    "a photo in HEIC format": lambda: b"\0\0\0\x18ftypheic",
    "an SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a PNG of 5000 × 200 pixels": lambda: encoded(drawing((5000, 200))),
    "a WebP of 3000 × 3000 pixels": lambda: encoded(drawing((3000, 3000)), "WEBP"),
    "a PNG of two frames": lambda: encoded(
        drawing(), save_all=True, append_images=[Image.new("RGB", (512, 512), "orange")]
    ),
    "a PNG of 64 × 64 pixels": lambda: encoded(drawing((64, 64))),
    "the first half of a PNG": lambda: encoded(drawing())[: len(encoded(drawing())) // 2],
    "an icon out of an iOS app": lambda: png(512, 512).replace(b"IHDR", b"CgBI"),
    "a PNG of 600 × 300 pixels": lambda: encoded(drawing((600, 300))),
    "a PNG of 200 × 200 pixels": lambda: encoded(drawing((200, 200))),
    "a PNG of one flat colour": lambda: encoded(Image.new("RGB", (512, 512), "navy")),
    "a PNG of 512 × 512 pixels": lambda: encoded(drawing()),
}

RUNNING = RunningException(
    justification=EXAMPLE.pkce_justification,
    controls=EXAMPLE.pkce_controls,
    redirect_uris=frozenset(EXAMPLE.redirect_uris),
    scopes=frozenset(EXAMPLE.scope),
)


def ids_in_code():
    """Every rule id that stands as a text of its own outside the texts about rules."""
    for source in SOURCES.rglob("*.py"):
        if source.name != "words.py":
            nodes = ast.walk(ast.parse(source.read_text("utf-8")))
            texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
            yield from (text for text in texts if isinstance(text, str) and RULE_ID.fullmatch(text))


def record_with(rule, field, example):
    """The example's record: our own client with this one value in it."""
    changes = {"environment": example.environment} if example.environment else {}
    if field == "initiation_uri" or rule.id == "P-05":
        changes["redirect_uris"] = example.beside
    if rule.id in ("P-03", "P-09"):
        changes["pkce_support"] = "exception_requested"
    if rule.id == "P-08":
        changes["redirect_uris"] = example.beside
    return replace(EXAMPLE, **changes, **{field: value_of(field, example)})


def value_of(field, example):
    if field == "confidential":
        return example.value == "ticked"
    if field == "scope":
        return tuple(example.value.split())
    return (*example.beside, example.value) if field in LISTS else example.value


def answers(rule, example, field=None):
    """The findings about the field of the example."""
    field = field or rule.fields[0]
    if field == "logo":
        return list(logos.inspect(PICTURES[example.value]()).findings)
    if rule.id == "G-06":
        return answers_to_asking(example.value)
    if rule.id == "S-07":
        given = [("users:read", example.value)]
        return scopes.check_reasons(["users:read"], given, reasoned=WORLD.scopes)
    if field == "scope":
        return scopes.check(example.value, catalogue=WORLD.scopes, environment=example.environment)
    taken = example.beside if field == "client_name" else ()
    context = replace(WORLD, taken=taken, exception=RUNNING if rule.id == "P-08" else None)
    found = metadata.check(record_with(rule, field, example), context)
    return [finding for finding in found if finding.field == field]


def answers_to_asking(reason):
    record = replace(EXAMPLE, client_name="Pleora for Pleo")
    asked = [OverrideRequest("N-05", record.client_name, reason)]
    return [one for one in overrides.check(record, WORLD, requested=asked) if one.rule == "G-06"]


def examples(kind):
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES.values()
        if rule.id not in ASKED_BY_VERBS
        for number, example in enumerate(getattr(rule, kind), 1)
    ]


def test_every_rule_that_code_answers_with_is_registered_and_no_other():
    assert set(ids_in_code()) == set(RULES)


def test_no_rule_is_registered_twice():
    assert sum(len(section.rules) for section in SECTIONS) == len(RULES)


def test_sections_stand_in_the_order_of_the_form():
    first_fields = [place(section.rules[0].fields[0]) for section in SECTIONS[:-1]]
    assert first_fields == sorted(first_fields)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_told_whole(rule):
    assert rule.fields
    assert set(rule.fields) <= set(FIELDS)
    assert re.fullmatch("[a-z_0-9]+", rule.code)
    assert all([rule.statement, rule.why, rule.source, rule.bad, rule.good])


def test_a_rule_is_named_and_weighed_in_words():
    assert RULES["R-09"].title == "Characters"
    assert RULES["R-23"].title == "HTTPS required"
    assert RULES["R-23"].rejects
    assert not RULES["R-61"].rejects


def test_what_can_be_overridden_is_marked():
    assert {rule.id for rule in RULES.values() if rule.overridable} == OVERRIDABLE


@pytest.mark.parametrize(("rule", "example"), examples("bad"))
def test_bad_example_is_answered_with_exactly_its_rule(rule, example):
    found = answers(rule, example)
    assert [(finding.rule, finding.severity) for finding in found] == [(rule.id, rule.severity)]


@pytest.mark.parametrize(("rule", "example"), examples("good"))
def test_good_example_is_not_answered_with_its_rule(rule, example):
    found = answers(rule, example)
    assert rule.id not in [finding.rule for finding in found]
    assert not [finding for finding in found if finding.rejects]


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.values() if len(rule.fields) > 1], ids=lambda rule: rule.id
)
def test_bad_example_is_refused_in_every_field_of_its_rule(rule):
    if rule.id != "G-06":
        for field in rule.fields:
            assert rule.id in [finding.rule for finding in answers(rule, rule.bad[0], field)]


@pytest.mark.parametrize("vector", lines("redirect_uris.jsonl"))
def test_redirect_uri_rules_weigh_what_the_registry_says(vector):
    found = redirect_uris.check(
        vector["uri"], environment=vector.get("env"), existing=vector.get("existing", ())
    )
    assert all(RULES[finding.rule].severity is finding.severity for finding in found)


@pytest.mark.parametrize("vector", lines("other_uris.jsonl"))
def test_page_rules_weigh_what_the_registry_says(vector):
    found = web_uris.check(
        vector["field"],
        vector["uri"],
        client_uri=vector.get("client_uri"),
        redirect_uris=vector.get("redirect_uris", ()),
    )
    assert all(RULES[finding.rule].severity is finding.severity for finding in found)
    assert all(vector["field"] in RULES[finding.rule].fields for finding in found)


def test_every_title_that_is_told_apart_is_some_rules():
    assert set(TITLES) <= {rule.code for rule in RULES.values()}
