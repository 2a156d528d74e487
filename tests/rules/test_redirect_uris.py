"""Section 1 of the rules beyond its sample: order, suggestions, lists, and what no input may do."""

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrations.rules import redirect_uris
from registrations.rules.findings import Severity
from registrations.rules.vocabulary import Environment

GOOD = "https://client.example/callback"


def rules(uri, **circumstances):
    return [finding.rule for finding in redirect_uris.check(uri, **circumstances)]


def suggestion(uri, **circumstances):
    return redirect_uris.check(uri, **circumstances)[0].suggestion


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
        if finding.suggestion is not None:
            assert not any(found.rejects for found in redirect_uris.check(finding.suggestion))


@given(ANYTHING)
def test_the_parts_of_an_address_make_the_address(uri):
    if not any(finding.rejects for finding in redirect_uris.check(uri)):
        assert redirect_uris.parse(uri).text() == uri


class TestOrder:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [
            ("\t https://*", "R-02"),
            (" é", "R-03"),
            ("é" * 3000, "R-04"),
            ("https://*/" + "a" * 3000, "R-05"),
            ("https://*.{x}\\", "R-06"),
            ("https://{x}\\", "R-07"),
            ('https://\\"', "R-08"),
            ('https://"%', "R-09"),
            ("https://%#", "R-10"),
            ("callback#", "R-11"),
            ("localhost:port/cb", "R-12"),
            ("com.example.app:/cb", "R-13"),
            ("ftp://u@", "R-13"),
            ("https://u@[", "R-16"),
            ("https://:0/[", "R-15"),
            ("https://[::1/[:0", "R-20"),
            ("https://client_.example:0/[", "R-09"),
            ("https://client_.example:0/", "R-17"),
            ("https://client%5F.example:22/", "R-18"),
            ("https://client%5F.1/", "R-19"),
            ("https://client_.1/", "R-20"),
            ("http://127.1/", "R-21"),
            ("http://a.localhost/../", "R-24"),
            ("http://10.0.0.5/../", "R-23"),
            ("https://10.0.0.5/../", "R-25"),
            ("https://CLIENT/", "R-27"),
            ("https://CLIENT.test/", "R-28"),
            ("https://CO.uk/", "R-29"),
            ("https://xn--a.PLEO.io/", "R-37"),
            ("https://PLEO.io/../", "R-36"),
            ("https://CLIENT.example/../", "R-30"),
            ("https://client.example/../%2F", "R-31"),
            ("https://client.example/%2Fhttps://", "R-32"),
            ("https://client.example/xhttps://?code", "R-34"),
            ("https://client.example/?code", "R-33"),
        ],
    )
    def test_the_first_broken_rule_is_named(self, uri, rule):
        assert rules(uri, existing=[uri], environment="production") == [rule]

    def test_a_duplicate_comes_before_production(self):
        uri = "http://localhost/cb"
        assert rules(uri, existing=[uri], environment="production") == ["R-35"]
        assert rules(uri, environment=Environment.PRODUCTION) == ["R-64"]

    def test_all_notes_come_in_the_order_of_the_rule_book(self):
        uri = "https://pleo.your-app.xn--bcher-kva.c0m:443//$id/%7e?x=//a&y=%2541"
        notes = ["R-52", "R-54", "R-59", "R-60", "R-58", "R-60", "R-61", "R-65", "R-67", "R-68"]
        assert rules(uri) == notes

    def test_a_rejected_address_carries_no_notes(self):
        assert rules("https://client.c0m//../") == ["R-31"]


