"""The commands that the documents name exist."""

import re
from itertools import chain

import pytest
from django.core.management import get_commands

from tests.packaging.surroundings import ROOT

pytestmark = pytest.mark.once

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def code_of(document):
    """What stands between backticks or in indented and fenced blocks: commands are nowhere else."""
    text = document.read_text()
    blocks = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join(chain(blocks, re.findall(r"`[^`\n]+`", text)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_exist(document):
    assert set(re.findall(r"\bmake ([a-z][a-z0-9-]*)", code_of(document))) <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_management_commands_exist(document):
    named = set(re.findall(r"manage\.py ([a-z_]+)", code_of(document)))
    assert named <= set(get_commands())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_linked_exist(document):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_files_that_the_architecture_names_exist():
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"`([a-z_]+(?:/[a-z_<>]+)*(?:/|\.(?:py|md|yml|toml|html)))`", text)
    paths = {name.replace("<subject>", "contacts").replace("<noun>", "review") for name in named}
    rooms = ("", "registrations", "registrations/workflow", "registrations/rules/data", "portal")
    assert len(paths) > 25
    assert sorted(path for path in paths if not any((ROOT / room / path).exists() for room in rooms)) == []
