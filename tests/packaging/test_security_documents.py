"""docs/security.md and docs/asvs.md name what exists, and leave nothing out that can be counted."""

import importlib
import re
from collections import Counter

import pytest

from portal import limits
from portal.accounts import password_strength
from portal.limits import Limit
from tests.access.tables import rows_of
from tests.packaging.surroundings import ROOT

pytestmark = pytest.mark.once

DOCUMENTS = ("security.md", "asvs.md")
PLACE = re.compile(
    r"`((?:tests|portal|registrations|templates|static|deploy|bin|requirements)/[\w./-]+)(?:::(\w+))?`"
)
REQUIREMENTS = """
    1.1=2 1.2=9 1.3=11 1.4=3 1.5=2 2.1=3 2.2=3 2.3=4 2.4=1 3.2=2 3.3=4 3.4=6 3.5=5 3.7=2 4.1=3 4.2=1
    4.3=2 4.4=4 5.1=1 5.2=3 5.3=2 5.4=3 6.1=3 6.2=12 6.3=4 6.4=4 6.5=5 6.6=3 6.8=4 7.1=3 7.2=4 7.3=2
    7.4=5 7.5=2 7.6=2 8.1=2 8.2=3 8.3=1 8.4=1 9.1=3 9.2=4 10.1=2 10.2=2 10.3=4 10.4=11 10.5=5 10.6=2
    10.7=3 11.1=2 11.2=3 11.3=3 11.4=4 11.5=1 11.6=1 12.1=3 12.2=2 12.3=4 13.1=1 13.2=5 13.3=2 13.4=5
    14.1=2 14.2=4 14.3=3 15.1=3 15.2=3 15.3=7 16.1=1 16.2=5 16.3=4 16.4=3 16.5=3 17.1=1 17.2=4 17.3=2
"""
"""How many requirements ASVS 5.0.0 has at levels 1 and 2, by section; they come first and without a gap."""
STATES = ("met", "partly", "not met", "does not apply")
CRYPTOGRAPHY = re.compile(
    r"^(?:import|from) (?:hashlib|hmac|secrets|ssl|jwt|cryptography)\b|^from django\.core import signing\b"
    r"|^from django\.utils\.crypto |^from django\.contrib\.auth\.hashers .*make_password"
    r"|^from portal\.keyed_hashes |^class \w+\(.*TokenGenerator\)|\bHTTPSConnection\b|\bSMTP_SSL\b",
    re.MULTILINE,
)
"""Signs that a module uses cryptography, or random values that nobody may guess."""


def text_of(document):
    return (ROOT / "docs" / document).read_text()


def part_of(document, heading):
    return text_of(document).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def places():
    return sorted({found for document in DOCUMENTS for found in PLACE.findall(text_of(document))})


@pytest.mark.parametrize(("path", "test"), places(), ids=lambda part: part.rpartition("/")[2])
def test_what_is_named_exists(path, test):
    assert (ROOT / path).exists()
    if test:
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_headings_that_exist(document):
    for name, anchor in re.findall(r"\]\(([\w.]+\.md)(?:#([\w-]+))?\)", text_of(document)):
        headings = re.findall(r"^#+ (.+)$", text_of(name), re.MULTILINE)
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}, anchor


def test_every_promise_is_shown_by_a_test():
    rows = [line for line in part_of("security.md", "Promises").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [row for row in rows if "`tests/" not in row.rpartition(" | ")[2]] == []


def test_the_limits_are_those_of_the_code():
    modules = [limits] + [
        importlib.import_module(f"portal.accounts.{name}")
        for name in ("sign_in_links", "second_factor_forms")
    ]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, Limit)}
    expected = sorted([limit.name, str(limit.allowed), str(limit.seconds)] for limit in found)
    assert sorted(rows_of("security.md", "Limits")) == expected
    sources = [
        path.read_text() for room in ("portal", "registrations") for path in (ROOT / room).rglob("*.py")
    ]
    assert sum(len(re.findall(r"= Limit\(", source)) for source in sources) == len(found)


def test_the_words_that_passwords_must_not_rest_on_are_those_of_the_code():
    said = part_of("security.md", "Signing in").partition("these words:")[2].partition(";")[0]
    assert tuple(re.findall(r"`([^`]+)`", said)) == password_strength.OF_THE_PRODUCT


def test_the_inventory_names_every_module_that_uses_cryptography():
    inventory = part_of("security.md", "Cryptography")
    using = {
        str(path.relative_to(ROOT))
        for room in ("portal", "registrations")
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts and CRYPTOGRAPHY.search(path.read_text())
    }
    assert len(using) > 20
    assert sorted(path for path in using if f"`{path}`" not in inventory) == []


def requirements():
    """The number and the state of each requirement in docs/asvs.md."""
    for line in text_of("asvs.md").splitlines():
        if re.match(r"\| \d+\.\d+\.\d+", line):
            numbers, _, _, state, _ = line.strip("| ").split(" | ", 4)
            for part in numbers.split(", "):
                first, _, last = part.partition(" to ")
                section, _, start = first.rpartition(".")
                for number in range(int(start), int((last or first).rpartition(".")[2]) + 1):
                    yield f"{section}.{number}", state


def test_every_requirement_of_the_standard_has_one_state():
    counts = [entry.split("=") for entry in REQUIREMENTS.split()]
    expected = [f"{section}.{one}" for section, most in counts for one in range(1, int(most) + 1)]
    assert sorted(number for number, _ in requirements()) == sorted(expected)
    assert {state for _, state in requirements()} <= set(STATES)


def test_the_summary_counts_the_states():
    counts = Counter(state for _, state in requirements())
    assert dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|$", text_of("asvs.md"), re.MULTILINE)) == {
        state: str(counts[state]) for state in STATES
    }