class TestSuggestions:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (" https://client.example/cb\n", "https://client.example/cb"),
            ("https://bücher.example:8443/é?q=é", "https://xn--bcher-kva.example:8443/%C3%A9?q=%C3%A9"),
            ("https://ｃlient。example/cb", "https://client.example/cb"),
            ("https:\\\\client.example\\cb", "https://client.example/cb"),
            ('"https://client.example/cb"', "https://client.example/cb"),
            ("https://client.example/a^b", "https://client.example/a%5Eb"),
            ("https://client.example/cb?ids[]=1", "https://client.example/cb?ids%5B%5D=1"),
            ("https://client.example/100%", "https://client.example/100%25"),
            ("https://client.example/cb#", "https://client.example/cb"),
            ("client.example/cb", "https://client.example/cb"),
            ("//client.example/cb", "https://client.example/cb"),
            ("https:client.example/cb", "https://client.example/cb"),
            ("https:/client.example/cb", "https://client.example/cb"),
            ("://client.example/cb", "https://client.example/cb"),
            ("localhost:8080/cb", "http://localhost:8080/cb"),
            ("httpss://client.example/cb", "https://client.example/cb"),
            ("https://client.example:/cb", "https://client.example/cb"),
            ("https://client.example:08443/cb", "https://client.example:8443/cb"),
            ("https://client%2Eexample/cb", "https://client.example/cb"),
            ("https://client.example./cb", "https://client.example/cb"),
            ("http://::1/cb", "http://[::1]/cb"),
            ("http://LOCALHOST:3000/cb", "http://localhost:3000/cb"),
            ("http://127.0.0.2/cb", "http://127.0.0.1/cb"),
            ("http://[0:0:0:0:0:0:0:1]/cb", "http://[::1]/cb"),
            ("http://client.example:80/cb", "https://client.example/cb"),
            ("HTTPS://Client.example/a/../cb?", "https://client.example/cb"),
            ("https://[2606:4700:0::1]/cb", "https://[2606:4700::1]/cb"),
            ("https://client.example/a/b/%2e%2e/cb", "https://client.example/a/cb"),
            ("https://client.example/a/..", "https://client.example/"),
            ("https://client.example/a/.", "https://client.example/a/"),
            ("https://client.example/cb?a=1&code=2", "https://client.example/cb?a=1"),
            ("https://client.example/cb?code", "https://client.example/cb"),
        ],
    )
    def test_certain_corrections_are_offered(self, typed, meant):
        assert suggestion(typed) == meant

    @pytest.mark.parametrize(
        "typed",
        [
            " ",
            "",
            "callback",
            "/callback",
            "http://locаlhost/cb",
            "https://client.example／evil.example/cb",
            "https://client.example/\u200bcb",
            "https://user@bücher.example/é@\u202e",
            "https://client.example:８/",
            "client.exämple",
            "https://good.example\\@evil.example/cb",
            "https://client.example/cb/\\",
            "https://client.example/cb#done",
            "https://client.example/a;x/..;y/cb",
            "https://client.example:99999/cb",
            "https://client.example/cb?a=1;code=2",
            "http://10-0-0-5.nip.io/cb",
            "https://client_%20.example/",
            "é" * 2049,
            " " * 2049,
        ],
    )
    def test_nothing_is_offered_where_it_would_be_a_guess(self, typed):
        assert suggestion(typed) is None


class TestMessages:
    @pytest.mark.parametrize(
        ("uri", "words"),
        [
            ("https://client.example/\tcb", "position 24"),
            ("https://client.example/{tenant}/cb", "“{tenant}”"),
            ("https://client.example/x}", "“}”"),
            ("https://client.example/{x", "“{”"),
            ("https://client.example/%7Bx", "“%7B”"),
            ("https://us\u200ber.example/", "“U+200B”"),
            ("a" * 2049, "2049 characters"),
            ("https://" + "a." * 130 + "example/", "267 characters"),
            ("https://" + "a" * 64 + ".example/", "longer than 63"),
            ("https://-a.example/", "hyphen"),
            ("https://a..example/", "empty"),
            ("https://a.example./", "ends in a dot"),
            ("client.example", "Did you mean https://client.example?"),
            ("https://192.168.0.1/", "private"),
            ("https://client.example:/", "What follows the colon"),
            ("https://client.example:x/", "“x”"),
        ],
    )
    def test_the_message_names_the_part(self, uri, words):
        assert words in redirect_uris.check(uri)[0].message

    def test_an_overlong_run_is_cut(self):
        assert len(redirect_uris.check("https://" + "é" * 2000)[0].message) < 2200


