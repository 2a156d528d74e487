"""Section 2 of the rules: pages that end users follow."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import metadata, web_uris
from registrations.rules.record_fields import OPTIONAL_FIELDS, WEB_URI_FIELDS
from tests.rules.test_metadata import EXAMPLE, WORLD
from tests.rules.test_redirect_uris import ANYTHING

HOME = "https://client.example/"


def rules(uri, field="tos_uri", **circumstances):
    return [finding.rule for finding in web_uris.check(field, uri, **circumstances)]


@given(st.sampled_from(WEB_URI_FIELDS), ANYTHING, ANYTHING)
def test_no_text_raises(field, uri, client_uri):
    for finding in web_uris.check(field, uri, client_uri=client_uri, redirect_uris=[uri]):
        assert finding.field == field
        if finding.suggestion is not None:
            assert not any(found.rejects for found in web_uris.check(field, finding.suggestion))


@pytest.mark.parametrize("field", WEB_URI_FIELDS)
def test_only_optional_fields_may_stay_empty(field):
    assert rules("", field) == ([] if field in OPTIONAL_FIELDS else ["U-02"])


@pytest.mark.parametrize(
    ("uri", "rule"),
    [
        (" ", "U-02"),
        ("https://client.example/#", "U-02"),
        ("https://client.example/#a#b", "U-02"),
        ("https://client.example/#a[b]", "U-02"),
        ("https://client.example/#%zz", "U-02"),
        ("https://client.example/#é", "U-02"),
        ("https://client.example/#*", "U-12"),
        ("https://client.example/%7Bid%7D", "U-12"),
        ("http://user@client.example/", "U-03"),
        ("http://my_app.example/", "U-03"),
        ("http://10.0.0.5/", "U-03"),
        ("HTTP://client.example/", "U-03"),
        ("data:text/html,x", "U-03"),
        ("http://app.localhost/", "U-04"),
        ("https://u@localhost/", "U-06"),
        ("https://Localhost/", "U-02"),
        ("https://client.example:22/", "U-02"),
        ("https://client.example/xhttps://other.example/", "U-02"),
        ("https://xn--a.example/", "U-02"),
        ("https://client.example/a/../b", "U-02"),
        ("https://client.example/%2F", "U-02"),
        ("https://co.uk/", "U-04"),
        ("https://client/", "U-04"),
        ("https://client.test/", "U-04"),
        ("https://app.lvh.me/", "U-04"),
        ("https://[fe80::1]/", "U-04"),
        ("https://[2606:4700::1111]/", "U-05"),
        ("https://1.1.1.1/tos.exe", "U-05"),
        ("https://pleo.io/tos.exe", "U-07"),
        ("https://xn--plo-sdd.io/", "U-07"),
        ("https://client.example/tos.EXE", "U-09"),
        ("https://client.example/tos.exe;v=1?x#y", "U-09"),
        ("https://client.example/tos.%65xe", "U-09"),
        ("https://client.example/tos.tar.gz", "U-09"),
        ("https://client.example/tos.zip%20", "U-09"),
    ],
)
def test_the_first_broken_rule_is_named(uri, rule):
    assert rules(uri, client_uri=HOME) == [rule]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "#/settings",
        "legal.html#terms",
        "tos.pdf",
        "tos.php",
        "tos.exe/",
        "exe",
        "?code=1&state=2",
        "to//a",
        "%7Eme",
        "v1.2",
    ],
)
def test_ordinary_pages_pass(page):
    assert rules(HOME + page, client_uri=HOME) == []


def test_the_initiation_page_is_not_the_callback():
    callback = HOME + "callback"
    assert rules(callback, "initiation_uri", redirect_uris=[callback]) == ["U-11"]
    assert rules(callback + "#top", "initiation_uri", redirect_uris=[callback]) == ["U-11"]
    assert rules(callback, "configuration_uri", redirect_uris=[callback]) == []


def test_pleo_itself_is_no_place_to_start():
    [start] = web_uris.check("initiation_uri", "https://app.pleo.io/")
    [terms] = web_uris.check("tos_uri", "https://app.pleo.io/")
    assert "where connecting starts" in start.message
    assert "your application" in terms.message


@pytest.mark.parametrize(
    ("client_uri", "expected"),
    [
        (HOME, ["U-08"]),
        ("https://www.other.example/", []),
        ("https://other.example", []),
        ("not an address", []),
        ("", []),
        (None, []),
    ],
)
def test_a_page_elsewhere_is_noted(client_uri, expected):
    assert rules("https://legal.other.example/", client_uri=client_uri) == expected


def test_the_home_page_is_compared_with_nothing():
    assert rules("https://other.example/", "client_uri", client_uri=HOME) == []


def test_customers_of_one_platform_are_different_sites():
    assert rules("https://b.herokuapp.com/", client_uri="https://a.herokuapp.com/") == ["U-08"]


def test_all_notes_come_in_order():
    uri = "https://bit.ly/your-page?next=//other.example"
    assert rules(uri, client_uri=HOME) == ["U-08", "U-10", "U-13", "U-14"]


@pytest.mark.parametrize(
    "host",
    [
        "xn--bcher-kva.example",
        "client.c0m",
        "herokuapp.com",
        "x.ngrok.io",
        "your-app.example",
        "jwt.io",
    ],
)
def test_odd_hosts_are_noted(host):
    assert rules(f"https://{host}/") == ["U-14"]


@pytest.mark.parametrize("host", ["acme.github.io", "acme.readthedocs.io", "acme.s3.eu-west-1.amazonaws.com"])
def test_where_documents_are_says_nothing_about_a_secret(host):
    for field in ("tos_uri", "policy_uri"):
        assert rules(f"https://{host}/", field) == []
        assert rules(f"https://{host}/", field, client_uri=HOME) == ["U-08"]
    for field in ("client_uri", "initiation_uri", "configuration_uri"):
        assert rules(f"https://{host}/", field) == ["U-14"]


@pytest.mark.parametrize(
    ("uri", "rule"),
    [("https://co.uk/", "R-29"), ("https://pleo.io/", "R-36"), ("https://xn--a.com/", "R-37")],
)
def test_what_is_asked_about_a_callback_holds_for_no_page(uri, rule):
    """Rule G-06 names rules of redirect URIs; the same text on a page stays refused."""
    asked = replace(EXAMPLE, redirect_uris=(uri,), tos_uri=uri)
    found = metadata.check(asked, WORLD, waived={(rule, uri)})
    assert [(one.field, one.severity.value) for one in found if one.rejects] == [("tos_uri", "reject")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("client.example", "https://client.example"),
        ("http://client.example:80/a#b", "https://client.example/a#b"),
        ("https://client.example/?#top", "https://client.example/#top"),
        ("https://Client.example/#Top", "https://client.example/#Top"),
        ("https://client.example/#a[b]", "https://client.example/#a%5Bb%5D"),
        ("https://client.example/#", "https://client.example/"),
    ],
)
def test_certain_corrections_are_offered(typed, meant):
    assert web_uris.check("tos_uri", typed)[0].suggestion == meant
