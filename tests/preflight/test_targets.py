"""What may be looked at, decided on the text alone."""

import pytest

from registrations.preflight.targets import FIELDS, Target, plan, target_of
from registrations.preflight.verdicts import Verdict, is_public, of_status, read_addresses
from registrations.rules.addresses import parse_ipv4, parse_ipv6
from registrations.rules.metadata import Metadata

ODD = """http://client.example/ https://client.example:8443/ https://client.example:444/ ftp://client.example/
https://user@client.example/ https://user:password@client.example/ https:client.example https:///path
https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://0177.0.0.1/ https://127.1/ https://127.0.0.01/
https://127.0.0.1./ https://①②⑦.0.0.1/ https://127。0。0。1/ https://%31%32%37.0.0.1/ https://[::1%25lo]/
https://[::1]/ https://127.0.0.1/ https://localhost/ https://[::ffff:127.0.0.1/ https://::1/
https://client.example\\@127.0.0.1/"""

INSIDE = """10.0.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 127.0.0.2 [::ffff:127.0.0.1]
[::ffff:a00:1] [64:ff9b::a00:1] [64:ff9b:1::a00:1] [2002:a00:1::] [::127.0.0.1] [fd00::1] [fe80::1]
[2001:db8::1] intranet db.internal printer.local app.localhost host.docker.internal 10.0.0.5.nip.io
app-10-0-0-5.nip.io 0a000005.nip.io fd00--5.sslip.io localtest.me"""


@pytest.mark.parametrize(
    "uri", [*ODD.split(), "", "https://client.example/a b", "https://client.example/\r\nX-Header: 1"]
)
@pytest.mark.parametrize("field", ["client_uri", "redirect_uris"])
def test_nothing_is_looked_at(field, uri):
    assert target_of(field, uri) is None


@pytest.mark.parametrize("host", INSIDE.split())
def test_a_host_inside_is_known_by_its_name(host):
    target = target_of("client_uri", f"https://{host}/")
    assert target is not None
    assert not target.is_public


@pytest.mark.parametrize(
    ("uri", "host", "resource"),
    [
        ("https://client.example", "client.example", "/"),
        ("https://client.example:443/a?b=c#d", "client.example", "/a?b=c"),
        ("https://client.example#@127.0.0.1/", "client.example", "/"),
        ("https://client.example?b", "client.example", "/?b"),
        ("https://8.8.8.8/", "8.8.8.8", "/"),
        ("https://[2001:4860:4860::8888]/a", "2001:4860:4860::8888", "/a"),
    ],
)
def test_a_page_is_asked_for_by_path_and_query(uri, host, resource):
    assert target_of("client_uri", uri) == Target(host, resource, is_public=True)


def test_a_callback_is_not_asked_for():
    assert target_of("redirect_uris", "https://client.example/callback?a=b") == Target(
        "client.example", None, is_public=True
    )


def test_the_plan_leaves_out_what_cannot_be_checked():
    record = Metadata(
        client_uri="https://client.example/",
        tos_uri="https://client.example:8443/tos",
        policy_uri="https://other.example/privacy",
        redirect_uris=("http://localhost/cb", "https://client.example/cb", "https://client.example:9/cb"),
    )
    assert plan(record) == [
        ("client_uri", "https://client.example/"),
        ("policy_uri", "https://other.example/privacy"),
        ("redirect_uris", "https://client.example/cb"),
    ]


def test_every_address_field_is_planned():
    uris = {field: f"https://client.example/{field}" for field in FIELDS[:-1]}
    record = Metadata(**uris, redirect_uris=("https://client.example/redirect_uris",))
    assert [address.field for address in plan(record)] == list(FIELDS)


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_page_answers_with_success(status):
    assert of_status(status) is Verdict.ANSWERS


@pytest.mark.parametrize("status", [100, 199, 300, 302, 404, 500, 999])
def test_anything_else_is_at_fault(status):
    assert of_status(status) is Verdict.FAULT


def test_the_table_of_the_rules_decides():
    assert is_public(parse_ipv4("8.8.8.8"))
    assert is_public(parse_ipv6("2001:4860:4860::8888"))
    assert not is_public(parse_ipv4("192.88.99.1"))  # global to the standard library
    assert not is_public(parse_ipv6("64:ff9b::808:808"))


def test_addresses_are_read_all_or_none():
    assert read_addresses(["8.8.8.8", "2001:4860:4860::8888"]) == [
        parse_ipv4("8.8.8.8"),
        parse_ipv6("2001:4860:4860::8888"),
    ]
    for odd in ("fe80::1%eth0", "0x08080808", "8.8.8", "dns.example", ""):
        assert read_addresses(["8.8.8.8", odd]) is None
