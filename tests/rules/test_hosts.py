"""Which hosts may be registered: loopback in every disguise, and addresses."""

import pytest

from tests.rules.asking import first_rule


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_three_loopback_hosts_are_accepted_with_either_scheme(host, scheme):
    assert first_rule(host, scheme) is None


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        *[
            "LOCALHOST",
            "Localhost",
            "a.localhost",
            "a.b.LOCALHOST",
            "a.local",
            "A.LOCAL",
            "localhost.localdomain",
        ],
        *["localhost6", "localhost4", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback", "loopback"],
        *[
            "127.0.0.2",
            "127.255.255.255",
            "127.0.1.1",
            "0.0.0.0",
            "[::]",
            "[0::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::0001]",
        ],
        *["[::ffff:127.0.0.1]", "[::FFFF:7f00:1]", "[::127.0.0.1]", "[::ffff:0:0]", "[::ffff:127.9.9.9]"],
        *[
            "localtest.me",
            "a.b.localtest.me",
            "LVH.me",
            "app.lvh.me",
            "app.backloop.dev",
            "7f000001.c0a80001.rbndr.us",
            "make-127-0-0-1-rr.1u.ms",
            "vcap.me",
            "x.traefik.me",
            "x.lacolhost.com",
        ],
        *[
            "127.0.0.1.nip.io",
            "127-0-0-1.nip.io",
            "app.127-0-0-1.sslip.io",
            "app-192-168-1-250.nip.io",
            "10.0.0.5.xip.io",
        ],
        *[
            "1-10-0-0-5.nip.io",
            "a.10.0.0.5.b.sslip.io",
            "7f000001.nip.io",
            "app-c0a80101.nip.io",
            "169-254-169-254.sslip.io",
        ],
        *[
            "fd00--5.sslip.io",
            "app-fe80--1.sslip.io",
            "0--1.sslip.io",
            "10-0-0-5.0a1b.plex.direct",
            "100-64-0-1.local-ip.sh",
        ],
    ],
)
def test_every_other_road_home_is_refused(host, scheme):
    assert first_rule(host, scheme) == "R-24"


@pytest.mark.parametrize(
    "host",
    [
        "8-8-8-8.nip.io",
        "8.8.8.8.sslip.io",
        "nip.io",
        "2606-4700--1111.sslip.io",
        "999-0-0-1.nip.io",
        "app.1.1.1.1.traefik.me",
        "app-9-9-9-9.xip.io",
        "08080808.nip.io",
        "1-1-1-1.0a1b.plex.direct",
        "1-1-1-1.acme.direct.quickconnect.to",
    ],
)
def test_a_name_that_leads_to_a_public_address_is_for_development(host):
    assert first_rule(host) == "R-56"


@pytest.mark.parametrize("host", ["192-168-1-20.traefik.me", "traefik.me", "10-0-0-5.0a1b.myunraid.net"])
def test_a_name_that_leads_home_is_refused_whichever_service_reads_it(host):
    assert first_rule(host) == "R-24"


@pytest.mark.parametrize("host", ["notlvh.me", "nip.io.client.example", "8-8-8-8.client.example", "mynip.io"])
def test_a_name_that_no_service_resolves_passes(host):
    assert first_rule(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "client.example",
        "localhost.evil.example",
        "localhostevil.example",
        "127.0.0.1.evil.example",
        "some",
        "8.8.8.8",
        "[2606:4700::1]",
    ],
)
def test_plain_http_is_refused_for_everything_else(host):
    assert first_rule(host, "http") == "R-23"


@pytest.mark.parametrize(
    "host",
    [
        *[
            "0.0.0.1",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
        ],
        *[
            "192.0.0.9",
            "192.0.2.255",
            "192.88.99.1",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.0",
        ],
        *["203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
        *["192.31.196.1", "192.52.193.1", "192.175.48.1", "[2620:4f:8000::1]", "[3ffe::1]"],
        *[
            "[::2]",
            "[::8.8.8.8]",
            "[::ffff:8.8.8.8]",
            "[::ffff:0.0.0.1]",
            "[::ffff:0:127.0.0.1]",
            "[64:ff9b::8.8.8.8]",
            "[64:ff9b:1::1]",
        ],
        *[
            "[100::1]",
            "[2001::1]",
            "[2001:2::1]",
            "[2001:10::1]",
            "[2001:20::1]",
            "[2001:1ff:ffff::]",
            "[2001:db8::1]",
        ],
        *[
            "[2002:7f00:1::]",
            "[2002:808:808::]",
            "[3fff::1]",
            "[3fff:fff::1]",
            "[5f00::1]",
            "[fc00::1]",
            "[fdff::1]",
        ],
        *["[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[4000::]", "[1fff:ffff::]"],
    ],
)
def test_addresses_that_the_internet_cannot_reach_are_refused(host):
    assert first_rule(host) == "R-25"


@pytest.mark.parametrize(
    "host",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.0.1",
    ]
    + ["172.32.0.0", "192.0.1.1", "192.167.0.1", "192.169.0.0", "198.17.0.1", "198.20.0.0", "223.255.255.255"]
    + [
        "[2001:200::1]",
        "[2001:4860:4860::8888]",
        "[2606:4700:4700::1111]",
        "[2003::1]",
        "[3ffd::1]",
        "[2a00::1]",
    ],
)
def test_public_addresses_are_noted(host):
    assert first_rule(host) == "R-53"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "1.2.3",
        "1.2.3.4.5",
        "client.123",
        "client.0x",
        "client.0XFF",
        "01.2.3.4",
    ]
    + ["256.1.1.1", "1.2.3.0004", "0", "00", "9" * 60],
)
def test_other_spellings_of_numbers_are_refused(host):
    assert first_rule(host) == "R-21"


@pytest.mark.parametrize(
    "host",
    [
        "[v1.fe80::a]",
        "[::1%25lo]",
        "[]",
        "[::1",
        "[::1]x",
        "[1:2:3:4:5:6:7]",
        "[1::2::3]",
        "[::1.2.3.04]",
        "[::12345]",
        "[ab]",
        "::1",
    ]
    + [
        "a_b.example",
        "-a.example",
        "a-.example",
        "a..example",
        ".a.example",
        "a.example.",
        ".",
        "a,b.example",
        "a" * 64 + ".example",
    ],
)
def test_what_is_no_host_is_refused(host):
    assert first_rule(host) == "R-20"