class TestPath:
    @pytest.mark.parametrize(
        "path", ["..;/cb", "%2e%2e;foo=bar/cb", "..%3Bfoo/cb", ".;/cb", "%2E./", "a/%2e"]
    )
    def test_hidden_dot_segments_are_refused(self, path):
        assert rules(f"https://client.example/{path}") == ["R-31"]

    @pytest.mark.parametrize(
        "path", ["%C0%AF", "%ED%A0%80", "%E2%28%A1", "%FF", "%C3", "a%252Fb", "%5c", "%1f", "%7F"]
    )
    def test_escapes_that_servers_read_differently_are_refused(self, path):
        assert rules(f"https://client.example/{path}") == ["R-32"]

    @pytest.mark.parametrize("query", ["x=%FF", "x=%0a", "x=%7f", "x=%C2%85"])
    def test_encoded_controls_in_a_query_are_refused(self, query):
        assert rules(f"https://client.example/cb?{query}") == ["R-32"]

    @pytest.mark.parametrize(
        "path", ["cb%25", "100%25/cb", "a.b/c..d/...", "%F0%9F%A6%84", "%2B", ";v=1/cb", "https"]
    )
    def test_ordinary_paths_pass(self, path):
        assert rules(f"https://client.example/{path}") == []

    @pytest.mark.parametrize(
        "tail", ["HTTP://b.example", ",https://b.example", "ahttps://", "x/y;https://b.example"]
    )
    def test_glued_addresses_are_parted(self, tail):
        assert rules(f"https://client.example/cb{tail}") == ["R-34"]

    def test_an_address_that_is_a_path_is_only_noted(self):
        assert rules("https://client.example/to/ftp://b.example/") == ["R-61"]
        assert rules("https://client.example/to/https://b.example/") == ["R-61"]


class TestQuery:
    @pytest.mark.parametrize(
        "query", ["CODE=1", "+state=1", "%20state=1", "a=1;iss=x", "%63%6fde", "Id_Token=", "x&response"]
    )
    def test_reserved_parameters_are_refused(self, query):
        assert rules(f"https://client.example/cb?{query}") == ["R-33"]

    @pytest.mark.parametrize("query", ["codes=1", "x=code", "mycode", "scope=a", "error.code=1"])
    def test_other_parameters_are_kept(self, query):
        assert rules(f"https://client.example/cb?{query}") == []

    @pytest.mark.parametrize(
        "value", ["//a", "%2F%2Fa", "https:a", "HTTPS://a", "myapp://x", "%20//a", "%5C%5Ca", "/%5Ca"]
    )
    def test_addresses_in_values_are_noted(self, value):
        assert "R-58" in rules(f"https://client.example/cb?next={value}")
        assert "R-58" in rules(f"https://client.example/cb?{value}")


class TestNotes:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [
            ("https://client.example/changeme", "R-60"),
            ("https://client.example/:tenant/cb", "R-60"),
            ("https://client.example/%3Atenant/cb", "R-60"),
            ("https://client.example/cb?tenant=YOUR_TENANT", "R-60"),
            ("https://client.example/cb%20", "R-65"),
            ("https://client.example/cb?x=a%20", "R-65"),
            ("https://client.example/%E2%80%8Bcb", "R-65"),
            ("https://client.example/%EF%B8%8Fcb", "R-65"),
            ("https://client.example/%E3%85%A4cb", "R-65"),
            ("https://client.example/%C3%a9", "R-67"),
            ("https://client.example/%41", "R-67"),
            ("https://client.example/cb?x='", "R-67"),
            ("https://client.example:443/cb", "R-68"),
            ("https://ngrok.io/cb", "R-56"),
            ("https://client.example", "R-50"),
            ("https://bit.ly/cb", "R-66"),
            ("https://www.jwt.io/cb", "R-57"),
            ("https://herokuapp.com/cb", "R-55"),
            ("https://github.io/cb", "R-62"),
        ],
    )
    def test_odd_addresses_are_noted_and_pass(self, uri, rule):
        findings = redirect_uris.check(uri)
        assert findings[0].rule == rule
        assert all(finding.severity is Severity.WARN for finding in findings)

    @pytest.mark.parametrize(
        "uri", ["https://temple.example/cb", "https://simpleo.example/cb", "https://example.com/a'b"]
    )
    def test_honest_addresses_carry_no_note(self, uri):
        assert rules(uri) == []

    def test_other_port_of_the_other_scheme_is_no_default_port(self):
        assert rules("http://localhost:443/cb") == []

    @pytest.mark.parametrize(
        "uri",
        [
            "https://client.example/callback/",
            "https://client.example:8443/callback",
            "https://client.example/CALLBACK",
        ],
    )
    def test_near_duplicates_are_noted(self, uri):
        assert rules(uri, existing=[GOOD]) == ["R-51"]

    def test_different_addresses_are_no_near_duplicates(self):
        assert (
            rules(
                GOOD,
                existing=["https://client.example/other", "not an address", "http://client.example/callback"],
            )
            == []
        )

    def test_shared_tools_are_noted_only_in_production(self):
        assert rules("https://hoppscotch.io/oauth") == []
        assert rules("https://hoppscotch.io/oauth", environment="production") == ["R-63"]
        assert rules(GOOD, environment="production") == []


