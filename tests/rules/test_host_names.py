"""Which names may be registered: special ones, registries, international ones and look-alikes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import public_suffixes, redirect_uris
from registrations.rules.addresses import Address, parse_ipv4, parse_ipv6
from registrations.rules.redirect_uris import hosts
from tests.rules.asking import first_rule


@pytest.mark.parametrize(
    "host", ["a.test", "a.invalid", "a.onion", "a.alt", "a.internal", "a.home.arpa", "a.TEST"]
)
def test_special_names_are_refused(host):
    assert first_rule(host) == "R-28"


@pytest.mark.parametrize(
    "host", ["a.mail", "a.home", "a.corp", "a.lan", "a.localdomain", "a.intranet", "a.private"]
)
def test_names_for_local_use_are_refused(host):
    assert first_rule(host) == "R-28"


@pytest.mark.parametrize(
    "host", ["co.uk", "com.au", "foo.ck", "kawasaki.jp", "x.kawasaki.jp", "gov.uk", "xn--55qx5d.cn"]
)
def test_registries_are_refused(host):
    assert first_rule(host) == "R-29"


@pytest.mark.parametrize(
    "host", ["www.ck", "city.kawasaki.jp", "a.b.kawasaki.jp", "example.co.uk", "example.com", "a.example"]
)
def test_names_below_registries_pass(host):
    assert first_rule(host) is None


@pytest.mark.parametrize(
    "host",
    ["xn--a.com", "xn--ls8h.com", "a.xn--0.com", "xn--XN---epa.com", "xn--ab-abc123.com", "xn--a-.com"],
)
def test_names_that_are_not_international_are_refused(host):
    assert first_rule(host) in {"R-37", "R-20"}


@pytest.mark.parametrize("label", ["xn--a", "xn--ls8h", "xn--99999999", "xn--bcher-kvb"])
def test_labels_that_do_not_decode_have_no_reading(label):
    assert hosts.unicode_label(label) is None


@pytest.mark.parametrize(
    "host",
    [
        "pleo.io",
        "PLEO.io",
        "auth.staging.pleo.io",
        "pIeo.io",
        "www.pIeo.io",
        "PIeo.com",
        "xn--plo-sdd.io",
        "www.xn--plo-sdd.com",
    ]
    + ["xn--e1ase68c.com", "xn--plo-cma.io", "XN--PLO-SDD.io"],
)
def test_pleo_and_its_doubles_are_refused(host):
    assert first_rule(host) == "R-36"


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("p1eo.io", "R-59"),
        ("pleo.com", "R-59"),
        ("pleo.io.client.example", "R-59"),
        ("notpleo.io", "R-59"),
        ("p-l-e-o.example", "R-59"),
        ("xn--bcher-kva.io", "R-52"),
        ("xn--plo-sdd.client.example", "R-52"),
        ("CIient.example", "R-30"),
        ("PIEO.io", "R-30"),
    ],
)
def test_what_only_resembles_pleo_is_looked_at(host, rule):
    assert first_rule(host) == rule


def test_a_reading_keeps_labels_that_do_not_decode():
    assert hosts.unicode_name(hosts.read("xn--a.xn--bcher-kva.example")) == "xn--a.bücher.example"
    assert redirect_uris.check("https://xn--a.example/cb", waived={"R-37"}) == []


def test_an_address_has_no_labels():
    assert hosts.read("127.0.0.1").labels == []
    assert hosts.read("127.0.0.1").tld == ""


@given(st.integers(0, 2**128 - 1))
def test_the_short_form_of_an_address_means_the_same(number):
    text = Address(6, number).text()
    assert parse_ipv6(text) == Address(6, number)
    assert text == text.lower()


@given(st.tuples(*[st.integers(0, 300)] * 4))
def test_four_plain_numbers_are_an_address_up_to_255(parts):
    assert (parse_ipv4(".".join(map(str, parts))) is not None) == (max(parts) <= 255)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.b.client.example", "client.example"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("a.acme.github.io", "acme.github.io"),
        ("co.uk", "co.uk"),
        ("client", "client"),
    ],
)
def test_the_registered_name_is_one_label_below_the_suffix(host, name):
    assert public_suffixes.registrable(host) == name


def test_a_platform_is_no_registry():
    assert public_suffixes.is_platform("herokuapp.com")
    assert not public_suffixes.is_registry("herokuapp.com")
    assert not public_suffixes.is_platform("co.uk")


@pytest.mark.parametrize(
    "host",
    [
        "platformsh.site",
        "appwrite.run",
        "eu-2.platformsh.site",
        "us.platformsh.site",
        "fra.appwrite.run",
        "europe-west1.run.app",
        "a.run.app",
        "uc.r.appspot.com",
        "us-ashburn-1.oci.customer-oci.com",
        "eu-central-1.compute.amazonaws.com",
        "us-gov-west-1.elb.amazonaws.com",
        "ap-southeast-2.awsapprunner.com",
        "fr-4.webpaas.ovh.net",
        "westeurope.azurecontainer.io",
        "eastus2.azurecontainer.io",
        "prg1.zerops.app",
        "5.azure.databricksapps.com",
        "eu-west-1.elasticbeanstalk.com",
    ],
)
def test_a_platform_and_its_regions_are_no_app(host):
    assert first_rule(host) == "R-55"


@pytest.mark.parametrize(
    "host",
    [
        "acme.platformsh.site",
        "acme.appwrite.run",
        "acme.eu-2.platformsh.site",
        "acme-uc.a.run.app",
        "acme-web.code.run",
        "acme.northflank.app",
        "acme.upsun.app",
        "acme.snowflake.app",
        "europa.upsun.app",
        "east-west.upsun.app",
        "acme-2.upsun.app",
        "2026.upsun.app",
        "acme.herokuapp.com",
    ],
)
def test_a_label_in_the_place_of_a_wildcard_may_be_the_app(host):
    assert first_rule(host) is None


@pytest.mark.parametrize(
    ("tld", "known"), [("com", True), ("example", True), ("xn--p1ai", True), ("ck", True), ("c0m", False)]
)
def test_top_level_domains_come_from_the_bundled_list(tld, known):
    assert public_suffixes.is_known_tld(tld) is known
