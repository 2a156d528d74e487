"""Section 1 of the rules on any text at all: what no input may do, and how addresses come apart."""

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrations.rules import redirect_uris
from registrations.rules.vocabulary import Environment
from tests.rules.asking import GOOD, offered

# Any text, and text that comes close to an address.
PIECES = st.sampled_from(
    [
        "https://",
        "HTTP://",
        "http:",
        "//",
        "/",
        "client.example",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[",
        "]",
        "@",
    ]
    + [
        ":",
        ":8080",
        ":443",
        ":0",
        "?",
        "#",
        "a=1",
        "&",
        ";",
        "%",
        "%2e",
        "%2F",
        "%25",
        "%00",
        "%C3%A9",
        "%c3",
        "..",
    ]
    + [
        ".",
        "*",
        "{x}",
        "\\",
        " ",
        "\t",
        "\x00",
        "é",
        "\ud800",
        "xn--",
        "xn--bcher-kva",
        "xn--a",
        "pleo",
        "pIeo",
    ]
    + [
        "code",
        "'",
        "co.uk",
        "nip.io",
        "10-0-0-1",
        "0x7f",
        "1",
        "::",
        "your-",
        ":id",
        "$id",
        "-",
        "_",
        "~",
        "+",
    ]
)
NEAR_URIS = st.lists(PIECES, max_size=12).map("".join)
DELICATE = st.text(alphabet="abcpleoxnI01.-:/?#[]@%2eE&;=+'~_$,!()", max_size=40).map(
    "https://client.example/".__add__
)
ANYTHING = st.one_of(st.text(), NEAR_URIS, NEAR_URIS.map("https://".__add__), DELICATE)


@given(ANYTHING)
@example("https://[::1%25lo]/")
@example("http://\ud800.example/")
@example("https://xn--" + "a" * 59 + ".example/")
def test_no_text_raises(uri):
    findings = redirect_uris.check(uri, environment=Environment.PRODUCTION, existing=[uri[:-1], GOOD])
    assert len([finding for finding in findings if finding.rejects]) <= 1


@pytest.mark.parametrize(
    "piece", ["a", "%", "[", "https://", "é", "xn--", " ", "*", "../", "\x00", "1.", ":", "\ud800"]
)
def test_a_megabyte_is_refused(piece):
    assert redirect_uris.check(GOOD + piece * (1_000_000 // len(piece)))[0].rejects


@given(ANYTHING)
def test_a_browser_reads_what_passes_without_a_note_exactly_as_it_stands(uri):
    if not redirect_uris.check(uri):
        read = ada_url.URL(uri)
        assert (read.href, read.hostname) == (uri, redirect_uris.host_of(uri))


@given(ANYTHING)
def test_what_is_suggested_passes(uri):
    for finding in redirect_uris.check(uri):
        for better in offered(finding):
            assert not any(found.rejects for found in redirect_uris.check(better))


@given(ANYTHING)
def test_the_parts_of_an_address_make_the_address(uri):
    if not any(finding.rejects for finding in redirect_uris.check(uri)):
        assert redirect_uris.split(uri).text() == uri


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        (GOOD, "client.example"),
        ("http://[::1]:8080/cb", "[::1]"),
        ("http://127.0.0.1?x", "127.0.0.1"),
    ],
)
def test_the_host_is_an_exact_part(uri, host):
    assert redirect_uris.host_of(uri) == host


def test_absent_and_empty_parts_differ():
    parts = redirect_uris.split("https://client.example?")
    assert (parts.path, parts.query, parts.fragment, parts.userinfo, parts.port) == ("", "", None, None, None)


@pytest.mark.parametrize("uri", ["https://a[b.example/cb", "https://client.example:[1]/cb"])
def test_a_bracket_beside_the_host_has_no_place_to_go(uri):
    [finding] = redirect_uris.check(uri)
    assert (finding.rule, finding.excerpt, finding.suggestion) == ("R-09", "[", None)
