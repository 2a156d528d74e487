"""The sample of the rule book: every line is one verdict about one address."""

import json
from pathlib import Path

import ada_url
import pytest

from registrations.rules import redirect_uris, web_uris
from tests.rules.asking import offered

VECTORS = Path(__file__).parents[1] / "vectors"


def lines(name):
    text = (VECTORS / name).read_text("utf-8")
    return [
        pytest.param(json.loads(line), id=f"line-{n}") for n, line in enumerate(text.split("\n"), 1) if line
    ]


def first(findings, nothing):
    return (findings[0].severity.value, findings[0].rule) if findings else ("accept", nothing)


def assert_offered(vector, findings):
    """The first finding offers what the line says; where that is nothing, no finding does."""
    if "offer" in vector:
        assert findings[0].suggestion == vector["offer"]
    if "nothing to offer" in vector["note"]:
        assert [finding.suggestion for finding in findings if finding.suggestion] == []


@pytest.mark.parametrize("vector", lines("redirect_uris.jsonl"))
def test_redirect_uri_gets_the_verdict_of_the_rule_book(vector):
    findings = redirect_uris.check(
        vector["uri"], environment=vector.get("env"), existing=vector.get("existing", ())
    )
    assert first(findings, "R-00") == (vector["verdict"], vector["rule"])
    assert_offered(vector, findings)


@pytest.mark.parametrize("vector", lines("other_uris.jsonl"))
def test_page_gets_the_verdict_of_the_rule_book(vector):
    findings = web_uris.check(
        vector["field"],
        vector["uri"],
        client_uri=vector.get("client_uri"),
        redirect_uris=vector.get("redirect_uris", ()),
    )
    assert first(findings, "U-00") == (vector["verdict"], vector["rule"])
    assert_offered(vector, findings)


@pytest.mark.parametrize("vector", lines("redirect_uris.jsonl"))
def test_every_suggestion_would_be_taken(vector):
    for finding in redirect_uris.check(vector["uri"], environment=vector.get("env")):
        for better in offered(finding):
            assert not any(f.rejects for f in redirect_uris.check(better))


@pytest.mark.parametrize(
    "vector", [line for line in lines("redirect_uris.jsonl") if line.values[0]["rule"] == "R-00"]
)
def test_a_browser_keeps_every_accepted_address_as_it_is(vector):
    assert ada_url.URL(vector["uri"]).href == vector["uri"]
