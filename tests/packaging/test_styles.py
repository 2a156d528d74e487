"""The stylesheets: classes that something writes, values that are tokens, and copies as they were taken."""

import hashlib
import re

import pytest

from tests.packaging.surroundings import ROOT

pytestmark = pytest.mark.once

BOOTSTRAP = ROOT / "static/vendor/bootstrap/bootstrap.min.css"
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
BY_LIBRARIES = {
    *("asteriskField", "btn-outline-secondary", "form-label", "form-text", "invalid-feedback"),
    *("results", "small"),
}
"""Written by Bootstrap's forms and by Django's admin."""
BY_ADMIN = {"default", "module"}
"""Styled by Django's admin."""
FILLED_IN = {"desk-added", "desk-removed"}
BEGINNINGS = ("desk-state-", "field-", "finding-", "model-", "rule-", "status-")
"""What templates, and Django's admin, end with a state, a severity, a column or a model."""


def in_templates():
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"{% block bodyclass %}(.*?){% endblock %}", r'class="\1"', path.read_text())
        for names in re.findall(r'class="((?:{[{%].*?[%}]}|[^"])*)"', text):
            yield from re.sub(r"{%.*?%}|{{.*?}}", " ", names).split()


def in_code():
    """In Python with a hyphen or as a class, since the words of the portal are no classes."""
    for path in (ROOT / "registrations").rglob("*.py"):
        text = path.read_text()
        yield from re.findall(r"\w+(?:-\w+)+", text)
        yield from " ".join(re.findall(r'class(?:=|": )"([^"]*)"', text)).split()
    for path in (ROOT / "static/js").rglob("*.js"):
        yield from re.findall(r"[\w-]+", " ".join(re.findall(r'"([^"\n]*)"', path.read_text())))


def looked_for(path):
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    return {name for rule in re.findall(r"([^{}]+){", rules) for name in re.findall(r"\.([a-z][\w-]*)", rule)}


def test_no_stylesheet_looks_for_a_class_that_nothing_writes():
    written = {*in_templates(), *in_code()} | BY_LIBRARIES | FILLED_IN
    left = {path.name: sorted(looked_for(path) - written) for path in STYLES}
    assert [name for names in left.values() for name in names if not name.startswith(BEGINNINGS)] == []


def test_no_template_writes_a_class_that_no_stylesheet_has():
    """So a part of Bootstrap that a page uses is among those that were built."""
    styled = set().union(*map(looked_for, [*STYLES, BOOTSTRAP])) | BY_ADMIN
    assert [
        name for name in sorted({*in_templates()} - styled) if not name.startswith(("desk-", *BEGINNINGS))
    ] == []


@pytest.mark.parametrize("path", [p for p in STYLES if p.name != "tokens.css"], ids=lambda p: p.stem)
def test_colours_sizes_of_type_and_radii_are_tokens(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    values = re.findall(r"^ *(font-size|font-weight|font-family|border-radius): ([^;]+);", text, re.MULTILINE)
    plain = re.compile(r"0|inherit|50%|[\d.]+em|var\(--[\w-]+\)")
    assert [value for value in values if not plain.fullmatch(value[1])] == []
    assert re.findall(r"(?<!%23)#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", text) == []


def test_copies_of_others_styles_and_fonts_are_those_that_were_checked():
    folder = ROOT / "static/vendor"
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    kept = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    found.pop("SHA256SUMS")
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == kept