class TestWaived:
    @pytest.mark.parametrize(
        ("uri", "rule"),
        [("https://co.uk/cb", "R-29"), ("https://pleo.io/cb", "R-36"), ("https://xn--a.com/cb", "R-37")],
    )
    def test_a_reviewer_can_be_asked(self, uri, rule):
        assert rules(uri) == [rule]
        assert rule not in rules(uri, waived={rule})
        assert rule not in rules(uri, waived={(rule, uri)})
        assert rules(uri, waived={(rule, GOOD)}) == [rule]

    def test_a_waived_rule_hides_no_later_one(self):
        assert rules("https://co.uk/../cb", waived={"R-29"}) == ["R-31"]
        assert rules("https://xn--a.PLEO.io/../", waived={"R-37", "R-36"}) == ["R-30"]

    def test_no_other_rule_can_be_waived(self):
        assert rules("https://client.test/cb", waived={"R-28"}) == ["R-28"]


class TestList:
    def test_every_entry_is_checked_and_placed(self):
        findings = redirect_uris.check_all([GOOD, "", GOOD, "https://client.example/callback/"])
        assert [(f.index, f.rule, f.field) for f in findings] == [
            (1, "R-01", "redirect_uris"),
            (2, "R-35", "redirect_uris"),
            (3, "R-51", "redirect_uris"),
        ]

    def test_no_entry_is_one_too_few(self):
        [finding] = redirect_uris.check_all([])
        assert (finding.rule, finding.index) == ("R-01", None)
        assert finding.message.startswith("Enter a redirect URI")

    def test_twenty_entries_fit_and_one_more_does_not(self):
        uris = [f"https://client.example/cb{n}" for n in range(21)]
        assert redirect_uris.check_all(uris[:20]) == []
        assert [(f.rule, f.index) for f in redirect_uris.check_all(uris)] == [("R-34", None)]

    def test_environment_counts_for_every_entry(self):
        findings = redirect_uris.check_all(
            ["http://localhost/a", "http://localhost/b"], environment="production"
        )
        assert [(f.rule, f.index) for f in findings] == [("R-64", 0), ("R-64", 1)]

    def test_waiving_names_the_entry(self):
        uris = ["https://co.uk/cb", "https://com.au/cb"]
        findings = redirect_uris.check_all(uris, waived={("R-29", uris[0])})
        assert [(f.rule, f.index) for f in findings] == [("R-29", 1)]


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
    parts = redirect_uris.parse("https://client.example?")
    assert (parts.path, parts.query, parts.fragment, parts.userinfo, parts.port) == ("", "", None, None, None)


@pytest.mark.parametrize("uri", ["https://a[b.example/cb", "https://client.example:[1]/cb"])
def test_a_bracket_beside_the_host_has_no_place_to_go(uri):
    [finding] = redirect_uris.check(uri)
    assert (finding.rule, finding.excerpt, finding.suggestion) == ("R-09", "[", None)
